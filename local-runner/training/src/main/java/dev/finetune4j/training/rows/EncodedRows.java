package dev.finetune4j.training.rows;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The rows of one file as tokens, in memory (4 bytes a token). Rows that teach nothing since no trained token is left after the cut are
 * left out and named.
 *
 * @param rows rows with at least one counted target
 * @param leftOut where the rows came from that teach nothing
 * @param digest SHA-256 over all token ids and loss masks in order, lower-case hex
 */
public record EncodedRows(List<EncodedExample> rows, List<RowRef> leftOut, String digest) implements TrainingRows {
    /** Copies the lists. */
    public EncodedRows {
        rows = List.copyOf(rows);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Reads and encodes a whole file.
     *
     * @param maxTokens rows are cut to so many tokens; 0 for the model's length
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if the file or a line cannot be read, or with what the
     *     codec reports
     */
    public static EncodedRows read(Path file, TextCodec codec, int maxTokens) {
        List<EncodedExample> rows = new ArrayList<>();
        List<RowRef> leftOut = new ArrayList<>();
        each(file, codec, maxTokens, rows::add, leftOut::add);
        return of(rows, leftOut);
    }

    /**
     * Reads and encodes a file row by row, without holding more than one.
     *
     * @param maxTokens rows are cut to so many tokens; 0 for the model's length
     * @param learned told of each row with at least one counted target
     * @param leftOut told where the others came from
     * @throws dev.finetune4j.error.FineTuneException as {@link #read}
     */
    public static void each(
            Path file, TextCodec codec, int maxTokens, Consumer<EncodedExample> learned, Consumer<RowRef> leftOut) {
        try (ExampleReader reader = ExampleReader.open(file)) {
            for (Example example = reader.next(); example != null; example = reader.next()) {
                EncodedExample row = codec.encode(example, maxTokens);
                // The first token has nothing before it that could predict it.
                if (row.trained().nextSetBit(1) < 0) {
                    leftOut.accept(example.row());
                } else {
                    learned.accept(row);
                }
            }
        }
    }

    /** Rows that were encoded before. */
    public static EncodedRows of(List<EncodedExample> rows, List<RowRef> leftOut) {
        return new EncodedRows(rows, leftOut, digestOf(rows));
    }

    @Override
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    @Override
    public int[] lengths() {
        return rows.stream().mapToInt(EncodedExample::length).toArray();
    }

    /** How many tokens all rows of both begin with, none of which predicts one that is learned; this has one row at least. */
    public int sharedPrefix(EncodedRows others) {
        EncodedExample first = rows.get(0);
        return Stream.concat(rows.stream(), others.rows.stream())
                .mapToInt(first::sharedPrefix)
                .min()
                .orElseThrow();
    }

    @Override
    public TokenBatch batch(int[] indices) {
        return TokenBatch.of(Arrays.stream(indices).mapToObj(rows::get).toList());
    }

    private static String digestOf(List<EncodedExample> rows) {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
        for (EncodedExample row : rows) {
            ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * row.length());
            bytes.putInt(row.length());
            bytes.asIntBuffer().put(row.tokenIds());
            sha.update(bytes.rewind());
            sha.update(row.trained().toByteArray());
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
