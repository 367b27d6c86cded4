package dev.finetune4j.plan;

/** Whether a run has the memory that it needs. */
public enum Fit {
    /** Nine times in ten it needs less than there is. */
    FITS,
    /** It may fail for want of memory. */
    TIGHT,
    /** Nine times in ten it needs more than there is. */
    TOO_LARGE
}
