package dev.finetune4j.method;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.Range;
import java.util.List;

/**
 * Low-rank adaptation: each target matrix W gets an update {@code alpha / rank * B A} whose factors alone are trained
 * (<a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021</a>).
 *
 * @param rank rank R of the update
 * @param alpha scale of the update; the update is multiplied by {@code alpha / rank}
 * @param dropout probability of dropping an input of A while training
 * @param targetModules names of the linear layers that get an adapter, such as {@code q_proj}; {@code all-linear} for all
 */
@Kind("lora")
@Describe("Low-rank adaptation (LoRA).")
public record LoraTuning(
        @Describe("Rank of the update.") @Range(min = 1, max = 1024)
        int rank,

        @Describe("Scale of the update: it is multiplied by alpha / rank.") @Range(min = 0)
        double alpha,

        @Describe("Probability of dropping an input of the adapter while training.") @Range(min = 0, max = 0.99)
        double dropout,

        @Describe("Linear layers that get an adapter: all-linear, or names such as q_proj and v_proj.")
        List<String> targetModules)
        implements TuningMethod {
    /** Default rank. */
    public static final int DEFAULT_RANK = 16;

    /** Default alpha: twice the rank. */
    public static final double DEFAULT_ALPHA = 32;

    /** Every linear layer of the decoder, the head excluded. */
    public static final String ALL_LINEAR = "all-linear";

    /** Checks ranges and copies the list. */
    public LoraTuning {
        Checks.inRange("method.rank", rank, 1, 1024);
        Checks.inRange("method.alpha", alpha, 0, Double.MAX_VALUE);
        Checks.inRange("method.dropout", dropout, 0, 0.99);
        targetModules = List.copyOf(targetModules);
        targetModules.forEach(module -> Checks.notBlank("method.target-modules", module));
        if (targetModules.isEmpty()) {
            throw new IllegalArgumentException("method.target-modules must name at least one layer");
        }
    }

    /** Rank 16, alpha 32, no dropout, all linear layers. */
    public static LoraTuning defaults() {
        return new LoraTuning(DEFAULT_RANK, DEFAULT_ALPHA, 0, List.of(ALL_LINEAR));
    }
}
