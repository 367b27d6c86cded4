package dev.finetune4j.data;

/**
 * Where an example came from.
 *
 * @param source the file or query as the user named it
 * @param row row from 1
 */
public record RowRef(String source, long row) {
    /** Refuses a row before the first. */
    public RowRef {
        if (row < 1) {
            throw new IllegalArgumentException("row must be 1 or more, was " + row);
        }
    }

    @Override
    public String toString() {
        return source + " row " + row;
    }
}
