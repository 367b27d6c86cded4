package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a step of an encoder like BERT takes, counted by hand; no coefficient is fitted. */
class SpeedFormulaTest {
    private static final Architecture BERT = SampleSetup.encoder(false);

    private static final Gpu A10G = GpuTable.shipped().find("A10G").orElseThrow();

    /** Of three passes, of which one back is worth two; of attention 3.5. Virtual tokens are trained through all layers, too. */
    @Test
    void goesForwardOnlyWhereAHeadAloneIsTrained() {
        SpeedParts head = parts(Method.HEAD, Checkpointing.NONE);
        SpeedParts through = parts(Method.PROMPT, Checkpointing.NONE);

        assertThat(head.products() / through.products()).isCloseTo(1 / 2.0, within(1e-6));
        assertThat(head.attention() / through.attention()).isCloseTo(1 / 3.5, within(1e-9));
        assertThat(head.launching() / through.launching())
                .as("of kernels, half as many again beside adapters")
                .isCloseTo(1 / 4.5, within(1e-9));
        assertThat(head.traffic() / through.traffic()).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(parts(Method.HEAD, Checkpointing.FULL))
                .as("there is nothing to be computed again")
                .isEqualTo(head);
    }

    /** Nobody shares the tokens of a pack of short texts among GPUs. */
    @Test
    void looksOverTheWholeOfARowThatGpusShare() {
        TrainingSetup setup = SampleSetup.of(
                        Framework.HUGGING_FACE, Method.FULL, new Parallelism(8, Parallelism.Sharding.FSDP, 1, 1, 1, 8))
                .build();

        assertThat(new SplittableRandom(1)
                        .splits(20)
                        .map(random -> new Unknowns(SampleSetup.LLAMA_8B, setup).draw(random)))
                .allMatch(Assumed::looksPastRows);
    }

    /** Beside weights that are read for each product, which nothing fuses away. */
    @Test
    void movesLessAndLaunchesLessWhereLayersAreCompiled() {
        SpeedParts stock = parts(Method.FULL, Checkpointing.NONE, false);
        SpeedParts compiled = parts(Method.FULL, Checkpointing.NONE, true);
        double elements = 2 * (20.0 * 768 + 6 * 3072) * 12 * 8 * 128;
        double saved = SpeedCoefficient.TRAFFIC_STOCK.centre() - 2.5 * SpeedCoefficient.TRAFFIC_FUSED.centre();

        assertThat(stock.traffic() - compiled.traffic())
                .isCloseTo(saved * elements / (600 * 1e9), withinPercentage(0.01));
        assertThat(compiled.launching() / stock.launching()).isCloseTo(0.8, within(1e-9));
    }

    /** Of experts 350 wide a product takes three times what it takes in a dense layer, and each layer of them 9 ms of the host. */
    @Test
    void expertsTakeLongerThanOneLayerOfTheirWidth() {
        Gpu h100 = GpuTable.shipped().find("H100-SXM").orElseThrow();
        Architecture dense = decoder(1024, 8 * 350, null);
        Architecture mixture = decoder(1024, 8 * 350, new Experts(64, 8, 0, 350, 0));
        TrainingSetup setup = SampleSetup.of(Framework.MEGATRON, Method.FULL, Parallelism.single())
                .checkpointing(Checkpointing.NONE)
                .build();
        Assumed run = new Unknowns(dense, setup).draw(new SplittableRandom(1));
        SpeedParts one = SpeedFormula.of(dense, run, h100, Coefficients.centres(SpeedCoefficient.values()));
        SpeedParts many = SpeedFormula.of(mixture, run, h100, Coefficients.centres(SpeedCoefficient.values()));
        double inExperts = 3.0 * 1024 * 8 * 350 * 10;

        assertThat(mixture.activeExpertParameters()).isEqualTo(inExperts);
        assertThat(many.products() / one.products())
                .isCloseTo(
                        1 + 2 * inExperts / (dense.activeLinearParameters() + dense.embeddingParameters()),
                        within(1e-9));
        assertThat(many.launching() - one.launching()).isCloseTo(10 * 0.009, within(1e-9));
    }

    /** A score goes through memory 45 times in a pass, where one that is written out goes 8 times; of BERT, otherwise the same. */
    @Test
    void disentangledAttentionGathersItsScores() {
        TrainingSetup setup = SampleSetup.of(Framework.HUGGING_FACE, Method.FULL, Parallelism.single())
                .checkpointing(Checkpointing.NONE)
                .attention(Attention.EAGER)
                .build();
        double written = traffic(SampleSetup.encoder(false), setup);
        double gathered = traffic(SampleSetup.encoder(true), setup);
        double none = traffic(
                SampleSetup.encoder(false),
                setup.edit().attention(Attention.FUSED).build());

        assertThat((gathered - none) / (written - none)).isCloseTo(45 / 8.0, within(1e-6));
    }

    private static double traffic(Architecture model, TrainingSetup setup) {
        Assumed run = new Unknowns(model, setup).draw(new SplittableRandom(1));
        return SpeedFormula.of(model, run, A10G, Coefficients.centres(SpeedCoefficient.values()))
                .traffic();
    }

    /** At 512 half of the rate is reached, at 4,096 eight ninths. */
    @Test
    void narrowProductsAreSlower() {
        Architecture narrow = decoder(512, 2048, null);
        Architecture usual = decoder(4096, 16_384, null);

        assertThat(secondsOfAnOperation(narrow) / secondsOfAnOperation(usual)).isCloseTo(2 * 8 / 9.0, within(1e-9));
    }

    private static double secondsOfAnOperation(Architecture model) {
        TrainingSetup setup = SampleSetup.of(Framework.HUGGING_FACE, Method.FULL, Parallelism.single())
                .checkpointing(Checkpointing.NONE)
                .build();
        Assumed run = new Unknowns(model, setup).draw(new SplittableRandom(1));
        SpeedParts parts = SpeedFormula.of(model, run, A10G, Coefficients.centres(SpeedCoefficient.values()));
        return parts.products() / (6 * (model.activeLinearParameters() + model.embeddingParameters()));
    }

    private static Architecture decoder(int width, int inner, @Nullable Experts experts) {
        return new Architecture(
                Architecture.Kind.DECODER,
                10,
                width,
                inner,
                width / 64,
                width / 64,
                64,
                32_000,
                true,
                false,
                false,
                true,
                experts,
                null,
                false);
    }

    /** Of 4096 tokens, each GPU sends {@code 2 (n - 1) / n} of 8192 bytes a token four times a layer: a sum is shares added up, and gathered. */
    @Test
    void sendsSumsTwiceWhereGpusShareEachMatrix() {
        Gpu h100 = GpuTable.shipped().find("H100-SXM").orElseThrow();
        Parallelism spread = new Parallelism(8, Parallelism.Sharding.NONE, 8, 1, 1, 1);
        TrainingSetup setup = SampleSetup.of(Framework.TUNED, Method.FULL, spread)
                .checkpointing(Checkpointing.NONE)
                .build();
        Assumed run = new Unknowns(SampleSetup.LLAMA_8B, setup).draw(new SplittableRandom(1));
        SpeedParts parts =
                SpeedFormula.of(SampleSetup.LLAMA_8B, run, h100, Coefficients.centres(SpeedCoefficient.values()));
        double sent = 2 * 7 / 8.0 * 4 * 32 * 4096 * 8192;

        assertThat(parts.communication())
                .isCloseTo(
                        SpeedCoefficient.EXPOSED.centre() * sent / h100.peerBytesPerSecond(8), withinPercentage(0.01));
    }

    /** Weights stay in a machine; over the network go each GPU's shares of gradients alone. */
    @Test
    void sendsSharesOfGradientsAloneBetweenMachinesWhereSharingIsHybrid() {
        double all = communication(16, Parallelism.Sharding.HYBRID);
        double inside = communication(8, Parallelism.Sharding.FSDP);
        double between = 2 * 0.5 * 4 * BERT.parameters() / 8 / Math.min(17.5e9, A10G.peerBytesPerSecond(8));

        assertThat(communication(8, Parallelism.Sharding.HYBRID)).isEqualTo(inside);
        assertThat(all - inside).isCloseTo(SpeedCoefficient.EXPOSED.centre() * between, withinPercentage(0.01));
    }

    /** Of twelve, six share a copy, whose gradients are added up with those of the other. */
    @Test
    void addsUpWithTheOtherCopyWhereTwelveShare() {
        double inside = communication(6, Parallelism.Sharding.FSDP);
        double between = 2 * 0.5 * 4 * BERT.parameters() / 6 / Math.min(17.5e9, A10G.peerBytesPerSecond(8));

        assertThat(communication(12, Parallelism.Sharding.HYBRID) - inside)
                .isCloseTo(SpeedCoefficient.EXPOSED.centre() * between, withinPercentage(0.01));
    }

    /** A ring of n takes (n - 1) / n of a tensor from the others, twice to add up; autocast leaves gradients as wide as weights. */
    @Test
    void addsGradientsUpAsWideAsTheyAre() {
        Parallelism pair = Parallelism.data(2, Parallelism.Sharding.NONE);
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE, pair);
        double bytes = 2 * 0.5 * BERT.parameters() / A10G.peerBytesPerSecond(2) * SpeedCoefficient.EXPOSED.centre();

        assertThat(of(setup.weights(Weights.HALF)).communication()).isCloseTo(2 * bytes, withinPercentage(0.01));
        assertThat(of(setup.weights(Weights.FP32)).communication()).isCloseTo(4 * bytes, withinPercentage(0.01));
    }

    /** Weights are put together twice in half precision; gradients are added up once, by our engine in single, by accelerate as weights are. */
    @Test
    void addsGradientsOfSharesUpInSinglePrecisionWhereTheFrameworkDoes() {
        Parallelism eight = Parallelism.data(8, Parallelism.Sharding.FSDP);
        double number = 7 / 8.0 * BERT.parameters() / 20e9 * SpeedCoefficient.EXPOSED.centre();

        assertThat(of(setup(Framework.FINETUNE4J_GPU, Method.FULL, eight)).communication())
                .isCloseTo((2 * 2 + 4) * number, withinPercentage(0.01));
        assertThat(of(setup(Framework.HUGGING_FACE, Method.FULL, eight)).communication())
                .isCloseTo((2 * 2 + 2) * number, withinPercentage(0.01));
    }

    /** What eight share, each brings an eighth of from the host's memory. */
    @Test
    void bringsItsShareOfOffloadedWeightsAlone() {
        double one = swap(Parallelism.single());
        double eight = swap(Parallelism.data(8, Parallelism.Sharding.FSDP));

        assertThat(eight / one).isCloseTo(1 / 8.0, within(1e-6));
    }

    private static double swap(Parallelism parallelism) {
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE, parallelism);
        return of(setup.offloadsWeights(true)).communication()
                - of(setup.offloadsWeights(false)).communication();
    }

    /** What is asked is whether a bridge joins those that exchange, not all of the machine: 210 GB/s in a pair, 20 over PCIe. */
    @Test
    void exchangesInPairsOverTheBridgeOfAPair() {
        Gpu card = GpuTable.shipped().find("A100-80-PCIe").orElseThrow();
        TrainingSetup.Builder pairs =
                setup(Method.FULL, Checkpointing.NONE, new Parallelism(4, Parallelism.Sharding.NONE, 2, 1, 1, 1));
        TrainingSetup.Builder shares =
                setup(Method.FULL, Checkpointing.NONE, new Parallelism(4, Parallelism.Sharding.HYBRID, 1, 1, 1, 1, 2));
        double pair = of(setup(Method.FULL, Checkpointing.NONE, Parallelism.data(2, Parallelism.Sharding.FSDP)), card)
                .communication();
        double exposed = SpeedCoefficient.EXPOSED.centre();
        double ofLayers = 4 * 12 * 8 * 128 * 768.0 * 2 / 210e9;
        double adding = 2 * 0.5 * 2 * BERT.parameters() / 2 / 20e9;

        assertThat(of(pairs, card).communication()).isCloseTo(exposed * (ofLayers + adding), withinPercentage(0.01));
        assertThat(of(shares, card).communication())
                .as("gradients that FSDP adds up are in single precision")
                .isCloseTo(pair + exposed * 2 * adding, withinPercentage(0.01));
    }

    /** Each GPU has its own port to the network: eight replicas beside each other share the work of bringing what all need, one does it alone. */
    @Test
    void bringsWeightsOverThePortsOfAllReplicasOfAMachine() {
        Gpu h100 = GpuTable.shipped().find("H100-SXM").orElseThrow();
        TrainingSetup.Builder beside =
                setup(Method.FULL, Checkpointing.NONE, Parallelism.data(16, Parallelism.Sharding.FSDP));
        TrainingSetup.Builder alone =
                setup(Method.FULL, Checkpointing.NONE, new Parallelism(16, Parallelism.Sharding.FSDP, 8, 1, 1, 1));
        double weights = BERT.linearParameters() + BERT.embeddingParameters();
        double exposed = SpeedCoefficient.EXPOSED.centre();
        double gathered = (2 * 2 + 4) * weights * exposed;
        double exchanged = of(alone, h100).communication() - 7 / 4.0 * 4 * 12 * 8 * 128 * 768 * 2 / 315e9 * exposed;

        assertThat(of(beside, h100).communication()).isCloseTo(gathered * 15 / 16 / 280e9, withinPercentage(0.1));
        assertThat(exchanged).isCloseTo(gathered / 8 / 2 / 35e9, withinPercentage(0.1));
    }

    /** The A800 was announced in the year of the H100, and is an A100 with a slower link. */
    @Test
    void takesTheNetworkAndTheRateOfTheGenerationNotOfTheYear() {
        Gpu a800 = GpuTable.shipped().find("A800-80").orElseThrow();
        Gpu a100 = GpuTable.shipped().find("A100-80").orElseThrow();
        TrainingSetup.Builder two =
                setup(Method.FULL, Checkpointing.NONE, new Parallelism(16, Parallelism.Sharding.NONE, 8, 1, 1, 1));
        double adding = 2 * 0.5 * 2 * BERT.parameters() / 8 / 17.5e9;
        double within = 7 / 4.0 * 4 * 12 * 8 * 128 * 768 * 2 / 140e9;

        assertThat(of(two, a800).communication())
                .isCloseTo(SpeedCoefficient.EXPOSED.centre() * (adding + within), withinPercentage(0.01));
        assertThat(of(two, a800).products() / of(two, a100).products())
                .as("of products measured alone")
                .isCloseTo((264.5 + 271.2) / 2 / 266.5, within(1e-6));
    }

    @Test
    void movesAndLaunchesWhatTunedCodeDoesWhereKernelsAreFusedByHand() {
        SpeedParts stock = parts(Method.FULL, Checkpointing.NONE);
        SpeedParts fused = of(setup(Method.FULL, Checkpointing.NONE).hasFusedKernels(true));
        double elements = 2 * (20.0 * 768 + 6 * 3072) * 12 * 8 * 128;
        double saved = SpeedCoefficient.TRAFFIC_STOCK.centre() - SpeedCoefficient.TRAFFIC_FUSED.centre();

        assertThat(stock.traffic() - fused.traffic()).isCloseTo(saved * elements / (600 * 1e9), withinPercentage(0.01));
        assertThat(fused.launching() / stock.launching())
                .isCloseTo(
                        SpeedCoefficient.LAUNCH_TUNED.centre() / SpeedCoefficient.LAUNCH_STOCK.centre(), within(1e-9));
    }

    /** Transformer Engine's layers move what fused ones do, reach Blackwell's rate and have all of the gain of eight bits. */
    @Test
    void computesWithNvidiasOwnKernelsWhateverTheLoopAroundThem() {
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE).arithmetic(Arithmetic.FP8);
        Gpu b200 = GpuTable.shipped().find("B200").orElseThrow();
        SpeedParts stock = of(setup, b200);
        SpeedParts own = of(setup.hasTransformerEngine(true), b200);
        double gain = SpeedCoefficient.FP8.centre();

        assertThat(stock.products() / own.products())
                .isCloseTo(gain / (1 + 0.35 * (gain - 1)) / 0.65, withinPercentage(0.01));
        assertThat(own.traffic()).isLessThan(stock.traffic() / 3);
        assertThat(own.launching()).isEqualTo(stock.launching());
    }

    /** NVIDIA's data sheets: half of the rate of bfloat16 since Ampere, and none before. */
    @Test
    void multipliesInTf32AtHalfTheRateOfBfloat16WhereThereAreUnitsForIt() {
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE);
        Gpu old = GpuTable.shipped().find("V100-32").orElseThrow();

        assertThat(of(setup.arithmetic(Arithmetic.TF32)).products())
                .isCloseTo(2 * of(setup.arithmetic(Arithmetic.BF16)).products(), withinPercentage(0.01));
        assertThat(of(setup.arithmetic(Arithmetic.TF32), old)).isEqualTo(of(setup.arithmetic(Arithmetic.FP32), old));
    }

    /** Cores without tensor units are as fast with a few hundred rows as with many, on which tensor cores still wait for memory. */
    @Test
    void fewRowsHoldUpTensorCoresAlone() {
        assertThat(oneRowAgainstEight(Arithmetic.FP32)).isBetween(1.0, 1.2);
        assertThat(oneRowAgainstEight(Arithmetic.BF16)).isGreaterThan(2);
    }

    /** Seconds a token of a micro-batch of one row of 128 tokens, against one of eight. */
    private static double oneRowAgainstEight(Arithmetic arithmetic) {
        Gpu gpu = GpuTable.shipped().find("A100-80").orElseThrow();
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE).arithmetic(arithmetic);
        return 8
                * of(setup.microBatch(1), gpu).products()
                / of(setup.microBatch(8), gpu).products();
    }

    /** Linear attention runs in kernels of its own, or in chunks by PyTorch's, several times slower, and rows say which seldom. */
    @Test
    void isLessSureOfModelsWhoseSizesDoNotExplainThem() {
        TrainingSetup setup = setup(Method.FULL, Checkpointing.NONE).build();
        Architecture hybrid =
                new ModelNames().find("Qwen/Qwen3.5-4B", OptionalDouble.empty()).orElseThrow();
        Architecture plain =
                new ModelNames().find("Qwen/Qwen3-4B", OptionalDouble.empty()).orElseThrow();

        assertThat(Unfamiliarity.ofSpeed(plain, setup)).isZero();
        assertThat(Unfamiliarity.ofSpeed(hybrid, setup)).isCloseTo(0.3, within(1e-9));
    }

    /** In one kernel weight and moments are read and written and the gradient is read; in operations on lists, 20 numbers. */
    @Test
    void stepsThroughWhatLiesBetweenWhereAdamIsNotOneKernel() {
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE);
        double number = SpeedCoefficient.STEP.centre() * BERT.parameters() / 600e9;

        assertThat(of(setup).step()).isCloseTo(7 * 2 * number, withinPercentage(0.01));
        assertThat(of(setup.weights(Weights.FP32)).step()).isCloseTo(7 * 4 * number, withinPercentage(0.01));
        assertThat(of(setup.optimizer(Optimizer.ADAMW)).step()).isCloseTo(20 * 4 * number, withinPercentage(0.01));
        assertThat(of(setup.optimizer(Optimizer.ADAMW_ONE_BY_ONE)).step())
                .isCloseTo(20 * 4 * number, withinPercentage(0.01));
    }

    /** 20 GB/s in one kernel, whatever the GPU's would be, which steps through nothing. */
    @Test
    void stepsOnTheHostWhereStatesLieThere() {
        TrainingSetup.Builder setup = setup(Method.FULL, Checkpointing.NONE)
                .weights(Weights.FP32)
                .optimizer(Optimizer.ADAMW)
                .offloadsOptimizer(true);

        assertThat(of(setup).step()).isCloseTo(7 * 4 * BERT.parameters() / 20e9, withinPercentage(0.01));
    }

    private static double communication(int gpus, Parallelism.Sharding sharding) {
        return of(setup(Method.FULL, Checkpointing.NONE, Parallelism.data(gpus, sharding)))
                .communication();
    }

    private static SpeedParts parts(Method method, Checkpointing checkpointing) {
        return parts(method, checkpointing, false);
    }

    private static SpeedParts parts(Method method, Checkpointing checkpointing, boolean isCompiled) {
        return of(setup(method, checkpointing).isCompiled(isCompiled));
    }

    private static TrainingSetup.Builder setup(Method method, Checkpointing checkpointing) {
        return setup(method, checkpointing, Parallelism.single());
    }

    private static TrainingSetup.Builder setup(Method method, Checkpointing checkpointing, Parallelism parallelism) {
        return setup(Framework.FINETUNE4J_GPU, method, parallelism).checkpointing(checkpointing);
    }

    private static TrainingSetup.Builder setup(Framework framework, Method method, Parallelism parallelism) {
        return TrainingSetup.of(method, framework, parallelism)
                .edit()
                .targets(Set.of())
                .trainableParameters(1.0)
                .weights(Weights.HALF)
                .arithmetic(Arithmetic.BF16)
                .optimizer(Optimizer.ADAMW_FUSED)
                .microBatch(8)
                .accumulation(1)
                .capTokens(128)
                .isPacked(true)
                .longestTokens(128)
                .meanTokens(128.0)
                .checkpointing(Checkpointing.NONE)
                .attention(Attention.FUSED)
                .loss(Loss.CHUNKED)
                .isCompiled(false);
    }

    private static SpeedParts of(TrainingSetup.Builder setup) {
        return of(setup, A10G);
    }

    private static SpeedParts of(TrainingSetup.Builder setup, Gpu gpu) {
        Assumed run = new Unknowns(BERT, setup.build()).draw(new SplittableRandom(1));
        return SpeedFormula.of(BERT, run, gpu, Coefficients.centres(SpeedCoefficient.values()));
    }
}
