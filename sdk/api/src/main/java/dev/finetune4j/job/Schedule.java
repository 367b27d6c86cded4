package dev.finetune4j.job;

/** How the learning rate goes after warm-up. */
public enum Schedule {
    /** Half a cosine down to zero. */
    COSINE,
    /** A straight line down to zero. */
    LINEAR,
    /** No change. */
    CONSTANT
}
