package dev.finetune4j.method;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Range;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Low-rank adaptation: each target matrix W gets an update {@code s B A} whose factors alone are trained
 * (<a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021</a>). Its scale s is {@code alpha / rank}, or {@code alpha / sqrt(rank)}
 * where it is rank-stabilised (<a href="https://arxiv.org/abs/2312.03732">Kalajdzievski 2023</a>). With DoRA
 * (<a href="https://arxiv.org/abs/2402.09353">Liu et al. 2024</a>) the length of each row of the result is trained apart from its
 * direction: {@code m V / ||V||} with {@code V = W + s B A}.
 *
 * @param rank rank R of the update
 * @param alpha scale of the update, before it is divided by the rank or its root
 * @param dropout probability of dropping an input of A while training
 * @param targetModules names of the linear layers that get an adapter, such as {@code q_proj}; {@code all-linear} for all
 * @param rankStabilised whether alpha is divided by the root of the rank, so that larger ranks learn as fast as small ones
 * @param dora whether the length of each row is trained apart from its direction
 * @param ranks ranks of modules that have another than {@code rank}, by their names
 * @param alphas alphas of modules that have another than {@code alpha}, by their names
 * @param layers layers that get adapters, counted from 0; empty for all
 * @param trainedModules embedding ({@value #EMBEDDING}) or head ({@value #HEAD}), whose own weights are trained beside the adapters, as
 *     PEFT's {@code modules_to_save}; where the model ties the two, one that is trained alone comes apart from the other
 */
@Kind("lora")
@Describe("Low-rank adaptation (LoRA).")
public record LoraTuning(
        @Describe("Rank of the update.") @Range(min = 1, max = LoraTuning.MAX_RANK)
        int rank,

        @Describe("Scale of the update: it is multiplied by alpha / rank.") @Range(min = 0)
        double alpha,

        @Describe("Probability of dropping an input of the adapter while training.") @Range(min = 0, max = 0.99)
        double dropout,

        @Describe("Linear layers that get an adapter: all-linear, or names such as q_proj and v_proj.")
        List<String> targetModules,

        @Describe("Multiply the update by alpha / sqrt(rank) instead, which suits ranks above 32.")
        boolean rankStabilised,

        @Describe(
                "Train the length of each weight row apart from its direction (DoRA): learns more of a small rank, for longer steps.")
        boolean dora,

        @Describe(value = "Ranks of linear layers that have another than rank.", example = "{down_proj: 32}")
        @Range(min = 1, max = LoraTuning.MAX_RANK)
        Map<String, Integer> ranks,

        @Describe(value = "Alphas of linear layers that have another than alpha.", example = "{down_proj: 64}")
        @Range(min = 0)
        Map<String, Double> alphas,

        @Describe(value = "Layers that get adapters, counted from 0; none given for all.", example = "[28, 29]")
        @Range(min = 0)
        List<Integer> layers,

        @Describe(
                value =
                        "Modules whose own weights are trained beside the adapters: embed_tokens, lm_head. Costs 16 bytes a weight.",
                example = "[lm_head]")
        List<String> trainedModules)
        implements TuningMethod {
    /** Default rank. */
    public static final int DEFAULT_RANK = 16;

    /** Default alpha: twice the rank. */
    public static final double DEFAULT_ALPHA = 32;

    /** Peak learning rate where a job says none: Hu et al. 2021 and the PEFT examples use 1e-4 to 5e-4. */
    public static final double DEFAULT_LEARNING_RATE = 2e-4;

    /** Every linear layer of all layers, the head excluded. */
    public static final String ALL_LINEAR = "all-linear";

    /** The embedding, as a module whose own weights are trained. */
    public static final String EMBEDDING = "embed_tokens";

    /** The head of a language model, as a module whose own weights are trained. */
    public static final String HEAD = "lm_head";

    static final int MAX_RANK = 1024;

    /** Checks ranges and copies collections. */
    public LoraTuning {
        Checks.inRange("method.rank", rank, 1, MAX_RANK);
        Checks.inRange("method.alpha", alpha, 0, Double.MAX_VALUE);
        Checks.inRange("method.dropout", dropout, 0, 0.99);
        targetModules = List.copyOf(targetModules);
        targetModules.forEach(module -> Checks.notBlank("method.target-modules", module));
        if (targetModules.isEmpty()) {
            throw new IllegalArgumentException("method.target-modules must name at least one layer");
        }
        ranks.forEach((module, own) -> Checks.inRange("method.ranks." + module, own, 1, MAX_RANK));
        alphas.forEach((module, own) -> Checks.inRange("method.alphas." + module, own, 0, Double.MAX_VALUE));
        layers.forEach(layer -> Checks.inRange("method.layers", layer, 0, Integer.MAX_VALUE));
        ranks = Collections.unmodifiableMap(new TreeMap<>(ranks));
        alphas = Collections.unmodifiableMap(new TreeMap<>(alphas));
        layers = layers.stream().sorted().distinct().toList();
        trainedModules.forEach(module -> Checks.notBlank("method.trained-modules", module));
        trainedModules = trainedModules.stream().sorted().distinct().toList();
    }

    /** One rank and alpha for all named modules in all layers. */
    public LoraTuning(int rank, double alpha, double dropout, List<String> targetModules) {
        this(rank, alpha, dropout, targetModules, false, false, Map.of(), Map.of(), List.of(), List.of());
    }

    /** Rank 16, alpha 32, no dropout, all linear layers of all decoder layers. */
    public static LoraTuning defaults() {
        return builder().build();
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from these settings. */
    public Builder toBuilder() {
        return builder()
                .rank(rank)
                .alpha(alpha)
                .dropout(dropout)
                .targetModules(targetModules)
                .rankStabilised(rankStabilised)
                .dora(dora)
                .ranks(ranks)
                .alphas(alphas)
                .layers(layers)
                .trainedModules(trainedModules);
    }

    @Override
    public Optional<LoraTuning> adapters() {
        return Optional.of(this);
    }

    /** The rank of a module, such as {@code q_proj}. */
    public int rankOf(String module) {
        return ranks.getOrDefault(module, rank);
    }

    /** The factor s by which the update of a module is multiplied. */
    public double scaleOf(String module) {
        double own = alphas.getOrDefault(module, alpha);
        return own / (rankStabilised ? Math.sqrt(rankOf(module)) : rankOf(module));
    }

    /** Collects settings that differ from the defaults. */
    public static final class Builder {
        private int rank = DEFAULT_RANK;
        private double alpha = DEFAULT_ALPHA;
        private double dropout;
        private List<String> targetModules = List.of(ALL_LINEAR);
        private boolean rankStabilised;
        private boolean dora;
        private Map<String, Integer> ranks = Map.of();
        private Map<String, Double> alphas = Map.of();
        private List<Integer> layers = List.of();
        private List<String> trainedModules = List.of();

        private Builder() {}

        /** Rank of the update; {@value #DEFAULT_RANK} unless said. */
        public Builder rank(int number) {
            rank = number;
            return this;
        }

        /** Scale of the update; {@value #DEFAULT_ALPHA} unless said. */
        public Builder alpha(double number) {
            alpha = number;
            return this;
        }

        /** Probability of dropping an input of A while training; 0 unless said. */
        public Builder dropout(double probability) {
            dropout = probability;
            return this;
        }

        /** The linear layers that get an adapter; all unless said. */
        public Builder targetModules(List<String> names) {
            targetModules = names;
            return this;
        }

        /** Whether alpha is divided by the root of the rank; false unless said. */
        public Builder rankStabilised(boolean isStabilised) {
            rankStabilised = isStabilised;
            return this;
        }

        /** Whether the length of each row is trained apart from its direction; false unless said. */
        public Builder dora(boolean isDecomposed) {
            dora = isDecomposed;
            return this;
        }

        /** Ranks of modules that have another than the others; none unless said. */
        public Builder ranks(Map<String, Integer> rankByModule) {
            ranks = rankByModule;
            return this;
        }

        /** Alphas of modules that have another than the others; none unless said. */
        public Builder alphas(Map<String, Double> alphaByModule) {
            alphas = alphaByModule;
            return this;
        }

        /** The layers that get adapters, counted from 0; all unless said. */
        public Builder layers(List<Integer> numbers) {
            layers = numbers;
            return this;
        }

        /** Modules whose own weights are trained beside the adapters; none unless said. */
        public Builder trainedModules(List<String> names) {
            trainedModules = names;
            return this;
        }

        /** The finished method. */
        public LoraTuning build() {
            return new LoraTuning(
                    rank, alpha, dropout, targetModules, rankStabilised, dora, ranks, alphas, layers, trainedModules);
        }
    }

    @Override
    public double defaultLearningRate() {
        return DEFAULT_LEARNING_RATE;
    }
}
