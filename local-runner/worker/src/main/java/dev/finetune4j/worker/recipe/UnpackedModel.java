package dev.finetune4j.worker.recipe;

import dev.finetune4j.modelfiles.codec.DescriptionFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.decoder.MergedFormat;
import dev.finetune4j.training.model.decoder.MergedWeights;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * A GGUF file as a folder in Hugging Face layout, for engines that read no blocks of 4 bits: the numbers that the blocks stand for, as the
 * core computes with them. Made once for each file and kept.
 *
 * @param model the GGUF file
 * @param type of the numbers, F32 or BF16
 */
record UnpackedModel(ModelFolder model, TensorType type) {
    /** The folder below {@code cache}, of which no other thread or process makes one meanwhile. */
    Path in(Path cache) {
        try {
            String name = DurableFiles.sha256(model.path()) + "-" + type.name().toLowerCase(Locale.ROOT);
            Path folder = cache.resolve(name);
            if (!Files.exists(folder)) {
                Path partial = cache.resolve(name + DurableFiles.PARTIAL);
                DurableFiles.deleteTree(partial);
                Files.createDirectories(partial);
                write(partial);
                DurableFiles.forceTree(partial);
                DurableFiles.moveFolder(partial, folder);
            }
            return folder;
        } catch (IOException e) {
            throw WriteFailure.of("model for transformers", cache, e);
        }
    }

    private void write(Path folder) throws IOException {
        try (FileChannel weights = FileChannel.open(
                folder.resolve(WorkOrder.SAFETENSORS_FILE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            DescriptionFiles.write(model, type, false, folder);
            MergedWeights.write(model, new MergedFormat.Safetensors(type), weights);
        } catch (IOException | RuntimeException e) {
            DurableFiles.deleteTree(folder);
            throw e;
        }
    }
}
