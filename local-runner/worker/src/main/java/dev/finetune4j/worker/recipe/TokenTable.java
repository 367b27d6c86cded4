package dev.finetune4j.worker.recipe;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.rows.EncodedRows;
import dev.finetune4j.training.rows.LabelledRows;
import dev.finetune4j.training.rows.LeftOut;
import dev.finetune4j.worker.recipe.Recipe.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the rows of one file as tokens, and keeps nothing of them but their lengths. */
final class TokenTable {
    private final RecipeFile tokens;
    private final RecipeFile index;
    private final long[] rowsByLabel;
    private int[] lengths = new int[1024];
    private int rows;
    private long written;
    private int leftOut;
    private @Nullable RowRef firstLeftOut;

    private TokenTable(RecipeFile tokens, RecipeFile index, int labels) {
        this.tokens = tokens;
        this.index = index;
        this.rowsByLabel = new long[labels];
    }

    /**
     * What was written.
     *
     * @param lengths T of each row
     * @param leftOut rows that teach nothing
     * @param rowsByLabel rows of each label by its number; empty where the model speaks
     */
    @SuppressWarnings("ArrayRecordComponent") // made fresh, read here only
    record Table(int[] lengths, LeftOut leftOut, long[] rowsByLabel) {
        int longest() {
            return Arrays.stream(lengths).max().orElse(0);
        }
    }

    /**
     * Writes {@code NAME.tokens} and {@code NAME.index}.
     *
     * @param rows one example a line
     * @param maxTokens rows are cut to so many tokens
     * @param files told of both files
     */
    static Table write(
            Path rows, TextCodec codec, int maxTokens, Path target, String name, Map<String, WrittenFile> files)
            throws IOException {
        return write(
                target,
                name,
                0,
                maxTokens,
                files,
                table -> EncodedRows.each(rows, codec, codec.rowLimit(maxTokens), table::add, table::leaveOut));
    }

    /**
     * Writes the rows of an encoder, which are read whole, and in {@code NAME.labels} the number of each row's label.
     *
     * @param names the labels by their numbers
     * @see #write
     */
    static Table writeLabelled(
            Path rows,
            TextCodec codec,
            int maxTokens,
            List<String> names,
            Path target,
            String name,
            Map<String, WrittenFile> files)
            throws IOException {
        try (RecipeFile labels = new RecipeFile(target.resolve(name + ".labels"))) {
            Table table = write(
                    target,
                    name,
                    names.size(),
                    maxTokens,
                    files,
                    rowsSoFar -> LabelledRows.each(
                            rows,
                            codec,
                            codec.rowLimit(maxTokens),
                            names,
                            (row, label) -> {
                                rowsSoFar.add(row);
                                rowsSoFar.rowsByLabel[label]++;
                                labels.write(new int[] {label});
                            },
                            rowsSoFar::leaveOut));
            files.put(name + ".labels", labels.written());
            return table;
        }
    }

    private static Table write(
            Path target,
            String name,
            int labels,
            int maxTokens,
            Map<String, WrittenFile> files,
            Consumer<TokenTable> rows)
            throws IOException {
        try (RecipeFile tokens = new RecipeFile(target.resolve(name + ".tokens"));
                RecipeFile index = new RecipeFile(target.resolve(name + ".index"))) {
            TokenTable table = new TokenTable(tokens, index, labels);
            rows.accept(table);
            index.write(table.written);
            files.put(name + ".tokens", tokens.written());
            files.put(name + ".index", index.written());
            return new Table(
                    Arrays.copyOf(table.lengths, table.rows),
                    new LeftOut(table.leftOut, table.firstLeftOut, maxTokens),
                    table.rowsByLabel);
        }
    }

    private void add(EncodedExample row) {
        if (rows == lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.addExact(rows, rows / 2));
        }
        lengths[rows++] = row.length();
        index.write(written);
        written += row.length();
        tokens.write(marked(row));
    }

    private void leaveOut(RowRef row) {
        firstLeftOut = leftOut++ == 0 ? row : firstLeftOut;
    }

    /** The first token has nothing before it that could predict it, so it is never marked; an encoder's rows have no other. */
    private static int[] marked(EncodedExample row) {
        int[] ids = row.tokenIds();
        BitSet trained = row.trained();
        for (int t = trained.nextSetBit(1); t >= 0; t = trained.nextSetBit(t + 1)) {
            ids[t] = ~ids[t];
        }
        return ids;
    }
}
