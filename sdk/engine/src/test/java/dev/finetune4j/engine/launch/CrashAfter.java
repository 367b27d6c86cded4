package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A machine that dies at a journal entry: after a number of whole ones, with part of the next on disk, or before anything else is done. */
final class CrashAfter implements DurableFiles {
    /** What stops a process without a word. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final int TORN_BYTES = 20;

    private final DurableFiles disk = new DiskFiles();
    private final boolean isAtOnce;
    private int entriesLeft;

    CrashAfter(int entries) {
        this(entries, false);
    }

    private CrashAfter(int entries, boolean isAtOnce) {
        this.entriesLeft = entries;
        this.isAtOnce = isAtOnce;
    }

    /** One that does nothing more after its last entry. */
    static CrashAfter atOnce(int entries) {
        return new CrashAfter(entries, true);
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
                if (isAtOnce && entriesLeft == 0) {
                    throw new Crash();
                }
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
