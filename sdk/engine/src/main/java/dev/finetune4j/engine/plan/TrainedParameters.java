package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.Projection;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Counts the weights that a job trains. */
final class TrainedParameters {
    /** What modules are called in decoders, in BERT and RoBERTa, and in DistilBERT. */
    private static final Map<String, Set<Projection>> MODULES = Map.ofEntries(
            Map.entry("q_proj", EnumSet.of(Projection.QUERY)),
            Map.entry("k_proj", EnumSet.of(Projection.KEY)),
            Map.entry("v_proj", EnumSet.of(Projection.VALUE)),
            Map.entry("o_proj", EnumSet.of(Projection.OUTPUT)),
            Map.entry("gate_proj", EnumSet.of(Projection.GATE)),
            Map.entry("up_proj", EnumSet.of(Projection.UP)),
            Map.entry("down_proj", EnumSet.of(Projection.DOWN)),
            Map.entry("query", EnumSet.of(Projection.QUERY)),
            Map.entry("key", EnumSet.of(Projection.KEY)),
            Map.entry("value", EnumSet.of(Projection.VALUE)),
            Map.entry("dense", EnumSet.of(Projection.OUTPUT, Projection.UP, Projection.DOWN)),
            Map.entry("q_lin", EnumSet.of(Projection.QUERY)),
            Map.entry("k_lin", EnumSet.of(Projection.KEY)),
            Map.entry("v_lin", EnumSet.of(Projection.VALUE)),
            Map.entry("out_lin", EnumSet.of(Projection.OUTPUT)),
            Map.entry("lin1", EnumSet.of(Projection.UP)),
            Map.entry("lin2", EnumSet.of(Projection.DOWN)));

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
        lora.targetModules().forEach(module -> targets.addAll(MODULES.getOrDefault(module, EnumSet.of(Projection.UP))));
        return targets;
    }

    static double of(FineTuneJob job, Architecture model) {
        if (job.method() instanceof FullTuning) {
            return model.parameters();
        }
        if (job.method() instanceof HeadTuning) {
            return head(job, model);
        }
        if (job.method() instanceof PromptTuning prompt) {
            return (double) prompt.virtualTokens() * model.hiddenSize();
        }
        if (job.method() instanceof PrefixTuning prefix) {
            return 2.0 * prefix.virtualTokens() * model.layers() * model.keyValueWidth();
        }
        LoraTuning lora = job.method().adapters().orElseThrow();
        double share = lora.layers().isEmpty()
                ? 1
                : Math.min(1.0, (double) lora.layers().size() / model.layers());
        double adapters = 0;
        for (Projection target : projections(job)) {
            adapters += rank(lora, target) * model.adapterParametersPerRank(EnumSet.of(target));
        }
        return adapters * share + besideAdapters(job, model);
    }

    /** Weights of modules that are trained as a whole, beside adapters or alone, where the model is not. */
    static double besideAdapters(FineTuneJob job, Architecture model) {
        if (model.kind() == Architecture.Kind.ENCODER) {
            return head(job, model);
        }
        return job.method()
                .adapters()
                .map(lora -> (double) lora.trainedModules().size() * model.embeddingParameters())
                .orElse(0.0);
    }

    private static double head(FineTuneJob job, Architecture model) {
        int labels = Math.max(2, job.task().labels().size());
        return (double) model.hiddenSize() * (model.hiddenSize() + labels);
    }

    private static int rank(LoraTuning lora, Projection target) {
        return lora.ranks().entrySet().stream()
                .filter(own -> MODULES.getOrDefault(own.getKey(), Set.of()).contains(target))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(lora.rank());
    }
}
