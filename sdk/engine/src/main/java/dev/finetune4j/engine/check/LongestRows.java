package dev.finetune4j.engine.check;

import java.util.PriorityQueue;

/** Adds up the longest of all rows. */
final class LongestRows {
    private final int most;
    private final PriorityQueue<Integer> lengths = new PriorityQueue<>();
    private long total;

    /** Of at most so many rows. */
    LongestRows(int most) {
        this.most = most;
    }

    void add(int length) {
        lengths.add(length);
        total += length;
        if (lengths.size() > most) {
            total -= lengths.remove();
        }
    }

    /** Length of the longest rows together. */
    long total() {
        return total;
    }
}
