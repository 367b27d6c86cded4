package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What lengths that are trained apart cost, counted by hand, and in two runs that were measured with and without them. */
class DoraTest {
    private static final Architecture LLAMA_3B = SampleSetup.decoder(28, 3072, 8192, 24, 8, 128_256, true);
    private static final Architecture QWEN_3B = SampleSetup.decoder(36, 2048, 11_008, 16, 2, 151_936, true);

    /** Queries of 3072 by 3072 and values of 3072 by 1024. */
    @Test
    void countsTheMatricesThatCarryAdapters() {
        Dora dora = LLAMA_3B.dora(EnumSet.of(Projection.QUERY, Projection.VALUE));

        assertThat(dora.weights()).isEqualTo(3072.0 * 4096);
        assertThat(dora.movedBytes()).isEqualTo(22 * 3072.0 * 4096 + 12 * 2 * 3072.0 * 3072);
        assertThat(dora.keptBytes()).isEqualTo(6.0 * 4096);
        assertThat(dora.workBytes()).isEqualTo(16 * 3072.0 * 3072);
    }

    /** PEFT's method comparison on an L40S, rank 32, rows of 210 tokens in the mean, 4 at once: 7,174 tokens/s, and 5,941 by DoRA. */
    @Test
    void isAsMuchSlowerAsMeasuredOnAnL40S() {
        assertThat(slowdown(
                        LLAMA_3B, EnumSet.of(Projection.QUERY, Projection.VALUE), 4, 210, "L40S", Checkpointing.NONE))
                .isCloseTo(7174 / 5941.0, within(0.12));
    }

    /** Jay-Aditya-16/qwen-peft-benchmark on a T4, all linear layers, one row of 64 tokens at once: 97.6 tokens/s, and 28.7 by DoRA. */
    @Test
    void isTwiceAsSlowAndMoreWhereFewTokensPassLargeMatrices() {
        assertThat(slowdown(QWEN_3B, EnumSet.allOf(Projection.class), 1, 64, "T4", Checkpointing.FULL))
                .isBetween(2.0, 97.6 / 28.7);
    }

    @Test
    void costsNothingWhereLengthsAreTakenOnceAStep() {
        assertThat(drawn(
                                setup(
                                                QWEN_3B,
                                                Framework.FINETUNE4J,
                                                EnumSet.allOf(Projection.class),
                                                1,
                                                64,
                                                Checkpointing.NONE)
                                        .hasDora(true)
                                        .build(),
                                QWEN_3B)
                        .dora())
                .isEqualTo(Dora.NONE);
    }

    private static double slowdown(
            Architecture model,
            Set<Projection> targets,
            int rows,
            int tokens,
            String gpu,
            Checkpointing checkpointing) {
        TrainingSetup.Builder plain = setup(model, Framework.HUGGING_FACE, targets, rows, tokens, checkpointing);
        double seconds = seconds(model, plain.build(), gpu);
        return seconds(model, plain.hasDora(true).build(), gpu) / seconds;
    }

    private static TrainingSetup.Builder setup(
            Architecture model,
            Framework framework,
            Set<Projection> targets,
            int rows,
            int tokens,
            Checkpointing checkpointing) {
        return TrainingSetup.of(Method.LORA, framework, Parallelism.single())
                .edit()
                .rank(16)
                .targets(targets)
                .trainableParameters(16 * model.adapterParametersPerRank(targets))
                .weights(TrainingSetup.Weights.HALF)
                .arithmetic(TrainingSetup.Arithmetic.BF16)
                .optimizer(TrainingSetup.Optimizer.ADAMW)
                .microBatch(rows)
                .accumulation(1)
                .isPacked(false)
                .longestTokens(tokens)
                .meanTokens((double) tokens)
                .capTokens(tokens)
                .checkpointing(checkpointing)
                .attention(TrainingSetup.Attention.FUSED)
                .loss(TrainingSetup.Loss.STOCK)
                .isCompiled(false);
    }

    private static double seconds(Architecture model, TrainingSetup setup, String gpu) {
        SpeedParts parts = SpeedFormula.of(
                model,
                drawn(setup, model),
                GpuTable.shipped().find(gpu).orElseThrow(),
                Coefficients.centres(SpeedCoefficient.values()));
        return parts.seconds();
    }

    private static Assumed drawn(TrainingSetup setup, Architecture model) {
        return new Unknowns(model, setup).draw(new SplittableRandom(1));
    }
}
