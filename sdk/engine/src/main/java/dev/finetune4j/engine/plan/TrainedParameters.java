package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.Projection;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PromptTuning;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Counts the weights that a job trains. */
final class TrainedParameters {
    private static final Map<String, Projection> MODULES = Map.of(
            "q_proj", Projection.QUERY,
            "k_proj", Projection.KEY,
            "v_proj", Projection.VALUE,
            "o_proj", Projection.OUTPUT,
            "gate_proj", Projection.GATE,
            "up_proj", Projection.UP,
            "down_proj", Projection.DOWN);

    private TrainedParameters() {}

    /** What the adapters of a job lie on; empty where it has none. */
    static Set<Projection> projections(FineTuneJob job) {
        LoraTuning lora = job.method().adapters().orElse(null);
        if (lora == null) {
            return Set.of();
        }
        if (lora.targetModules().contains(LoraTuning.ALL_LINEAR)) {
            return EnumSet.allOf(Projection.class);
        }
        Set<Projection> targets = EnumSet.noneOf(Projection.class);
        lora.targetModules().stream()
                .map(module -> MODULES.getOrDefault(module, Projection.UP))
                .forEach(targets::add);
        return targets;
    }

    static double of(FineTuneJob job, Architecture model) {
        if (job.method() instanceof FullTuning) {
            return model.parameters();
        }
        if (job.method() instanceof HeadTuning) {
            int labels = Math.max(2, job.task().labels().size());
            return (double) model.hiddenSize() * (model.hiddenSize() + labels);
        }
        if (job.method() instanceof PromptTuning prompt) {
            return (double) prompt.virtualTokens() * model.hiddenSize();
        }
        LoraTuning lora = job.method().adapters().orElseThrow();
        double share = lora.layers().isEmpty()
                ? 1
                : Math.min(1.0, (double) lora.layers().size() / model.layers());
        double adapters = 0;
        for (Projection target : projections(job)) {
            adapters += lora.rankOf(module(target)) * model.adapterParametersPerRank(EnumSet.of(target));
        }
        return adapters * share + (double) lora.trainedModules().size() * model.embeddingParameters();
    }

    private static String module(Projection target) {
        return MODULES.entrySet().stream()
                .filter(entry -> entry.getValue() == target)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
