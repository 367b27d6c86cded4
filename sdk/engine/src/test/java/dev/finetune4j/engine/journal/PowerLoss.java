package dev.finetune4j.engine.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Records what is done to a file, and tells what may be left of it when the power fails: what was synced, and of what was not
 * synced any part, since a disk writes sectors, cuts and new sizes in an order of its own.
 */
final class PowerLoss implements DurableFiles {
    private static final int SECTOR = 128;

    private final DurableFiles disk = new DiskFiles();
    private final List<Operation> trace = new ArrayList<>();
    private byte[] before = new byte[0];

    /** What was done to the file; an empty list of parts is a sync. */
    private record Operation(List<UnaryOperator<byte[]>> parts) {}

    @Override
    public void createFolder(Path folder) throws IOException {
        disk.createFolder(folder);
    }

    @Override
    public AppendFile open(Path file) throws IOException {
        AppendFile open = disk.open(file);
        before = Files.readAllBytes(file);
        return new AppendFile() {
            @Override
            public long size() throws IOException {
                return open.size();
            }

            @Override
            public void write(byte[] bytes) throws IOException {
                trace.add(new Operation(writes(Math.toIntExact(open.size()), bytes)));
                open.write(bytes);
            }

            @Override
            public void truncate(long size) throws IOException {
                trace.add(new Operation(List.of(bytes -> Arrays.copyOf(bytes, Math.toIntExact(size)))));
                open.truncate(size);
            }

            @Override
            public void force() {
                trace.add(new Operation(List.of()));
            }

            @Override
            public void close() throws IOException {
                open.close();
            }
        };
    }

    /** Contents that a power failure may leave once so many operations were done, each content once. */
    List<byte[]> contents(int operations) {
        byte[] synced = before;
        List<UnaryOperator<byte[]>> pending = new ArrayList<>();
        for (Operation operation : trace.subList(0, operations)) {
            if (operation.parts().isEmpty()) {
                synced = applied(synced, pending, -1);
                pending.clear();
            } else {
                pending.addAll(operation.parts());
            }
        }
        List<byte[]> contents = new ArrayList<>();
        Set<ByteBuffer> seen = new HashSet<>();
        for (long subset = 0; subset < 1L << pending.size(); subset++) {
            byte[] content = applied(synced, pending, subset);
            if (seen.add(ByteBuffer.wrap(content))) {
                contents.add(content);
            }
        }
        return contents;
    }

    /** How many operations were done. */
    int operations() {
        return trace.size();
    }

    /** How many syncs are among the first operations. */
    int syncs(int operations) {
        return (int) trace.subList(0, operations).stream()
                .filter(operation -> operation.parts().isEmpty())
                .count();
    }

    private static byte[] applied(byte[] content, List<UnaryOperator<byte[]>> parts, long subset) {
        byte[] now = content;
        for (int i = 0; i < parts.size(); i++) {
            now = (subset & 1L << i) != 0 ? parts.get(i).apply(now) : now;
        }
        return now;
    }

    /** The new size, and each sector of the bytes; what lies between is zero until it is written. */
    private static List<UnaryOperator<byte[]>> writes(int offset, byte[] bytes) {
        List<UnaryOperator<byte[]>> parts = new ArrayList<>();
        int end = offset + bytes.length;
        parts.add(content -> content.length < end ? Arrays.copyOf(content, end) : content);
        for (int from = 0; from < bytes.length; from += SECTOR) {
            int start = from;
            int length = Math.min(SECTOR, bytes.length - from);
            parts.add(content -> {
                byte[] longer = Arrays.copyOf(content, Math.max(content.length, offset + start + length));
                System.arraycopy(bytes, start, longer, offset + start, length);
                return longer;
            });
        }
        return parts;
    }
}
