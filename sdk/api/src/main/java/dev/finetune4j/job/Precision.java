package dev.finetune4j.job;

/** The number format of weights and activations. Adapters, moments and reductions stay in 32 bits. */
public enum Precision {
    /**
     * To train, {@link #BF16} where the hardware multiplies it natively, {@link #FP32} elsewhere; to evaluate, {@link #FP32} where the
     * memory holds it, so that others who load the adapter find the same scores.
     */
    AUTO,
    /** 32-bit floating point. */
    FP32,
    /** bfloat16. */
    BF16
}
