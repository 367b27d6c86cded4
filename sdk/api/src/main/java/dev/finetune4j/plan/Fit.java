package dev.finetune4j.plan;

/** Whether a run has the memory that it needs. */
public enum Fit {
    /** Nine times in ten it needs less than there is. */
    FITS,
    /** It may fail for want of memory. */
    TIGHT,
    /**
     * It needs more than there is: nine times in ten where it is judged whether a run could be, more often than not where a machine that costs
     * money is planned.
     */
    TOO_LARGE
}
