package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import java.util.Locale;

/**
 * A stretch of a run.
 *
 * @param name which one
 * @param time how long it takes
 * @param isBilled whether the place asks money for it
 * @param basis where the time comes from, in words
 */
public record PlanPhase(Name name, DurationRange time, boolean isBilled, String basis) {
    /** The stretches of a run, in their order. */
    public enum Name {
        /** Waiting for a machine. */
        QUEUE,
        /** From a machine to a program that runs: image, container, libraries. */
        START_UP,
        /** Fetching the base model, and loading it. */
        DOWNLOAD,
        /** The steps. */
        TRAINING,
        /** Validation losses, and the answers of base and tuned model on held-out rows. */
        EVALUATION,
        /** Writing checkpoints. */
        CHECKPOINTS,
        /** Bringing the result to where it is kept. */
        UPLOAD,
        /** What is computed again, and waited for again, when a machine is taken away. */
        LOST_WORK;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Refuses a time that comes from nowhere. */
    public PlanPhase {
        Checks.notBlank("basis", basis);
    }
}
