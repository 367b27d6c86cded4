package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.plan.Fit;
import org.junit.jupiter.api.Test;

class MemoryModelTest {
    private static final double GIB = 1L << 30;

    private final Gpu a100 = GpuTable.shipped().find("A100-80").orElseThrow();
    private final MemoryModel model = MemoryModel.shipped();

    @Test
    void countsWeightsGradientsAndMomentsOfAllWeightsByHand() {
        MemoryParts parts = estimate(setup(Method.FULL).build()).parts();

        assertThat(parts.weights()).isCloseTo(2 * 8.03e9 / GIB, within(0.1));
        assertThat(parts.optimizerStates()).isCloseTo(4 * 8.03e9 / GIB, within(0.1));
    }

    /** torch.amp.GradScaler refuses gradients in half precision, so that weights and moments are in single. */
    @Test
    void fp16OfHuggingFaceTrainsAllWeightsInSinglePrecision() {
        MemoryParts all = estimate(setup(Method.FULL)
                        .weights(null)
                        .arithmetic(Arithmetic.FP16)
                        .build())
                .parts();
        MemoryParts adapter = estimate(setup(Method.LORA)
                        .weights(null)
                        .arithmetic(Arithmetic.FP16)
                        .build())
                .parts();

        assertThat(all.weights()).isCloseTo(4 * 8.03e9 / GIB, within(0.1));
        assertThat(all.optimizerStates()).isCloseTo(8 * 8.03e9 / GIB, within(0.1));
        assertThat(adapter.weights()).isCloseTo(2 * 8.03e9 / GIB, within(0.1));
    }

    @Test
    void checkpointingAndAFusedLossNeedLess() {
        double all = peak(setup(Method.LORA).checkpointing(Checkpointing.NONE));
        double again = peak(setup(Method.LORA));
        double fused = peak(setup(Method.LORA).loss(Loss.FUSED));

        assertThat(again).isLessThan(all);
        assertThat(fused).isLessThan(again);
    }

    @Test
    void packedWeightsNeedLessAndShardedOnesToo() {
        double half = peak(setup(Method.LORA));
        double packed = peak(setup(Method.QLORA).weights(Weights.NF4));
        TrainingSetup sharded =
                setup(Method.LORA, Parallelism.data(8, Sharding.FSDP)).build();

        assertThat(packed).isLessThan(half);
        assertThat(estimate(sharded).parts().weights()).isCloseTo(2 * 8.03e9 / GIB / 8, within(0.05));
    }

    @Test
    void whatIsNotKnownWidensTheRange() {
        Range known = estimate(setup(Method.LORA).build()).device();
        Range open = estimate(setup(Method.LORA)
                        .checkpointing(null)
                        .longestTokens(null)
                        .isPacked(null)
                        .build())
                .device();

        assertThat(open.high() / open.low()).isGreaterThan(known.high() / known.low());
    }

    @Test
    void callsWhatFitsWhatIsTightAndWhatIsTooLarge() {
        assertThat(estimate(setup(Method.QLORA).weights(Weights.NF4).build()).fit())
                .isEqualTo(Fit.FITS);
        assertThat(estimate(setup(Method.FULL).weights(Weights.FP32).build()).fit())
                .isEqualTo(Fit.TOO_LARGE);
        assertThat(estimate(setup(Method.FULL).build()).fit()).isEqualTo(Fit.TIGHT);
    }

    @Test
    void answersTheSameQuestionAlike() {
        TrainingSetup setup = setup(Method.LORA).checkpointing(null).build();

        assertThat(estimate(setup)).isEqualTo(estimate(setup));
    }

    @Test
    void aFasterGpuIsFasterAndMoreGpusTogetherToo() {
        SpeedModel speed = SpeedModel.shipped();
        Gpu h100 = GpuTable.shipped().find("H100-SXM").orElseThrow();
        TrainingSetup one = setup(Method.LORA).build();
        TrainingSetup four =
                setup(Method.LORA, Parallelism.data(4, Sharding.NONE)).build();

        double slow = speed.estimate(SampleSetup.LLAMA_8B, one, a100)
                .tokensPerSecond()
                .likely();
        assertThat(speed.estimate(SampleSetup.LLAMA_8B, one, h100)
                        .tokensPerSecond()
                        .likely())
                .isGreaterThan(1.4 * slow);
        assertThat(speed.estimate(SampleSetup.LLAMA_8B, four, a100)
                        .tokensPerSecond()
                        .likely())
                .isBetween(2.5 * slow, 4.0 * slow);
    }

    private MemoryEstimate estimate(TrainingSetup setup) {
        return model.estimate(SampleSetup.LLAMA_8B, setup, a100);
    }

    private double peak(TrainingSetup.Builder setup) {
        return estimate(setup.build()).allocated().likely();
    }

    private static TrainingSetup.Builder setup(Method method) {
        return setup(method, Parallelism.single());
    }

    private static TrainingSetup.Builder setup(Method method, Parallelism parallelism) {
        return SampleSetup.of(Framework.HUGGING_FACE, method, parallelism)
                .weights(Weights.HALF)
                .checkpointing(Checkpointing.FULL);
    }
}
