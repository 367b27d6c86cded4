package dev.finetune4j.spi;

import java.util.List;

/**
 * Lines that the processes of a job printed.
 *
 * @param lines in order, without line ends; empty where there is nothing new
 * @param next the cursor after them
 */
public record LogPage(List<String> lines, String next) {
    /** The cursor before the first line. */
    public static final String START = "";

    /** Copies the list. */
    public LogPage {
        lines = List.copyOf(lines);
    }
}
