package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import java.util.EnumSet;

/** Llama 3.1 8B on two packed rows of 2,048 tokens at a time, and other models. */
final class SampleSetup {
    static final Architecture LLAMA_8B = decoder(32, 4096, 14_336, 32, 8, 128_256, false);

    private SampleSetup() {}

    /** One with gates and heads of 128. */
    static Architecture decoder(
            int layers, int width, int inner, int heads, int keyValueHeads, int vocabulary, boolean isTied) {
        return new Architecture(
                Architecture.Kind.DECODER,
                layers,
                width,
                inner,
                heads,
                keyValueHeads,
                128,
                vocabulary,
                true,
                false,
                false,
                isTied,
                null,
                null,
                false);
    }

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
