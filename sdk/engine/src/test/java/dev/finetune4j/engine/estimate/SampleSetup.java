package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import java.util.EnumSet;

/** Llama 3.1 8B on two packed rows of 2,048 tokens at a time, and other models. */
final class SampleSetup {
    static final Architecture LLAMA_8B = new Architecture(
            Architecture.Kind.DECODER,
            32,
            4096,
            14336,
            32,
            8,
            128,
            128_256,
            true,
            false,
            false,
            false,
            null,
            null,
            false);

    private SampleSetup() {}

    /** BERT base, or with the attention of DeBERTa. */
    static Architecture encoder(boolean hasDisentangledAttention) {
        return new Architecture(
                Architecture.Kind.ENCODER,
                12,
                768,
                3072,
                12,
                12,
                64,
                30_522,
                false,
                false,
                hasDisentangledAttention,
                false,
                null,
                null,
                false);
    }

    /** All weights, or adapters of rank 16 on all matrices, by fused Adam in bf16. */
    static TrainingSetup.Builder of(Framework framework, Method method, Parallelism parallelism) {
        return TrainingSetup.of(method, framework, parallelism)
                .edit()
                .rank(16)
                .targets(method == Method.FULL ? EnumSet.noneOf(Projection.class) : EnumSet.allOf(Projection.class))
                .arithmetic(Arithmetic.BF16)
                .optimizer(Optimizer.ADAMW_FUSED)
                .microBatch(2)
                .accumulation(4)
                .capTokens(2048)
                .isPacked(true)
                .longestTokens(2048)
                .meanTokens(2048.0);
    }
}
