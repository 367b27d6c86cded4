package dev.finetune4j.modelfiles.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import dev.finetune4j.modelfiles.config.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The dropout that config.json gives a model in training, which transformers' Trainer applies and no engine here does. */
final class OwnDropout {
    private static final long MAX_CONFIG_BYTES = 16L << 20;

    /** What transformers calls it in decoders and encoders, but for heads that are not trained here. */
    private static final List<String> KEYS = List.of(
            "attention_dropout",
            "attention_probs_dropout_prob",
            "classifier_dropout",
            "dropout",
            "hidden_dropout_prob",
            "resid_pdrop",
            "seq_classif_dropout");

    private OwnDropout() {}

    /** What is to be said of it; empty where the model has none. */
    static Optional<Problem> note(ModelFolder folder) {
        return folder.file("config.json").flatMap(OwnDropout::note);
    }

    private static Optional<Problem> note(Path file) {
        JsonNode config = ModelJson.readObject(file, MAX_CONFIG_BYTES, ModelFilesProblems.CONFIG_INVALID);
        List<String> set = KEYS.stream()
                .filter(key -> config.path(key).asDouble() > 0)
                .map(key -> key + " is " + config.path(key))
                .toList();
        return set.isEmpty()
                ? Optional.empty()
                : Optional.of(ModelFilesProblems.OWN_DROPOUT
                        .note("the model is trained without the dropout that its config.json names")
                        .at(Location.of(file.toString()))
                        .because(String.join(", ", set))
                        .build());
    }
}
