package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.ProviderId;
import org.jspecify.annotations.Nullable;

/**
 * What a run was foreseen to take, before it was launched. What it then took is held against it.
 *
 * @param target the place
 * @param basis what time and memory were told from
 * @param family architecture of the base model: the class that transformers would load, or how it reads
 * @param method how it is tuned, in the words of a report
 * @param precision number format of the training, lower-case; empty where it was not foreseen
 * @param time from the submission to the result at its place
 * @param timeFactor by how much past errors had moved the time: 1 for not at all
 * @param memory peak resident memory of the process, or of each GPU; null where the place does not let it matter
 * @param memoryFactor by how much past errors had moved the memory
 * @param cost null where a price is not known
 * @param steps of the steps alone, where GPUs that are let by the hour compute them; null elsewhere
 */
public record Foreseen(
        ProviderId target,
        Basis basis,
        String family,
        String method,
        String precision,
        DurationRange time,
        double timeFactor,
        @Nullable ByteRange memory,
        double memoryFactor,
        @Nullable MoneyRange cost,
        @Nullable Steps steps) {
    /**
     * The training steps of a run, apart from bringing machine and files, and from waiting for them.
     *
     * @param gpus what computes them, such as {@code 1x A10G}
     * @param time seconds of all steps
     * @param factor by how much past errors had moved them: 1 for not at all
     */
    public record Steps(String gpus, DurationRange time, double factor) {
        /** Refuses a factor that is none. */
        public Steps {
            Checks.inRange("factor", factor, 1e-3, 1e3);
        }
    }

    /** What an estimate is told from. */
    public enum Basis {
        /** The first steps of the very same job, on the same machine. */
        REHEARSAL,
        /** Runs of the same model and method that succeeded there. */
        PAST_RUNS,
        /** The sizes of job and model, and what such hardware usually does. */
        SIZES
    }

    /** Refuses a factor that is none. */
    public Foreseen {
        Checks.inRange("timeFactor", timeFactor, 1e-3, 1e3);
        Checks.inRange("memoryFactor", memoryFactor, 1e-3, 1e3);
    }

    /** Whether errors of the other tell of this one. */
    public boolean isLike(Foreseen other) {
        return target.equals(other.target)
                && basis == other.basis
                && family.equals(other.family)
                && method.equals(other.method)
                && precision.equals(other.precision);
    }
}
