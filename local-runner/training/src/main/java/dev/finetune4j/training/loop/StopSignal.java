package dev.finetune4j.training.loop;

import java.util.Optional;

/** Tells long work to wind down. Asked between micro-batches, between rows, and with each token of an answer, so an answer must be cheap. */
@FunctionalInterface
public interface StopSignal {
    /** Never stops. */
    StopSignal NEVER = Optional::empty;

    /** Why to stop now, or empty to go on. */
    Optional<String> reason();
}
