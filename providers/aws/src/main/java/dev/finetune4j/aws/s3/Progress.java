package dev.finetune4j.aws.s3;

/** Learns how much of what is moved has arrived. Called by several threads, by one at a time, with figures that never fall. */
@FunctionalInterface
public interface Progress {
    /** Nobody wants to know. */
    Progress NONE = (done, total) -> {};

    /**
     * Some more has arrived.
     *
     * @param doneBytes what is there now, with what was there before
     * @param totalBytes what will be there in the end
     */
    void moved(long doneBytes, long totalBytes);
}
