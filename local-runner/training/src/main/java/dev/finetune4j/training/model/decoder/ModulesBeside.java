package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.adapter.SavedModules;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.FlatLayout.Slice;
import java.util.List;
import java.util.Optional;

/**
 * Embedding and head where a LoRA method trains their own weights: they lie behind the adapters in the flat vector. Each is a copy of
 * what the base model has, as PEFT makes one, so that where the two are tied, one that is trained alone comes apart from the other.
 *
 * @param places where they lie, by Hugging Face's names whatever the file of the base model calls them
 */
record ModulesBeside(FlatLayout places) {
    static final String EMBEDDING = "model." + LoraTuning.EMBEDDING + ".weight";
    static final String HEAD = LoraTuning.HEAD + ".weight";
    private static final List<String> KNOWN = List.of(LoraTuning.EMBEDDING, LoraTuning.HEAD);

    /**
     * Those of a method.
     *
     * @param adapters elements that the adapters take
     * @throws FineTuneException with FT0472 for each module that is neither embedding nor head
     */
    static ModulesBeside of(long adapters, LoraTuning method, ModelConfig config) {
        List<Problem> problems = method.trainedModules().stream()
                .filter(name -> !KNOWN.contains(name))
                .map(ModulesBeside::unknown)
                .toList();
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new ModulesBeside(FlatLayout.of(
                adapters,
                method.trainedModules().stream()
                        .map(name -> new ExpectedTensor(
                                name.equals(LoraTuning.HEAD) ? HEAD : EMBEDDING,
                                List.of((long) config.vocabularySize(), (long) config.hiddenSize())))
                        .toList()));
    }

    private static Problem unknown(String name) {
        return ModelProblems.TARGET_MODULE
                .error("a decoder trains no module " + name + " beside its adapters")
                .at(Location.ofKey("method.trained-modules"))
                .because("its modules outside the layers are " + String.join(" and ", KNOWN))
                .remedy("method.trained-modules: [" + LoraTuning.HEAD + "]")
                .build();
    }

    /** As PEFT saves them. */
    SavedModules saved(LoraTuning method) {
        return SavedModules.ofDecoder(method.trainedModules(), places.slices());
    }

    Optional<Slice> embedding() {
        return places.find(EMBEDDING);
    }

    Optional<Slice> head() {
        return places.find(HEAD);
    }

    /** The tensor of the base model that a module starts as. */
    static ExpectedTensor source(Slice module, DecoderTensors base) {
        return module.tensor().name().equals(HEAD) ? base.head().orElse(base.embedding()) : base.embedding();
    }
}
