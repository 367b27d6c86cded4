package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.WorkOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model that is one file. */
final class ExportFile implements ExportTarget {
    private final Path path;

    private ExportFile(Path path) {
        this.path = path;
    }

    /**
     * A file that may be written.
     *
     * @throws FineTuneException with FT0519 if there is a file or folder of this name
     */
    static ExportFile at(Path target) {
        Path path = target.toAbsolutePath().normalize();
        if (Files.exists(path)) {
            throw RunModelProblems.fileInUse(path);
        }
        return new ExportFile(path);
    }

    @Override
    public void fill(Path from) {
        try {
            Path folder = path.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw RunProblems.unwritableExport(path, e);
        }
        WholeFile.copy(from.resolve(WorkOrder.GGUF_FILE), path);
    }
}
