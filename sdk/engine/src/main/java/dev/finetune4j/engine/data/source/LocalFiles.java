package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files that a path of the job means: one file, all files of a folder, or those that match a pattern. */
final class LocalFiles {
    private static final int DEEPEST = 16;
    /** Names that are looked at for a suggestion. */
    private static final int MOST_NAMES = 10_000;

    private LocalFiles() {}

    /**
     * Finds the files, sorted by path; hidden files are passed over.
     *
     * @throws FineTuneException with FT0230 if there is none, with the names that are nearest to it
     */
    static List<Path> find(String path, Path baseFolder) {
        Path start = start(path, baseFolder);
        try {
            if (Files.isRegularFile(start)) {
                return List.of(start);
            }
            List<Path> files = Files.isDirectory(start)
                    ? matching(start, FileSystems.getDefault().getPathMatcher("glob:*"), start)
                    : ofPattern(path, baseFolder);
            if (files.isEmpty()) {
                throw none(path, start);
            }
            return files;
        } catch (IOException e) {
            throw DataProblems.unreadable(path, e);
        }
    }

    private static Path start(String path, Path baseFolder) {
        try {
            return baseFolder.resolve(path).normalize();
        } catch (InvalidPathException e) {
            Problem.Builder problem =
                    DataProblems.UNREADABLE.error("no file can have this name").because(FileReason.of(e));
            if (FileReason.isOfLocale(e)) {
                problem.at(Location.of(path)).remedy(FileReason.UTF8_LOCALE);
            }
            throw problem.asException(e);
        }
    }

    private static FineTuneException none(String path, Path start) {
        Problem.Builder problem =
                DataProblems.UNREADABLE.error("cannot read " + path).at(Location.of(path));
        Path folder = start.getParent();
        if (Files.isDirectory(start)) {
            problem.because("the folder has no files in it").remedy("ls -la " + ShellWord.of(start));
        } else if (Files.exists(start)) {
            problem.because("it is a pipe or a device: it may never end")
                    .remedy("cat " + ShellWord.of(start) + " > copy.jsonl");
        } else if (Files.isSymbolicLink(start)) {
            problem.because("it is a link that leads nowhere, or in a circle").remedy("ls -l " + ShellWord.of(start));
        } else if (folder == null || !Files.isDirectory(folder)) {
            problem.because("there is no folder " + folder)
                    .remedy("ls -d " + ShellWord.of(folder == null ? start : folder));
        } else {
            problem.because("there is no such file in " + folder);
            nearest(start, folder)
                    .ifPresent(near -> problem.remedy(path.substring(0, path.lastIndexOf('/') + 1) + near
                            + "   (it is there; did you mean it?)"));
            problem.remedy("ls -l " + ShellWord.of(folder));
        }
        return problem.asException();
    }

    /** The file of the folder whose name is nearest, if it is near at all. */
    private static Optional<String> nearest(Path missing, Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            List<String> names = all.filter(Files::isRegularFile)
                    .limit(MOST_NAMES)
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> isNear(String.valueOf(missing.getFileName()), name))
                    .toList();
            return Spelling.nearest(String.valueOf(missing.getFileName()), names);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // what cannot be listed cannot be suggested
        }
    }

    /** Of the names without their endings: an ending that all files have makes no two of them alike. */
    private static boolean isNear(String missing, String name) {
        int ending = missing.lastIndexOf('.');
        String stem = ending > 0 && name.endsWith(missing.substring(ending)) ? missing.substring(0, ending) : missing;
        String other = stem.equals(missing) ? name : name.substring(0, name.length() - (missing.length() - ending));
        return Spelling.nearest(stem, List.of(other)).isPresent();
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
                    .remedy("use * for any characters and ** for any folders, such as data/**/*.jsonl")
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
