package dev.finetune4j.worker;

import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import dev.finetune4j.training.model.adapter.PromptFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model as it is loaded for answers: a base model, alone or with what a training left beside it, or a model whose every weight was
 * trained, which needs no other.
 *
 * @param weights its folder or file
 * @param adapter the adapter on it, if it has one
 * @param method how the adapter was tuned; {@link FullTuning} without one
 */
record TunedModel(Path weights, Optional<Path> adapter, TuningMethod method) {
    /** A model without an adapter. */
    static TunedModel plain(Path weights) {
        return new TunedModel(weights, Optional.empty(), FullTuning.defaults());
    }

    /**
     * What a training left.
     *
     * @param result an adapter in PEFT format, or a model in Hugging Face layout
     * @param base the model that was trained
     * @throws dev.finetune4j.error.FineTuneException with FT0473 if it is neither
     */
    static TunedModel of(Path result, Path base) {
        boolean isWhole =
                Files.exists(result.resolve("config.json")) && Files.notExists(result.resolve("adapter_config.json"));
        return isWhole ? plain(result) : new TunedModel(base, Optional.of(result), method(result));
    }

    private static TuningMethod method(Path adapter) {
        return PromptFiles.isPrompt(adapter) ? PromptFiles.method(adapter) : AdapterConfig.read(adapter);
    }

    /**
     * What an encoder tells apart, in the order of its head's outputs.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0473 if neither the training nor the base model says it
     */
    LabelCounts labels() {
        return LabelCounts.read(result(), weights);
    }

    /** The folder of what was trained. */
    Path result() {
        return adapter.orElse(weights);
    }
}
