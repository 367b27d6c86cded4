package dev.finetune4j.engine.data.source;

/** Hears how fetching goes on, at least once a second while something is under way. Called from the fetching thread. */
@FunctionalInterface
public interface FetchProgress {
    /** The size where it is not known. */
    long UNKNOWN = -1;

    /** Listens to nothing. */
    FetchProgress SILENT = (what, doneBytes, totalBytes) -> {};

    /**
     * Something goes on.
     *
     * @param what what is fetched, in words for a person
     * @param doneBytes bytes so far
     * @param totalBytes bytes in all, or {@link #UNKNOWN}
     */
    void at(String what, long doneBytes, long totalBytes);
}
