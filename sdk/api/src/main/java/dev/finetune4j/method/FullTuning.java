package dev.finetune4j.method;

import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Kind;

/**
 * Full fine-tuning: every parameter of the model is trained, and the result is a model of its own. Weight decay leaves norms and
 * biases out, as transformers' {@code Trainer} does.
 */
@Kind("full")
@Describe("Full fine-tuning: every parameter of the model is trained.")
public record FullTuning() implements TuningMethod {
    /**
     * Peak learning rate where a job says none: 2e-5, as in TRL's {@code SFTConfig} and the recipes of
     * <a href="https://github.com/tatsu-lab/stanford_alpaca">Alpaca</a> and Vicuna.
     */
    public static final double DEFAULT_LEARNING_RATE = 2e-5;

    /** The one way. */
    public static FullTuning defaults() {
        return new FullTuning();
    }

    @Override
    public double defaultLearningRate() {
        return DEFAULT_LEARNING_RATE;
    }
}
