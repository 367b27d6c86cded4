package dev.finetune4j.error;

/** How much a problem matters. Only an {@link #ERROR} stops the job. */
public enum Severity {
    /** The job cannot go on. */
    ERROR,
    /** The job can go on, but its result is likely worse than it could be. */
    WARNING,
    /** Worth knowing; nothing to mend. */
    NOTE
}
