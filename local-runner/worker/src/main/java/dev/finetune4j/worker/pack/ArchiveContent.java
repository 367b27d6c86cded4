package dev.finetune4j.worker.pack;

import java.io.IOException;
import java.nio.file.Path;

/** What goes into an archive. */
interface ArchiveContent {
    /** SHA-256 over all of it, lower-case hex. */
    String digest() throws IOException;

    /** Writes it to an empty folder. */
    void layOut(Path folder) throws IOException;
}
