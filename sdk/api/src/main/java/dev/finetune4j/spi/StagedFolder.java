package dev.finetune4j.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is to be staged in a cloud's store: a file, or all files below a folder.
 *
 * @param <F> what the store needs to know of a file
 * @param files sorted by name, at least one
 */
public record StagedFolder<F extends StagedFolder.Content>(List<F> files) {
    /** Keeps the files as they are. */
    public StagedFolder {
        files = List.copyOf(files);
    }

    /** A file, as it was when it was read. */
    public interface Content {
        /** Its path below the folder, with slashes. */
        String name();

        /** In bytes. */
        long size();

        /** Of all of it, in hexadecimal. */
        String sha256();
    }

    /**
     * Reads a file.
     *
     * @param <F> what is known of it then
     */
    @FunctionalInterface
    public interface Reader<F> {
        /**
         * The file as the store needs to know it.
         *
         * @param name its path below the folder, with slashes
         */
        F read(String name, Path path) throws IOException;
    }

    /**
     * Reads all of it once. Links to files and folders are followed.
     *
     * @throws IOException if there is no file in it, or one cannot be read
     */
    public static <F extends Content> StagedFolder<F> read(Path source, Reader<F> reader) throws IOException {
        if (Files.isRegularFile(source)) {
            return new StagedFolder<>(List.of(reader.read(String.valueOf(source.getFileName()), source)));
        }
        List<Path> paths;
        try (Stream<Path> all = Files.walk(source, FileVisitOption.FOLLOW_LINKS)) {
            paths = all.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (paths.isEmpty()) {
            throw new NoSuchFileException(source.toString(), null, "there are no files in it");
        }
        List<F> files = new ArrayList<>();
        for (Path path : paths) {
            String separator = path.getFileSystem().getSeparator();
            files.add(reader.read(source.relativize(path).toString().replace(separator, "/"), path));
        }
        files.sort(Comparator.comparing(Content::name));
        return new StagedFolder<>(files);
    }

    /** SHA-256 over names, sizes and contents, in hexadecimal: the same files have the same, wherever they lie. */
    public String digest() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        for (F file : files) {
            String line = file.name() + "\0" + file.size() + "\0" + file.sha256() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Size of all of them. */
    public long bytes() {
        return files.stream().mapToLong(Content::size).sum();
    }
}
