package dev.finetune4j.engine.models;

import dev.finetune4j.engine.estimate.Architecture;

/** The sizes of a model, from which parameters, memory and arithmetic follow. */
public sealed interface ModelShape permits DecoderShape, EncoderShape {
    /** Weights of the model, to the last norm and bias where the sizes tell them. */
    long parameters();

    /** The sizes as the estimator takes them. */
    Architecture architecture();
}
