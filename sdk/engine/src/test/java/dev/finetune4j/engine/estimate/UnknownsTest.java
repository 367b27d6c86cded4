package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnknownsTest {
    private static final int DRAWS = 400;

    /** Accelerate has FSDP widen what is trained, and leaves a frozen base as it was loaded. */
    @Test
    void takesAFrozenBaseForHalfUnderFsdpAsAnywhere() {
        Parallelism shares = Parallelism.data(4, Sharding.FSDP);

        assertThat(singleOf(Method.LORA, shares)).isBetween(0.05, 0.2);
        assertThat(singleOf(Method.LORA, Parallelism.single())).isBetween(0.05, 0.2);
        assertThat(singleOf(Method.PROMPT, Parallelism.single())).isBetween(0.05, 0.2);
        assertThat(singleOf(Method.HEAD, shares)).isBetween(0.05, 0.2);
        assertThat(singleOf(Method.FULL, shares)).isBetween(0.6, 0.8);
    }

    @Test
    void drawsHowManyGpusThereAreWhereNobodySays() {
        TrainingSetup setup = SampleSetup.of(Framework.TUNED, Method.FULL, Parallelism.data(8, Sharding.FSDP))
                .gpuCounts(List.of(4, 16))
                .build();
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup);
        SplittableRandom random = new SplittableRandom(1);

        assertThat(Stream.generate(() -> unknowns.draw(random).parallelism().weightShards())
                        .limit(DRAWS)
                        .distinct())
                .containsExactlyInAnyOrder(4, 16);
    }

    /** Nobody has a kernel for it that writes no scores, whatever a row says. */
    @Test
    void takesDisentangledAttentionForWrittenOut() {
        TrainingSetup.Builder setup = SampleSetup.of(Framework.HUGGING_FACE, Method.FULL, Parallelism.single());

        assertThat(attentionOf(setup.attention(null))).containsExactly(Attention.EAGER);
        assertThat(attentionOf(setup.attention(Attention.FUSED))).containsExactly(Attention.EAGER);
    }

    private static Set<Attention> attentionOf(TrainingSetup.Builder setup) {
        Unknowns unknowns = new Unknowns(SampleSetup.encoder(true), setup.build());
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random).attention())
                .limit(DRAWS)
                .collect(Collectors.toSet());
    }

    /** Rows of 100 tokens in the mean do not fill a cap of 8,192 tokens, however many of other runs do. */
    @Test
    void takesTheLongestRowForSomeTimesTheMeanOne() {
        TrainingSetup.Builder setup = SampleSetup.of(Framework.HUGGING_FACE, Method.LORA, Parallelism.single())
                .longestTokens(null)
                .capTokens(8192)
                .isPacked(false)
                .microBatch(1);

        assertThat(longestOf(setup.meanTokens(100.0))).isBetween(450.0, 550.0);
        assertThat(longestOf(setup.microBatch(4).meanTokens(170.0))).isBetween(450.0, 550.0);
        assertThat(longestOf(setup.meanTokens(null))).isGreaterThan(700);
    }

    /** The median of what is drawn. */
    private static double longestOf(TrainingSetup.Builder setup) {
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup.build());
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random).longestTokens())
                .limit(DRAWS)
                .sorted()
                .skip(DRAWS / 2)
                .findFirst()
                .orElseThrow();
    }

    /** torchtitan has sequence parallelism beside tensor parallelism at all times. */
    @Test
    void takesWhatFlowsBetweenLayersForSharedOutAsOftenAsNotWhereNobodySays() {
        assertThat(sharingOf(Framework.MEGATRON)).isBetween(0.4, 0.6);
        assertThat(sharingOf(Framework.TUNED)).isEqualTo(1);
        assertThat(sharingOf(Framework.HUGGING_FACE)).isZero();
    }

    /** PEFT's preparation for few bits turns it on, and is called as often as not. */
    @Test
    void takesPackedModelsToBeCheckpointedMoreOften() {
        assertThat(checkpointedOf(Framework.HUGGING_FACE, Method.LORA, null)).isBetween(0.6, 0.8);
        assertThat(checkpointedOf(Framework.HUGGING_FACE, Method.QLORA, null)).isBetween(0.8, 0.95);
        assertThat(checkpointedOf(Framework.HUGGING_FACE, Method.QLORA, false)).isBetween(0.6, 0.8);
        assertThat(checkpointedOf(Framework.TORCHTUNE, Method.QLORA, null)).isBetween(0.6, 0.8);
    }

    private static double checkpointedOf(Framework framework, Method method, @Nullable Boolean isPrepared) {
        TrainingSetup setup = SampleSetup.of(framework, method, Parallelism.single())
                .checkpointing(null)
                .hasSinglePrecisionEdges(isPrepared)
                .build();
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup);
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random))
                        .limit(DRAWS)
                        .filter(Assumed::isCheckpointed)
                        .count()
                / (double) DRAWS;
    }

    /** A row of a million tokens that 8 GPUs share, of a vocabulary of 128,256: 235 GB on each; an eighth of it is what an H100 has room for. */
    @Test
    void takesNobodyToWriteOutLogitsThatNoGpuHasRoomFor() {
        assertThat(stockOf(1_048_576, 8, null)).isZero();
        assertThat(stockOf(131_072, 8, null)).isEqualTo(1);
        assertThat(stockOf(131_072, 1, null)).isZero();
        assertThat(stockOf(131_072, 1, Loss.STOCK)).as("where it is said").isEqualTo(1);
    }

    private static double stockOf(int tokens, int sharing, @Nullable Loss loss) {
        TrainingSetup setup = SampleSetup.of(
                        Framework.HUGGING_FACE, Method.FULL, new Parallelism(sharing, Sharding.FSDP, 1, 1, 1, sharing))
                .microBatch(1)
                .capTokens(tokens)
                .longestTokens(tokens)
                .meanTokens((double) tokens)
                .loss(loss)
                .build();
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup);
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random))
                        .limit(DRAWS)
                        .filter(run -> run.loss() == Loss.STOCK)
                        .count()
                / (double) DRAWS;
    }

    @Test
    void takesOurEnginesToStepInOneKernel() {
        assertThat(fusedOf(Framework.FINETUNE4J)).isEqualTo(1);
        assertThat(fusedOf(Framework.FINETUNE4J_GPU)).isEqualTo(1);
        assertThat(fusedOf(Framework.HUGGING_FACE)).isBetween(0.3, 0.5);
    }

    private static double fusedOf(Framework framework) {
        TrainingSetup setup = SampleSetup.of(framework, Method.FULL, Parallelism.single())
                .optimizer(null)
                .build();
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup);
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random))
                        .limit(DRAWS)
                        .filter(run -> run.optimizer() == Optimizer.ADAMW_FUSED)
                        .count()
                / (double) DRAWS;
    }

    private static double sharingOf(Framework framework) {
        Parallelism four = new Parallelism(4, Sharding.NONE, 4, 1, 1, 1);
        TrainingSetup setup = SampleSetup.of(framework, Method.FULL, four).build();
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup);
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random))
                        .limit(DRAWS)
                        .filter(Assumed::sharesStream)
                        .count()
                / (double) DRAWS;
    }

    private static double singleOf(Method method, Parallelism parallelism) {
        return draws(method, parallelism).stream()
                        .filter(run -> run.weights() == Weights.FP32)
                        .count()
                / (double) DRAWS;
    }

    private static List<Assumed> draws(Method method, Parallelism parallelism) {
        TrainingSetup setup =
                SampleSetup.of(Framework.HUGGING_FACE, method, parallelism).build();
        Unknowns unknowns = new Unknowns(SampleSetup.LLAMA_8B, setup);
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> unknowns.draw(random)).limit(DRAWS).toList();
    }
}
