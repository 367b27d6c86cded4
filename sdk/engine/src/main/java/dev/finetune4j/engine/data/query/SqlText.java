package dev.finetune4j.engine.data.query;

import dev.finetune4j.error.Location;

/**
 * The SQL of a job, with the places in it.
 *
 * @param text the SQL
 * @param name the .sql file as the job names it, or {@code data.query} where the SQL stands in the job
 */
public record SqlText(String text, String name) {
    /** The place of a character, counted from 0. */
    Location at(int offset) {
        int end = Math.max(0, Math.min(offset, text.length()));
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Location.InFile(name, line, end - lineStart + 1L, null);
    }

    /** The place of a column of a line, both from 1; a column of 0 is the whole line. */
    Location at(int line, int column) {
        return new Location.InFile(name, line, column, null);
    }

    /** A line, from 1; empty past the end. */
    String line(int number) {
        String[] lines = text.split("\n", -1);
        return number >= 1 && number <= lines.length ? lines[number - 1] : "";
    }
}
