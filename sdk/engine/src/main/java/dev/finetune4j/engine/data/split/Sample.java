package dev.finetune4j.engine.data.split;

import dev.finetune4j.job.SplitSpec;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** A seeded sample of rows that keeps the shares of the labels, and at least one row of each label if it has room. */
final class Sample {
    private Sample() {}

    /**
     * Marks the rows of the sample.
     *
     * @param rows all rows
     * @param among the rows to choose from
     * @param cap most rows of the sample, 0 for all
     * @param spec seed, and whether shares of labels are kept
     * @param marks set for each row of the sample
     */
    static void mark(RowTable rows, IntPredicate among, int cap, SplitSpec spec, boolean[] marks) {
        int[] candidates = IntStream.range(0, rows.size()).filter(among).toArray();
        if (cap == 0 || candidates.length <= cap) {
            for (int row : candidates) {
                marks[row] = true;
            }
            return;
        }
        int[] sizes = new int[spec.stratify() ? rows.labelCount() : 1];
        for (int row : candidates) {
            sizes[spec.stratify() ? rows.label(row) : 0]++;
        }
        int[] floors = Arrays.stream(sizes).map(size -> Math.min(size, 1)).toArray();
        int[] seats = Apportionment.divide(cap, sizes, floors);
        Shuffle.inPlace(candidates, new Random(spec.seed() + cap));
        for (int row : candidates) {
            int label = spec.stratify() ? rows.label(row) : 0;
            if (seats[label] > 0) {
                seats[label]--;
                marks[row] = true;
            }
        }
    }
}
