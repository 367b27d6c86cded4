package dev.finetune4j.engine.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The few file operations that a journal is made of, so that tests can record them and let each of them fail. */
public interface DurableFiles {
    /** A file that is open for adding to its end. */
    interface AppendFile extends Closeable {
        /** Bytes in the file. */
        long size() throws IOException;

        /** Adds all bytes at the end. */
        void write(byte[] bytes) throws IOException;

        /** Cuts the file to so many bytes. */
        void truncate(long size) throws IOException;

        /** Returns once everything written is durable. */
        void force() throws IOException;
    }

    /** Makes a folder and its missing parents, durably; a folder that exists is left alone. */
    void createFolder(Path folder) throws IOException;

    /** Opens a file for adding, making it durably where it is missing. */
    AppendFile open(Path file) throws IOException;
}
