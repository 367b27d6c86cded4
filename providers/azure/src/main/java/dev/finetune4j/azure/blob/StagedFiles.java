package dev.finetune4j.azure.blob;

import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is to be stored: a file, or all files below a folder.
 *
 * @param files sorted by name, at least one
 */
record StagedFiles(List<StagedFile> files) {
    private static final int CHUNK = 1 << 16;

    /**
     * A file, as it was when it was read.
     *
     * @param name its path below the folder, with slashes
     * @param path where it is
     * @param size in bytes
     * @param sha256 in hexadecimal
     */
    record StagedFile(String name, Path path, long size, String sha256) {}

    /** Reads all of it once. Links to files and folders are followed. */
    static StagedFiles read(Path source) throws IOException {
        if (Files.isRegularFile(source)) {
            return new StagedFiles(List.of(file(String.valueOf(source.getFileName()), source)));
        }
        try (Stream<Path> all = Files.walk(source, FileVisitOption.FOLLOW_LINKS)) {
            List<StagedFile> files = all.filter(Files::isRegularFile)
                    .map(path -> below(source, path))
                    .sorted(Comparator.comparing(StagedFile::name))
                    .toList();
            if (files.isEmpty()) {
                throw new NoSuchFileException(source.toString(), null, "there are no files in it");
            }
            return new StagedFiles(files);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static StagedFile below(Path source, Path path) {
        try {
            String separator = path.getFileSystem().getSeparator();
            return file(source.relativize(path).toString().replace(separator, "/"), path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StagedFile file(String name, Path path) throws IOException {
        return new StagedFile(name, path, Files.size(path), sha256(path));
    }

    /** Of a file's content, in hexadecimal. */
    static String sha256(Path path) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        byte[] chunk = new byte[CHUNK];
        try (InputStream from = Files.newInputStream(path)) {
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                digest.update(chunk, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 over names, sizes and contents: the same files have the same, wherever they lie. */
    String digest() {
        StringBuilder lines = new StringBuilder();
        files.forEach(file -> lines.append(file.name())
                .append('\0')
                .append(file.size())
                .append('\0')
                .append(file.sha256())
                .append('\n'));
        return Json.sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
