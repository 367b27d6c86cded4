package dev.finetune4j.engine.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Files on a disk that fails, or whose machine dies, at the n-th operation. */
final class FaultyFiles implements DurableFiles {
    /** What stops a process without a word. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final DurableFiles disk = new DiskFiles();
    private final String failure;
    private int operationsLeft;
    private int bytesOfLastWrite;

    private FaultyFiles(String failure, int operationsLeft, int bytesOfLastWrite) {
        this.failure = failure;
        this.operationsLeft = operationsLeft;
        this.bytesOfLastWrite = bytesOfLastWrite;
    }

    /** The operation after {@code operations} fails once with this message; a write leaves some bytes behind. */
    static FaultyFiles failing(int operations, String message, int bytesOfLastWrite) {
        return new FaultyFiles(message, operations, bytesOfLastWrite);
    }

    /** The process dies at the operation after {@code operations}; a write leaves some bytes behind. */
    static FaultyFiles dying(int operations, int bytesOfLastWrite) {
        return new FaultyFiles("", operations, bytesOfLastWrite);
    }

    /** Whether the fault has struck. */
    boolean struck() {
        return operationsLeft < 0;
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        operate();
        disk.createFolder(folder);
    }

    @Override
    public AppendFile open(Path file) throws IOException {
        operate();
        AppendFile open = disk.open(file);
        return new AppendFile() {
            @Override
            public long size() throws IOException {
                return open.size();
            }

            @Override
            public void write(byte[] bytes) throws IOException {
                if (operationsLeft == 0) {
                    open.write(Arrays.copyOf(bytes, Math.min(bytesOfLastWrite, bytes.length)));
                }
                operate();
                open.write(bytes);
            }

            @Override
            public void truncate(long size) throws IOException {
                operate();
                open.truncate(size);
            }

            @Override
            public void force() throws IOException {
                operate();
            }

            @Override
            public void close() throws IOException {
                open.close();
            }
        };
    }

    private void operate() throws IOException {
        operationsLeft--;
        if (operationsLeft == -1) {
            if (failure.isEmpty()) {
                throw new Crash();
            }
            throw new IOException(failure);
        }
    }
}
