package dev.finetune4j.run;

import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Money;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a run, in order. The worker writes one a line; every provider hands out the same. A figure that a
 * place does not tell is NaN, a count or size that it does not tell is -1: unknown is never zero.
 */
public sealed interface RunEvent {
    /** When it happened, by the clock of the machine that reports it. */
    Instant at();

    /**
     * The run went to another state.
     *
     * @param at when
     * @param state the new state
     * @param message why or with what, for people; may be empty
     * @param answersIn number format in which the model answers from now on, {@code fp32} or {@code bf16}; null where the event is on
     *     something else, and in files from before it was a field
     */
    @Kind("state")
    record StateChanged(
            Instant at,
            RunState state,
            String message,
            @Nullable String answersIn) implements RunEvent {
        /** One that tells no number format. */
        public StateChanged(Instant at, RunState state, String message) {
            this(at, state, message, null);
        }
    }

    /**
     * A process that computes the run is up; each one that takes the run up tells it anew. A place whose processes say nothing of
     * themselves leaves it out.
     *
     * @param at when
     * @param host the machine
     * @param versions version by what has one, such as Java, DJL and libtorch
     */
    @Kind("worker-started")
    record WorkerStarted(Instant at, Host host, Map<String, String> versions) implements RunEvent {
        /** Copies the map in its order. */
        public WorkerStarted {
            versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        }
    }

    /**
     * The model is in memory and the plan of the training is known.
     *
     * @param at when
     * @param parameters parameters of the base model
     * @param trainableParameters parameters that are trained
     * @param steps optimizer steps planned
     * @param precision number format chosen, {@code fp32} or {@code bf16}
     * @param recompute recompute level chosen
     * @param threads compute threads
     * @param predictedPeakBytes resident memory of the process foreseen at its peak, of training or of the answers after it; -1 where
     *     nobody foresaw it
     * @param computedShare tokens that are computed at most for each token of the rows: below 1 where rows of a micro-batch begin alike, and what
     *     they begin with is computed once, above 1 where virtual tokens stand in front of each; null where nobody tells
     */
    @Kind("training-started")
    record TrainingStarted(
            Instant at,
            long parameters,
            long trainableParameters,
            int steps,
            String precision,
            String recompute,
            int threads,
            long predictedPeakBytes,
            @Nullable Double computedShare)
            implements RunEvent {}

    /**
     * An optimizer step is done.
     *
     * @param at when
     * @param step step from 1
     * @param steps steps planned
     * @param epoch passes done, as a fraction
     * @param loss mean negative log-likelihood per counted token of this step, in nats
     * @param learningRate of this step
     * @param gradientNorm L2 norm before clipping
     * @param tokens tokens of the rows of this step, padding never counted
     * @param tokensPerSecond of this step
     * @param residentBytes resident memory of the worker
     */
    @Kind("step")
    record StepCompleted(
            Instant at,
            int step,
            int steps,
            double epoch,
            double loss,
            double learningRate,
            double gradientNorm,
            long tokens,
            double tokensPerSecond,
            long residentBytes)
            implements RunEvent {}

    /**
     * The validation loss was taken.
     *
     * @param at when
     * @param step after which step
     * @param loss mean negative log-likelihood per counted token, in nats
     * @param best whether it is the lowest so far
     */
    @Kind("validation")
    record ValidationCompleted(Instant at, int step, double loss, boolean best) implements RunEvent {}

    /**
     * A checkpoint is durable.
     *
     * @param at when
     * @param step after which step
     * @param bytes its size
     */
    @Kind("checkpoint")
    record CheckpointSaved(Instant at, int step, long bytes) implements RunEvent {}

    /**
     * Training went on from a checkpoint.
     *
     * @param at when
     * @param step the step that the checkpoint was taken after
     */
    @Kind("resumed")
    record Resumed(Instant at, int step) implements RunEvent {}

    /**
     * Training ended before its last planned step, on purpose.
     *
     * @param at when
     * @param step the last step
     * @param reason why, with numbers
     */
    @Kind("stopped-early")
    record StoppedEarly(Instant at, int step, String reason) implements RunEvent {}

    /**
     * Rows of an evaluation were answered.
     *
     * @param at when
     * @param variant by which model
     * @param rows answered so far
     * @param totalRows to answer
     */
    @Kind("prediction")
    record PredictionProgress(Instant at, Variant variant, long rows, long totalRows) implements RunEvent {}

    /**
     * What the run has cost so far; told by who follows it, where it is billed.
     *
     * @param at when
     * @param spent so far, what is billed by now included
     * @param budget what it may cost at most
     * @param atMost whether less may have been billed: of a service that tells no tokens only the most is known that it can bill
     */
    @Kind("spent")
    record Spent(Instant at, Money spent, Money budget, Boolean atMost) implements RunEvent {
        /** Events of earlier versions tell of nothing that was only bounded. */
        public Spent {
            atMost = atMost == null ? Boolean.FALSE : atMost;
        }
    }

    /**
     * A process that computed the run is about to end.
     *
     * @param at when
     * @param peakResidentBytes most resident memory that it ever had
     * @param peakGpuBytes most memory that it ever held of one GPU; null where it computed on none, or does not tell
     * @param waitingShare share of the time in which its threads could have computed that they waited for a processor, as
     *     {@link WaitingShare} has it
     */
    @Kind("worker-ended")
    record WorkerEnded(
            Instant at,
            long peakResidentBytes,
            @Nullable Long peakGpuBytes,
            @Nullable Double waitingShare) implements RunEvent {}

    /**
     * Something that a person should know.
     *
     * @param at when
     * @param problem the error, warning or note
     * @param subject what it is on, where that may be made up for later; null elsewhere, and in files from before there were subjects
     */
    @Kind("problem")
    record Noticed(Instant at, Problem problem, @Nullable Subject subject) implements RunEvent {
        /** What a notice is on. */
        public enum Subject {
            /** That and why base and tuned model were not compared, and how to go on. */
            COMPARISON
        }

        /** One that nothing done later makes untrue. */
        public Noticed(Instant at, Problem problem) {
            this(at, problem, null);
        }
    }
}
