package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A machine that dies while it writes a journal entry: after a number of whole ones, with part of the next on disk. */
final class CrashAfter implements DurableFiles {
    /** What stops a process without a word. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final int TORN_BYTES = 20;

    private final DurableFiles disk = new DiskFiles();
    private int entriesLeft;

    CrashAfter(int entries) {
        this.entriesLeft = entries;
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        disk.createFolder(folder);
    }

    @Override
    public AppendFile open(Path file) throws IOException {
        AppendFile open = disk.open(file);
        return new AppendFile() {
            @Override
            public long size() throws IOException {
                return open.size();
            }

            @Override
            public void write(byte[] bytes) throws IOException {
                if (entriesLeft-- <= 0) {
                    open.write(Arrays.copyOf(bytes, TORN_BYTES));
                    throw new Crash();
                }
                open.write(bytes);
            }

            @Override
            public void truncate(long size) throws IOException {
                open.truncate(size);
            }

            @Override
            public void force() {}

            @Override
            public void close() throws IOException {
                open.close();
            }
        };
    }
}
