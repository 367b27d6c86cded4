package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.models.ModelProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the engines that places are sent for their GPUs do not do, whatever the rows: of models, and of methods. Check, plan and advice ask
 * it, so that none of them says that a job can run which a launch refuses.
 */
public final class EngineRefusals {
    /** Of places that have engines of their own. */
    public static final EngineRefusals NONE = new EngineRefusals(Map.of(), List.of());

    private final Map<ProviderId, String> engines;
    private final List<RecipeWriter> writers;

    /**
     * Of some places.
     *
     * @param engines by place, the name of the engine that it is sent
     * @param writers those that know what their engines do; an engine without one does all that the core does
     */
    public EngineRefusals(Map<ProviderId, String> engines, List<RecipeWriter> writers) {
        this.engines = Map.copyOf(engines);
        this.writers = List.copyOf(writers);
    }

    /**
     * Why the engine that a place is sent does not train so.
     *
     * @param speaks whether the model answers in text; an encoder tells labels apart
     * @param isGguf whether the model is a GGUF file
     * @return empty where it does, and where the place is sent none
     */
    public List<Problem> at(ProviderId place, TuningMethod method, boolean speaks, boolean isGguf) {
        return writers.stream()
                .filter(writer -> writer.engine().equals(engines.get(place)))
                .flatMap(writer -> writer.refusals(method, speaks, isGguf).stream())
                .toList();
    }

    /**
     * Why no engine that places are sent trains a model: they train the models that the core does.
     *
     * @param places where the job is planned; those that are sent none do not count
     * @return FT0483 as a warning; empty where they train it, where no place is sent one, and where nobody knows what the model is
     */
    public Optional<Problem> ofModel(ModelFacts model, List<ProviderId> places) {
        Optional<String> untrained = model.untrainedBy(LocalCore.shipped());
        List<String> refusing = places.stream()
                .filter(engines::containsKey)
                .map(ProviderId::value)
                .distinct()
                .sorted()
                .toList();
        if (untrained.isEmpty() || refusing.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(ModelProblems.NOT_TRAINED
                .warning("a launch at " + String.join(", ", refusing)
                        + " would be refused: nothing of finetune4j trains " + untrained.get())
                .at(Location.ofKey("model"))
                .because("what is planned there holds for a script of your own")
                .build());
    }

    /** A refusal in one sentence. */
    public static String words(Problem refusal) {
        return refusal.summary() + (refusal.causes().isEmpty() ? "" : " (" + String.join("; ", refusal.causes()) + ")");
    }
}
