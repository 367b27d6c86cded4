package dev.finetune4j.engine.launch;

import dev.finetune4j.error.FineTuneException;
import java.nio.file.Path;

/** The place that a model is exported to: nothing is there before, and it has its name only once the whole model is there. */
sealed interface ExportTarget permits ExportFolder, ExportFile {
    /**
     * Copies the model.
     *
     * @param from the folder that it was merged in
     * @throws FineTuneException with FT0501 if the disk is full or refuses; nothing half-written stays
     */
    void fill(Path from);
}
