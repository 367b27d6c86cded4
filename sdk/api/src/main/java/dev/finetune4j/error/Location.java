package dev.finetune4j.error;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The place in the user's own files that a problem points at. Lines, columns and rows count from 1. */
public sealed interface Location {
    /** Order of a report: by file, then by line or row, then by column. */
    Comparator<Location> IN_READING_ORDER = Comparator.comparing(Location::source)
            .thenComparingLong(Location::line)
            .thenComparingLong(Location::position);

    /** Stands for the job's file where its name is not known, or where the job was made in Java. */
    String JOB = "job";

    /** The file or source as the user named it, or {@link #JOB}. */
    String source();

    /** Line or row, 0 where the whole source is meant. */
    long line();

    /** Column or start of the span, 0 where the whole line is meant. */
    long position();

    /**
     * A place in a text file.
     *
     * @param source the path as the user gave it
     * @param line line from 1, 0 for the whole file
     * @param column column from 1 in characters, 0 for the whole line
     * @param key dotted path of the key that is meant, such as {@code training.epochs}
     */
    record InFile(
            String source, long line, long column, @Nullable String key) implements Location {
        @Override
        public long position() {
            return column;
        }

        @Override
        public String toString() {
            String place = line == 0 ? source : column == 0 ? source + ":" + line : source + ":" + line + ":" + column;
            return key == null ? place : place + "  " + key;
        }
    }

    /**
     * A place in a row of data.
     *
     * @param source the file or query result as the user named it
     * @param row row from 1
     * @param field the column or message that is meant, such as {@code output} or {@code messages[2].content}
     * @param start first character of the span in the field, from 0; -1 where the whole field is meant
     * @param end character after the span; -1 where the whole field is meant
     */
    record InRow(String source, long row, @Nullable String field, int start, int end) implements Location {
        /** The whole field of a row. */
        public InRow(String source, long row, @Nullable String field) {
            this(source, row, field, -1, -1);
        }

        @Override
        public long line() {
            return row;
        }

        @Override
        public long position() {
            return Math.max(0, start);
        }

        @Override
        public String toString() {
            String place = source + " row " + row;
            String inField = field == null ? place : place + "  " + field;
            return start < 0 ? inField : inField + "[" + start + ".." + end + ")";
        }
    }

    /**
     * A setting of the job by its key, such as {@code training.epochs}, for whoever does not know the job's file. Where there is one, its
     * name, line and column are filled in before a person sees the problem.
     */
    static Location ofKey(String key) {
        return new InFile(JOB, 0, 0, key);
    }

    /** A whole file, folder, address or option. */
    static Location of(String source) {
        return new InFile(source, 0, 0, null);
    }
}
