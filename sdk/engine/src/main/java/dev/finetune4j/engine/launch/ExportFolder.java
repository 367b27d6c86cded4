package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.source.FileTree;
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

/** A model that is a folder of files. */
final class ExportFolder implements ExportTarget {
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
                throw RunModelProblems.folderInUse(path, String.valueOf(file.getFileName()));
            });
        } catch (NotDirectoryException e) {
            throw RunModelProblems.folderInUse(path, "a file of this name");
        } catch (IOException e) {
            throw RunProblems.unreadable(path, e);
        }
    }

    @Override
    public void fill(Path from) {
        Path partial = path.resolveSibling(path.getFileName() + PARTIAL);
        try {
            FileTree.remove(partial);
            Files.createDirectories(partial);
            for (Path file : files(from)) {
                Files.copy(file, partial.resolve(String.valueOf(file.getFileName())));
            }
            Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException e) {
            throw RunModelProblems.folderInUse(path, "files that came meanwhile");
        } catch (IOException e) {
            try {
                FileTree.remove(partial);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw RunProblems.unwritableExport(path, e);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
