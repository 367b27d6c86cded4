package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The folder that a model is exported to: it is not there before, and has its name only once it holds the whole model. */
final class ExportFolder {
    private static final String PARTIAL = ".partial";

    private final Path path;

    private ExportFolder(Path path) {
        this.path = path;
    }

    /**
     * A folder that may be filled.
     *
     * @throws FineTuneException with FT0516 if it holds anything, or is a file; FT0503 if it cannot be looked into
     */
    static ExportFolder at(Path target) {
        Path path = target.toAbsolutePath().normalize();
        if (Files.exists(path)) {
            refuseFull(path);
        }
        return new ExportFolder(path);
    }

    private static void refuseFull(Path path) {
        try (Stream<Path> files = Files.list(path)) {
            files.findFirst().ifPresent(file -> {
                throw RunProblems.folderInUse(path, String.valueOf(file.getFileName()));
            });
        } catch (NotDirectoryException e) {
            throw RunProblems.folderInUse(path, "a file of this name");
        } catch (IOException e) {
            throw RunProblems.unreadable(path, e);
        }
    }

    /**
     * Copies every file of a folder.
     *
     * @throws FineTuneException with FT0501 if the disk is full or refuses; nothing half-written stays
     */
    void fill(Path from) {
        Path partial = path.resolveSibling(path.getFileName() + PARTIAL);
        try {
            remove(partial);
            Files.createDirectories(partial);
            for (Path file : files(from)) {
                Files.copy(file, partial.resolve(String.valueOf(file.getFileName())));
            }
            Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException e) {
            throw RunProblems.folderInUse(path, "files that came meanwhile");
        } catch (IOException e) {
            try {
                remove(partial);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw RunProblems.unwritable(path, e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            for (Path file : files(folder)) {
                Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
