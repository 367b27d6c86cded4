package dev.finetune4j.method;

import java.util.Optional;

/** How weights are tuned. */
public sealed interface TuningMethod permits LoraTuning, QloraTuning, FullTuning, HeadTuning, PromptTuning {
    /** Peak learning rate of a job that says none. */
    double defaultLearningRate();

    /** Tokens that the method puts in front of every text. */
    default int virtualTokens() {
        return 0;
    }

    /** The adapters that are trained; none where something else is. */
    default Optional<LoraTuning> adapters() {
        return Optional.empty();
    }
}
