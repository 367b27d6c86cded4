package dev.finetune4j.training.loop;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.model.BatchPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows of an epoch go into which micro-batch: a pure function of seed, epoch and row lengths. Each row stands in exactly one
 * micro-batch.
 *
 * <p>Counting rows, shuffled rows are sorted by length within pools of {@value #POOL_BATCHES} micro-batches (as transformers'
 * {@code LengthGroupedSampler}), cut into micro-batches, and the micro-batches are shuffled again. Packing, shuffled rows are
 * laid into a micro-batch until the next one does not fit.
 *
 * @param microBatches row indices of each micro-batch, in the order of training
 */
record BatchPlan(List<int[]> microBatches) {
    private static final int POOL_BATCHES = 50;

    /** Copies the list; the arrays are not changed afterwards. */
    BatchPlan {
        microBatches = List.copyOf(microBatches);
    }

    /**
     * The micro-batches of one epoch.
     *
     * @param spec seed, batch size and packing
     * @param epoch epoch from 0
     * @param lengths tokens of each row
     * @param rowLimit longest row possible in tokens; with packing, a micro-batch holds batch-size times as many
     */
    static BatchPlan of(TrainingSpec spec, int epoch, int[] lengths, int rowLimit) {
        int[] order = IntStream.range(0, lengths.length).toArray();
        SeedStream.SHUFFLE.shuffle(order, spec.seed(), epoch);
        if (spec.packing()) {
            return new BatchPlan(packed(order, lengths, (long) spec.batchSize() * rowLimit));
        }
        return new BatchPlan(shuffled(grouped(order, lengths, spec.batchSize()), spec.seed(), epoch));
    }

    /** Whether, counting rows, all of them are sorted by length together. */
    static boolean isOnePool(long rows, int batchSize) {
        return rows <= (long) POOL_BATCHES * batchSize;
    }

    private static List<int[]> packed(int[] order, int[] lengths, long capacity) {
        List<int[]> batches = new ArrayList<>();
        int start = 0;
        long tokens = 0;
        for (int i = 0; i < order.length; i++) {
            if (i > start && tokens + lengths[order[i]] > capacity) {
                batches.add(Arrays.copyOfRange(order, start, i));
                start = i;
                tokens = 0;
            }
            tokens += lengths[order[i]];
        }
        if (start < order.length) {
            batches.add(Arrays.copyOfRange(order, start, order.length));
        }
        return batches;
    }

    private static List<int[]> grouped(int[] order, int[] lengths, int batchSize) {
        List<int[]> batches = new ArrayList<>();
        int pool = Math.multiplyExact(POOL_BATCHES, batchSize);
        for (int from = 0; from < order.length; from += pool) {
            int[] sorted = Arrays.stream(order, from, Math.min(order.length, from + pool))
                    .boxed()
                    .sorted(Comparator.comparingInt(row -> -lengths[row]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int start = 0; start < sorted.length; start += batchSize) {
                batches.add(Arrays.copyOfRange(sorted, start, Math.min(sorted.length, start + batchSize)));
            }
        }
        return batches;
    }

    private static List<int[]> shuffled(List<int[]> batches, long seed, int epoch) {
        int[] order = IntStream.range(0, batches.size()).toArray();
        SeedStream.BATCH_ORDER.shuffle(order, seed, epoch);
        return Arrays.stream(order).mapToObj(batches::get).toList();
    }

    /** Optimizer steps of the epoch; the last may have fewer micro-batches than the others. */
    int steps(int accumulation) {
        return (microBatches.size() + accumulation - 1) / accumulation;
    }

    /** The micro-batches of one optimizer step of the epoch, from 0. */
    List<int[]> step(int index, int accumulation) {
        int from = index * accumulation;
        return microBatches.subList(from, Math.min(microBatches.size(), from + accumulation));
    }

    /** The micro-batch with the largest N. */
    int[] largest(int[] lengths, BatchPrefix prefix) {
        return microBatches.stream()
                .max(Comparator.comparingLong(rows -> tokens(rows, lengths, prefix)))
                .orElse(new int[0]);
    }

    /** N of the micro-batches of the first steps of the epoch together. */
    long tokens(int steps, int accumulation, int[] lengths, BatchPrefix prefix) {
        return microBatches.stream()
                .limit((long) steps * accumulation)
                .mapToLong(rows -> tokens(rows, lengths, prefix))
                .sum();
    }

    /** N of a micro-batch. */
    static long tokens(int[] rows, int[] lengths, BatchPrefix prefix) {
        return prefix.computedTokens(
                rows.length, Arrays.stream(rows).mapToLong(row -> lengths[row]).sum());
    }
}
