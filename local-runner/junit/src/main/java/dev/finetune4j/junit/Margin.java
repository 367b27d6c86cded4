package dev.finetune4j.junit;

/**
 * How much worse than its baseline a tuned model may be before a test fails.
 *
 * @param drop by how much the main metric may be worse, in its own unit
 * @param rows how many held-out rows may be answered worse
 */
public record Margin(double drop, int rows) {
    /** Refuses negative margins. */
    public Margin {
        if (!(drop >= 0)) {
            throw new IllegalArgumentException("drop must be 0 or more, was " + drop);
        }
        if (rows < 0) {
            throw new IllegalArgumentException("rows must be 0 or more, were " + rows);
        }
    }

    /** Any number of rows, as long as the main metric is at most this much worse. */
    public static Margin of(double drop) {
        return new Margin(drop, Integer.MAX_VALUE);
    }

    /** Nothing may be worse: right where one machine trains with one seed, since the same work gives the same bits. */
    public static Margin none() {
        return new Margin(0, 0);
    }

    /** And at most so many rows answered worse. */
    public Margin andRows(int atMost) {
        return new Margin(drop, atMost);
    }
}
