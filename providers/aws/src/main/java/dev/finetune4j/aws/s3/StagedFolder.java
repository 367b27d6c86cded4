package dev.finetune4j.aws.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is to be staged: a file, or all files below a folder.
 *
 * @param files sorted by name, at least one
 */
record StagedFolder(List<StagedFile> files) {
    StagedFolder {
        files = List.copyOf(files);
    }

    /** Reads all of it once. Links to files and folders are followed. */
    static StagedFolder read(Path source) throws IOException {
        if (Files.isRegularFile(source)) {
            return new StagedFolder(List.of(StagedFile.read(source.getFileName().toString(), source)));
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
        List<StagedFile> files = new ArrayList<>();
        for (Path path : paths) {
            String separator = path.getFileSystem().getSeparator();
            files.add(StagedFile.read(source.relativize(path).toString().replace(separator, "/"), path));
        }
        files.sort((a, b) -> a.name().compareTo(b.name()));
        return new StagedFolder(files);
    }

    /** SHA-256 over names, sizes and contents: the same files have the same, wherever they lie. */
    String digest() {
        MessageDigest digest = Proof.sha256();
        for (StagedFile file : files) {
            String line = file.name() + "\0" + file.size() + "\0" + file.sha256() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    long bytes() {
        return files.stream().mapToLong(StagedFile::size).sum();
    }
}
