package dev.finetune4j.aws.s3;

/** Adds up what has arrived. Safe for use by several threads. */
final class Tally {
    private final Progress progress;
    private final long total;
    private long done;

    Tally(Progress progress, long total) {
        this.progress = progress;
        this.total = total;
    }

    synchronized void add(long bytes) {
        done = Math.min(total, done + bytes);
        progress.moved(done, total);
    }
}
