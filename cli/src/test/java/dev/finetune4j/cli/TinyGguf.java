package dev.finetune4j.cli;

import dev.finetune4j.modelfiles.codec.GgufDescription;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.decoder.MergedFormat;
import dev.finetune4j.training.model.decoder.MergedWeights;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The model of {@link TicketsJob} as a GGUF file, with a tokenizer that such a file can hold. */
final class TinyGguf {
    private TinyGguf() {}

    /** Writes the file into an existing folder. */
    static Path write(Path folder) throws IOException {
        Path plain = folder.resolve("plain");
        DurableFiles.copyTree(TicketsJob.MODEL, plain);
        Files.delete(plain.resolve("tokenizer.json")); // which may be the model's own under another name
        Files.writeString(plain.resolve("tokenizer.json"), """
                {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "normalizer": null,
                 "model": {"type": "BPE", "vocab": {"!": 0, "a": 1, "b": 2, "ab": 3}, "merges": ["a b"]}}
                """);
        ModelFolder model = ModelFolder.open(plain);
        Path file = folder.resolve("model.gguf");
        MergedFormat format =
                new MergedFormat.Gguf(TensorType.Q8_0, GgufDescription.of(model, "tickets", TensorType.Q8_0));
        try (FileChannel weights = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(model, format, weights);
        }
        return file;
    }
}
