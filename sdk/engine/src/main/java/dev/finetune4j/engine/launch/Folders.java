package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Path;

/** Folders of runs on this machine. */
final class Folders {
    private Folders() {}

    /**
     * Removes a folder with all that is in it; one that is not there is well removed.
     *
     * @throws FineTuneException with FT0501 if that cannot be
     */
    static void remove(Path folder) {
        try {
            FileTree.remove(folder);
        } catch (IOException e) {
            throw RunProblems.unwritable(folder, e);
        }
    }
}
