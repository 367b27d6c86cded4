package dev.finetune4j.run;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.evaluation.Variant;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker measured while it did the first steps of a training and some of the answers after it: the same rows, settings and
 * machine as the run itself will have.
 *
 * @param at when it ended, by the clock of its machine
 * @param startUpSeconds from the submission to the first step: process, libraries, reading all rows, loading the model
 * @param startUpDiskSeconds how long of it nothing on the machine computed since all waited for its disk, which later runs do not: memory has
 *     the files then; null if the machine does not tell
 * @param training what the steps showed
 * @param answers how fast each model answers held-out rows; empty where none does
 * @param peakBytes largest resident memory of the worker, with the largest micro-batch and the longest rows that are answered;
 *     -1 if its machine does not tell
 * @param foreseenPeakBytes what the worker itself had foreseen of it
 * @param waitingShare share of the time in which its threads could have computed that they waited for a processor, as
 *     {@link WaitingShare} has it
 */
public record Rehearsal(
        Instant at,
        double startUpSeconds,
        @Nullable Double startUpDiskSeconds,
        Training training,
        List<AnswerPace> answers,
        long peakBytes,
        long foreseenPeakBytes,
        @Nullable Double waitingShare) {
    /**
     * What the first steps of a training showed, and what the whole of it is.
     *
     * @param begunAt when the first step began
     * @param plannedSteps optimizer steps of the whole training
     * @param plannedTokens tokens that the whole training goes through, each epoch counted, padding not
     * @param rowTokens tokens of a training row as it is computed, cut to the length limit; every row is counted
     * @param largestBatchTokens tokens that are computed at most of a micro-batch: what rows share counts once or a few times
     * @param steps optimizer steps that were done
     * @param learningRate of the last of them
     * @param lossBefore mean negative log-likelihood per counted token of the first step's rows before it, in nats
     * @param lossAfter the same of the same rows after the last step
     * @param timedTokens tokens of the steps that were timed: all but the first, which also prepares what later ones use
     * @param timedSeconds what those steps took
     * @param validations validation losses that the whole training takes
     * @param validationSeconds what one takes; 0 where there are no validation rows
     * @param checkpoints checkpoints that the whole training writes
     * @param checkpointBytes size of one, which was written and read again
     * @param checkpointSeconds what writing one takes
     */
    public record Training(
            Instant begunAt,
            int plannedSteps,
            long plannedTokens,
            Quantiles rowTokens,
            int largestBatchTokens,
            int steps,
            double learningRate,
            double lossBefore,
            double lossAfter,
            long timedTokens,
            double timedSeconds,
            int validations,
            double validationSeconds,
            int checkpoints,
            long checkpointBytes,
            double checkpointSeconds) {
        /** Whether the loss of the same rows fell. */
        public boolean learns() {
            return lossAfter < lossBefore;
        }

        /** What all steps of the training will take, in seconds. */
        public double stepSeconds() {
            return plannedTokens * timedSeconds / Math.max(1, timedTokens);
        }
    }

    /**
     * How fast a model answers held-out rows.
     *
     * @param variant which model, and with what prompt
     * @param rows rows that it answered, long and short ones in the shares of the whole
     * @param totalRows rows that the run lets it answer
     * @param seconds what answering those rows took, and loading the model where it had to be loaded
     * @param wholeSeconds what all rows will take: loading once, and the rows by their characters
     */
    public record AnswerPace(Variant variant, long rows, long totalRows, double seconds, double wholeSeconds) {}

    /** Copies the list. */
    public Rehearsal {
        answers = List.copyOf(answers);
    }

    /** Whether other programs computed meanwhile, so that it took longer than it takes alone. */
    public boolean wasDisturbed() {
        return WaitingShare.isDisturbed(waitingShare);
    }

    /** What the same work takes alone, as a share of what it took. */
    public double aloneShare() {
        return WaitingShare.alone(waitingShare);
    }

    /** From the submission to the first step where memory has all files, in seconds. */
    public double warmStartUpSeconds() {
        return startUpDiskSeconds == null ? startUpSeconds : Math.max(0, startUpSeconds - startUpDiskSeconds);
    }

    /** What the validation losses and all answers of the run will take, in seconds. */
    public double evaluationSeconds() {
        return training.validations * training.validationSeconds
                + answers.stream().mapToDouble(AnswerPace::wholeSeconds).sum();
    }
}
