package dev.finetune4j.engine.launch;

import dev.finetune4j.error.Problem;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;

/**
 * What the engines that places are sent for their GPUs do not do, whatever the rows. Check, plan and advice ask it, so that none of them
 * says that a job can run which a launch refuses.
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

    /** Whether a place is sent an engine for its GPUs. */
    public boolean areOf(ProviderId place) {
        return engines.containsKey(place);
    }

    /** A refusal in one sentence. */
    public static String words(Problem refusal) {
        return refusal.summary() + (refusal.causes().isEmpty() ? "" : " (" + String.join("; ", refusal.causes()) + ")");
    }
}
