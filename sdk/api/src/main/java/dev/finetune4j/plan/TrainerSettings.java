package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import java.util.Locale;

/**
 * How a job is set up on GPUs, so that it fits and steps stay what the job says: {@code gpus x microBatch x accumulation} rows.
 *
 * @param gpus GPUs that work
 * @param parallelism how they share the work
 * @param microBatch rows that a GPU takes at a time
 * @param accumulation micro-batches of a step
 * @param isCheckpointed whether activations are computed again instead of kept
 * @param precision in what matrices are multiplied
 */
public record TrainerSettings(
        int gpus, Sharing parallelism, int microBatch, int accumulation, boolean isCheckpointed, String precision) {
    /** How GPUs share the work. */
    public enum Sharing {
        /** One GPU. */
        SINGLE,
        /** Each holds the model and takes other rows (distributed data parallel). */
        DDP,
        /** Each holds a part of the model and takes other rows (fully sharded data parallel). */
        FSDP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Refuses settings that cannot be. */
    public TrainerSettings {
        Checks.inRange("gpus", gpus, 1, 1024);
        Checks.inRange("microBatch", microBatch, 1, 1 << 20);
        Checks.inRange("accumulation", accumulation, 1, 1 << 20);
        Checks.notBlank("precision", precision);
    }
}
