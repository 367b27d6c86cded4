package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ChecksumKind.Running;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The bytes of all objects and parts, each in a file whose name is a number: no key, however hostile, becomes a path. */
final class ContentFolder {
    private static final int CHUNK = 1 << 16;

    private final Path folder;
    private final AtomicLong next = new AtomicLong();

    ContentFolder(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    /**
     * Bytes that lie in a file now.
     *
     * @param file the file
     * @param size how many
     * @param md5 their digest in hexadecimal
     * @param checksums what else was asked for
     */
    record Content(Path file, long size, String md5, Map<ChecksumKind, ContentChecksum> checksums) {
        ContentChecksum checksum(ChecksumKind kind) {
            ContentChecksum value = checksums.get(kind);
            if (value == null) {
                throw new IllegalStateException(kind + " was not asked for");
            }
            return value;
        }
    }

    /**
     * Writes all that a stream has into a new file. If that fails no file is left.
     *
     * @param kinds the checksums that are computed on the way
     */
    Content take(InputStream from, Collection<ChecksumKind> kinds) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(Long.toString(next.incrementAndGet()));
        try {
            return write(from, file, kinds);
        } catch (IOException | RuntimeException e) {
            drop(file);
            throw e;
        }
    }

    private static Content write(InputStream from, Path file, Collection<ChecksumKind> kinds) throws IOException {
        MessageDigest md5 = ChecksumKind.digest("MD5");
        Map<ChecksumKind, Running> running = new EnumMap<>(ChecksumKind.class);
        kinds.forEach(kind -> running.put(kind, kind.start()));
        byte[] chunk = new byte[CHUNK];
        long size = 0;
        try (OutputStream to = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                int length = read;
                to.write(chunk, 0, length);
                md5.update(chunk, 0, length);
                running.values().forEach(sum -> sum.update(chunk, 0, length));
                size += length;
            }
        }
        Map<ChecksumKind, ContentChecksum> sums = new EnumMap<>(ChecksumKind.class);
        running.forEach((kind, sum) -> sums.put(kind, ContentChecksum.whole(kind, sum.value())));
        return new Content(file, size, HexFormat.of().formatHex(md5.digest()), sums);
    }

    /** How many files there are. */
    int count() throws IOException {
        if (!Files.exists(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return (int) files.count();
        }
    }

    /** Removes all files that were written here, and the folder if nothing else is in it. */
    void clear() {
        for (long number = next.get(); number > 0; number--) {
            drop(folder.resolve(Long.toString(number)));
        }
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            return; // somebody else's files
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a file; who reads it goes on reading. */
    void drop(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
