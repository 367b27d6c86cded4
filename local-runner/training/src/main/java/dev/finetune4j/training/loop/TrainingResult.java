package dev.finetune4j.training.loop;

import org.jspecify.annotations.Nullable;

/** How a training ended. */
public sealed interface TrainingResult {
    /**
     * The adapter is in its place.
     *
     * @param steps optimizer steps done
     * @param adapterStep step that the adapter is from: the best by validation loss, the last without validation rows
     * @param validationLoss its validation loss in nats per counted token, or null without validation rows
     * @param tokens tokens of the rows that were gone over, over all restarts
     * @param stoppedEarly whether patience ended it before the last planned step
     */
    record Finished(int steps, int adapterStep, @Nullable Double validationLoss, long tokens, boolean stoppedEarly)
            implements TrainingResult {}

    /**
     * It was told to stop; a checkpoint of all its steps is durable.
     *
     * @param steps optimizer steps done
     * @param reason why
     */
    record Stopped(int steps, String reason) implements TrainingResult {}
}
