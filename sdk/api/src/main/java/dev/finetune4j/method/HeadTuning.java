package dev.finetune4j.method;

import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Kind;

/** Head tuning: of an encoder only the classification head is trained, and all that lies below it stays as it is. */
@Kind("head")
@Describe("Only the classification head of an encoder is trained; the encoder stays as it is.")
public record HeadTuning() implements TuningMethod {
    /** Peak learning rate where a job says none: 1e-3, the default of Adam, since a fresh head has far to go and nothing to lose. */
    public static final double DEFAULT_LEARNING_RATE = 1e-3;

    /** The one way. */
    public static HeadTuning defaults() {
        return new HeadTuning();
    }

    @Override
    public double defaultLearningRate() {
        return DEFAULT_LEARNING_RATE;
    }
}
