package dev.finetune4j.training.loop;

import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a training keeps what it makes.
 *
 * @param checkpoints folder of checkpoints
 * @param bestAdapter folder of the best adapter while it trains; made again from the checkpoint after an interruption
 * @param adapter folder of the finished adapter; exists only when the training is complete
 */
public record TrainingFolders(Path checkpoints, Path bestAdapter, Path adapter) {
    /** Keeps the present adapter as the best one. */
    void keepAsBest(TrainableModel model) {
        writeAdapter(model, bestAdapter, "best adapter");
    }

    /** Removes a best adapter that an interrupted training left; a checkpoint brings its own. */
    void discardBest() {
        try {
            DurableFiles.deleteTree(bestAdapter);
        } catch (IOException e) {
            throw WriteFailure.of("removal of an old adapter", bestAdapter, e);
        }
    }

    /** Puts the best adapter, or the present one where no validation told which is best, in the final place. */
    void finish(TrainableModel model, boolean hasBest) {
        if (!hasBest) {
            writeAdapter(model, adapter, "adapter");
            return;
        }
        try {
            Files.createDirectories(adapter.toAbsolutePath().getParent());
            DurableFiles.moveFolder(bestAdapter, adapter);
        } catch (IOException e) {
            throw WriteFailure.of("adapter", adapter, e);
        }
    }

    private static void writeAdapter(TrainableModel model, Path folder, String what) {
        Path partial = folder.resolveSibling(folder.getFileName() + DurableFiles.PARTIAL);
        try {
            DurableFiles.deleteTree(partial);
            Files.createDirectories(partial);
            model.writeAdapter(partial);
            DurableFiles.forceTree(partial);
            DurableFiles.moveFolder(partial, folder);
        } catch (IOException | UncheckedIOException e) {
            WriteFailure.discard(partial, e);
            throw WriteFailure.of(what, folder, e);
        }
    }
}
