package dev.finetune4j.engine.data.source;

import java.nio.file.Path;
import java.util.List;

/**
 * A source whose files lie on this machine.
 *
 * @param files the files in the order of their names; at least one
 * @param sha256 SHA-256 of the one file, or over the names and digests of several, lower-case hex
 */
public record FetchedSource(List<Path> files, String sha256) {
    /** Copies the list. */
    public FetchedSource {
        files = List.copyOf(files);
    }
}
