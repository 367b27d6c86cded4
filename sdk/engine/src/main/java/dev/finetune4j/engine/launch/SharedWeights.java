package dev.finetune4j.engine.launch;

import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.TuningMethod;
import java.util.Optional;

/** Whether several GPUs can share a model out of which none holds all of it: a plan tells it as a launch does. */
public final class SharedWeights {
    private SharedWeights() {}

    /** Why no weights can be shared out; empty where they can. */
    public static Optional<String> obstacle(TuningMethod method) {
        return method instanceof FullTuning
                ? Optional.of(
                        "weights that are all trained are not shared out yet; those of a base model under an adapter"
                                + " are")
                : Optional.empty();
    }
}
