package dev.finetune4j.training.predict;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.json.Json;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Predictions, one a line. Grows under a {@code .partial} name and gets its own name when the last row is durable, so that a file with its
 * name is complete. What an interrupted process left is kept up to its last whole line.
 */
final class PredictionFile implements AutoCloseable {
    private static final int ROWS_BETWEEN_FORCES = 50;

    private final Path file;
    private final Path partial;
    private final FileChannel channel;
    private long rows;

    private PredictionFile(Path file, Path partial, FileChannel channel, long rows) {
        this.file = file;
        this.partial = partial;
        this.channel = channel;
        this.rows = rows;
    }

    /**
     * Opens the file of a variant for more rows.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0625, FT0632 or FT0638 if it cannot be written
     */
    static PredictionFile open(Path file) {
        Path partial = file.resolveSibling(file.getFileName() + DurableFiles.PARTIAL);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(
                    partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            long rows = keepWholeLines(partial, channel);
            return new PredictionFile(file, partial, channel, rows);
        } catch (IOException e) {
            throw WriteFailure.of("predictions", file, e);
        }
    }

    /** Rows that are in the file. */
    long rows() {
        return rows;
    }

    /** Appends a row. */
    void append(Prediction prediction) {
        try {
            ByteBuffer line = ByteBuffer.wrap((Json.line(prediction) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            rows++;
            if (rows % ROWS_BETWEEN_FORCES == 0) {
                channel.force(false);
            }
        } catch (IOException e) {
            throw WriteFailure.of("predictions", file, e);
        }
    }

    /** Gives the complete file its name. */
    void complete() {
        try {
            channel.force(true);
            DurableFiles.moveFile(partial, file);
        } catch (IOException e) {
            throw WriteFailure.of("predictions", file, e);
        }
    }

    private static long keepWholeLines(Path partial, FileChannel channel) throws IOException {
        byte[] bytes = Files.readAllBytes(partial);
        long rows = 0;
        int end = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                if (!isPrediction(new String(bytes, end, i - end, StandardCharsets.UTF_8))) {
                    break;
                }
                rows++;
                end = i + 1;
            }
        }
        channel.truncate(end);
        channel.position(end);
        return rows;
    }

    private static boolean isPrediction(String line) {
        try {
            Json.read(line, Prediction.class);
            return true;
        } catch (UncheckedIOException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw WriteFailure.of("predictions", file, e);
        }
    }
}
