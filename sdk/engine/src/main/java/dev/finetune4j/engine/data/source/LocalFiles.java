package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/** Files that a path of the job means: one file, all files of a folder, or those that match a pattern. */
final class LocalFiles {
    private static final int DEEPEST = 16;

    private LocalFiles() {}

    /**
     * Finds the files, sorted by path; hidden files are passed over.
     *
     * @throws FineTuneException with FT0230 if there is none
     */
    static List<Path> find(String path, Path baseFolder) {
        Path start = baseFolder.resolve(path).normalize();
        try {
            if (Files.isRegularFile(start)) {
                return List.of(start);
            }
            List<Path> files = Files.isDirectory(start)
                    ? matching(start, FileSystems.getDefault().getPathMatcher("glob:*"), start)
                    : ofPattern(path, baseFolder);
            if (files.isEmpty()) {
                throw DataProblems.unreadable(path, new NoSuchFileException(start.toString()));
            }
            return files;
        } catch (IOException e) {
            throw DataProblems.unreadable(path, e);
        }
    }

    private static List<Path> ofPattern(String pattern, Path baseFolder) throws IOException {
        int star = firstOf(pattern, "*?[{");
        if (star < 0) {
            return List.of();
        }
        String fixed = pattern.substring(0, star);
        Path root = baseFolder
                .resolve(fixed.substring(0, fixed.lastIndexOf('/') + 1))
                .normalize();
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        String relative = pattern.substring(fixed.lastIndexOf('/') + 1);
        return matching(root, matcher(relative), root);
    }

    private static PathMatcher matcher(String pattern) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (IllegalArgumentException e) {
            throw DataProblems.ADDRESS_UNKNOWN
                    .error("the pattern " + pattern + " is not understood")
                    .at(Location.of(pattern))
                    .because(String.valueOf(e.getMessage()).lines().findFirst().orElse(""))
                    .remedy("Use * for any characters and ** for any folders, such as data/**/*.jsonl")
                    .asException(e);
        }
    }

    private static List<Path> matching(Path root, PathMatcher matcher, Path relativeTo) throws IOException {
        try (Stream<Path> all = Files.walk(root, DEEPEST)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                    .filter(file -> matcher.matches(relativeTo.relativize(file)))
                    .sorted()
                    .toList();
        }
    }

    private static int firstOf(String text, String characters) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }
}
