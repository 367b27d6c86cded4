package dev.finetune4j.method;

import dev.finetune4j.value.Kind;
import java.util.Objects;
import java.util.Optional;

/** How weights are tuned. */
public sealed interface TuningMethod
        permits LoraTuning, QloraTuning, FullTuning, HeadTuning, PromptTuning, PrefixTuning {
    /** Its name in a job file. */
    default String kind() {
        return Objects.requireNonNull(getClass().getAnnotation(Kind.class), "every method has a kind")
                .value();
    }

    /** Peak learning rate of a job that says none. */
    double defaultLearningRate();

    /** Tokens that the method puts in front of every text. */
    default int virtualTokens() {
        return 0;
    }

    /** The text whose tokens those start as, in turn; empty where they start as tokens that are drawn. */
    default Optional<String> initTextIfAny() {
        return Optional.empty();
    }

    /** The adapters that are trained; none where something else is. */
    default Optional<LoraTuning> adapters() {
        return Optional.empty();
    }
}
