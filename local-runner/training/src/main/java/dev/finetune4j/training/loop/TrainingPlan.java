package dev.finetune4j.training.loop;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.rows.TrainingRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many optimizer steps a training takes and where in which epoch each stands. Needs no model, so that the workspace can be sized before
 * the weights are loaded.
 */
public final class TrainingPlan {
    private final TrainingSpec spec;
    private final int[] lengths;
    private final int rowLimit;
    private final BatchPrefix prefix;
    private final List<Integer> stepsByEpoch = new ArrayList<>();
    private final int steps;
    private final int maxBatchTokens;
    private final int longestRow;
    private final int[] largestMicroBatch;
    private final long tokens;
    private final long computedTokens;
    private BatchPlan current;
    private int currentEpoch;

    /**
     * Where a step stands.
     *
     * @param epoch epoch from 0
     * @param index step within the epoch from 0
     * @param lastOfEpoch whether the epoch ends with it
     */
    public record Place(int epoch, int index, boolean lastOfEpoch) {}

    /**
     * Plans every epoch.
     *
     * @param spec epochs (a fraction ends within a pass, rounded up to a whole step), batch size, packing, accumulation, seed
     * @param training rows that are learned, at least one
     * @param validation rows whose loss is watched; may be empty
     * @param rowLimit longest row possible in tokens
     * @param prefix what all rows begin with
     */
    public TrainingPlan(
            TrainingSpec spec, TrainingRows training, TrainingRows validation, int rowLimit, BatchPrefix prefix) {
        this(
                spec,
                training.lengths(),
                training.tokensInFront(),
                Arrays.stream(validation.lengths()).max().orElse(0),
                rowLimit,
                prefix);
    }

    /**
     * The same for rows that are not in memory.
     *
     * @param lengths tokens of each row that is learned, those in front included
     * @param inFront tokens in front of each row that are none of its own
     * @param longestValidation tokens of the longest row whose loss is watched; 0 without any
     * @param rowLimit longest row possible in tokens
     * @param prefix what all rows begin with
     */
    public TrainingPlan(
            TrainingSpec spec, int[] lengths, int inFront, int longestValidation, int rowLimit, BatchPrefix prefix) {
        this.spec = spec;
        this.prefix = prefix;
        this.lengths = lengths.clone();
        if (lengths.length == 0) {
            throw new IllegalArgumentException("a training plan needs at least one row");
        }
        this.rowLimit = rowLimit;
        int total = 0;
        long totalTokens = 0;
        long totalComputed = 0;
        int[] ownLengths =
                Arrays.stream(lengths).map(length -> length - inFront).toArray();
        int[] largest = new int[0];
        int epochs = (int) Math.ceil(spec.epochs());
        current = BatchPlan.of(spec, 0, lengths, rowLimit);
        for (int epoch = 0; epoch < epochs; epoch++) {
            BatchPlan plan = epoch == 0 ? current : BatchPlan.of(spec, epoch, lengths, rowLimit);
            double share = Math.min(1, spec.epochs() - epoch);
            int stepsHere = (int) Math.ceil(share * plan.steps(spec.gradientAccumulation()) - 1e-9);
            stepsByEpoch.add(stepsHere);
            total = Math.addExact(total, stepsHere);
            totalTokens += plan.tokens(stepsHere, spec.gradientAccumulation(), ownLengths, BatchPrefix.NONE);
            totalComputed += plan.tokens(stepsHere, spec.gradientAccumulation(), lengths, prefix);
            int[] largestHere = plan.largest(lengths, prefix);
            if (BatchPlan.tokens(largestHere, lengths, prefix) > BatchPlan.tokens(largest, lengths, prefix)) {
                largest = largestHere;
            }
        }
        steps = total;
        tokens = totalTokens;
        computedTokens = totalComputed;
        largestMicroBatch = largest;
        longestRow = Math.max(Arrays.stream(lengths).max().orElse(0), longestValidation);
        maxBatchTokens = Math.toIntExact(Math.max(BatchPlan.tokens(largest, lengths, prefix), longestValidation));
    }

    /**
     * The most rows that a micro-batch may have; packed, as many as there is room for.
     *
     * @param rows training rows in all
     */
    public static int mostRows(TrainingSpec spec, long rows) {
        return (int) Math.min(spec.packing() ? Integer.MAX_VALUE : spec.batchSize(), rows);
    }

    /** The most rows that a micro-batch of any epoch may have; packed, as many as there is room for. */
    public int mostRows() {
        return mostRows(spec, lengths.length);
    }

    /** Optimizer steps planned. */
    public int steps() {
        return steps;
    }

    /** Rows that are learned. */
    public int rows() {
        return lengths.length;
    }

    /** The largest N of a micro-batch of any epoch, and of the longest validation row. */
    public int maxBatchTokens() {
        return maxBatchTokens;
    }

    /** Tokens of the longest row, one of validation and those in front included: packed or not, positions begin anew with each. */
    public int longestRow() {
        return longestRow;
    }

    /** Tokens of the rows of all steps together; those in front are none of theirs. */
    public long tokens() {
        return tokens;
    }

    /** Tokens that are computed at most for each token of the rows: more than 1 where others stand in front of each. */
    public double computedShare() {
        return (double) computedTokens / tokens;
    }

    /** N of a micro-batch of some rows, the tokens that are computed at most. */
    long computedTokens(int rows, long rowTokens) {
        return prefix.computedTokens(rows, rowTokens);
    }

    /** The rows of the largest micro-batch of any epoch. */
    int[] largestMicroBatch() {
        return largestMicroBatch.clone();
    }

    /** Where a step stands, counted from 1 as everywhere. */
    public Place place(int step) {
        int left = step - 1;
        for (int epoch = 0; epoch < stepsByEpoch.size(); epoch++) {
            int here = stepsByEpoch.get(epoch);
            if (left < here) {
                return new Place(epoch, left, left == here - 1);
            }
            left -= here;
        }
        throw new IllegalArgumentException("step must be 1.." + steps + ", was " + step);
    }

    /** The micro-batches of a step, as row indices. */
    public List<int[]> microBatches(int step) {
        Place place = place(step);
        return epoch(place.epoch()).step(place.index(), spec.gradientAccumulation());
    }

    /** Passes over the rows that are done after a step, as a fraction. */
    public double epochsAfter(int step) {
        Place place = place(step);
        int whole = epoch(place.epoch()).steps(spec.gradientAccumulation());
        return place.epoch() + (place.index() + 1.0) / whole;
    }

    /** Whether the validation loss is taken after a step: every so many steps or after each epoch, and always after the last. */
    public boolean isValidatedAfter(int step) {
        return step == steps
                || (spec.evaluateEvery() > 0
                        ? step % spec.evaluateEvery() == 0
                        : place(step).lastOfEpoch());
    }

    private BatchPlan epoch(int epoch) {
        if (epoch != currentEpoch) {
            current = BatchPlan.of(spec, epoch, lengths, rowLimit);
            currentEpoch = epoch;
        }
        return current;
    }
}
