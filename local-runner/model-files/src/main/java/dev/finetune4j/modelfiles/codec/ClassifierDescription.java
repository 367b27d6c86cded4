package dev.finetune4j.modelfiles.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes everything of an encoder with a classification head but its weights: what the encoder has, and in config.json the labels. */
public final class ClassifierDescription {
    private static final String CONFIG = "config.json";

    private ClassifierDescription() {}

    /**
     * Writes into an existing folder.
     *
     * @param encoder what the head sits on; one for which {@link ModelFolder#encoder()} is there
     * @param labels names of the labels, in the order of the head's outputs
     * @param folder where to
     * @throws IOException if the disk refuses
     */
    public static void write(ModelFolder encoder, List<String> labels, Path folder) throws IOException {
        DescriptionFiles.write(encoder, TensorType.F32, folder);
        Files.writeString(folder.resolve(CONFIG), config(encoder, labels).toPrettyString() + "\n");
    }

    /** What config.json says of the encoder with the head, in float32. */
    public static JsonNode config(ModelFolder encoder, List<String> labels) {
        ObjectNode config = DescriptionFiles.config(encoder, TensorType.F32);
        config.putArray("architectures")
                .add(encoder.encoder().orElseThrow().family().classifier());
        config.put("problem_type", "single_label_classification");
        config.remove(List.of("num_labels"));
        ObjectNode names = config.putObject("id2label");
        ObjectNode numbers = config.putObject("label2id");
        for (int id = 0; id < labels.size(); id++) {
            names.put(Integer.toString(id), labels.get(id));
            numbers.put(labels.get(id), id);
        }
        return config;
    }
}
