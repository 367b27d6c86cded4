package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What engines hold on each GPU, that of finetune4j unless another is named, counted by hand for Llama 3.1 8B; no coefficient is fitted. */
class MemoryFormulaTest {
    private static final Parallelism ONE = Parallelism.single();
    private static final Parallelism FOUR_ALIKE = Parallelism.data(4, Sharding.NONE);
    private static final Parallelism FOUR_SHARES = Parallelism.data(4, Sharding.FSDP);

    private static final double EMBEDDING = 128_256.0 * 4096;
    /** Embedding and head. */
    private static final double EDGES = 2 * EMBEDDING;
    /** Queries and outputs, keys and values, and three matrices of the feed-forward layer. */
    private static final double OF_A_LAYER = 2 * 4096.0 * 4096 + 2 * 4096.0 * 1024 + 3 * 4096.0 * 14336;

    private static final double LAYERS = 32 * OF_A_LAYER;
    private static final double LARGEST_MATRIX = 4096.0 * 14336;
    private static final double NF4_DOUBLE = 0.5 + 1.0 / 64 + 4.0 / (64 * 256);
    /** Of rank 16, in and out of all seven matrices. */
    private static final double ADAPTERS = 16.0 * 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14336));
    /** A weight, its gradient and two moments in single precision. */
    private static final double TRAINED = 16;

    private static final double TOKENS = 2 * 2048;
    private static final double GATHERED = MemoryCoefficient.GATHERED_LAYERS.centre();
    private static final double UNPACKED = MemoryCoefficient.UNPACKED.centre();

    @Test
    void sharesFrozenLayersOutAndLeavesEmbeddingAndHeadWhole() {
        assertThat(parts(Method.LORA, FOUR_SHARES).weights()).isCloseTo(2 * LAYERS / 4 + 2 * EDGES, within(1.0));
        assertThat(parts(Method.QLORA, FOUR_SHARES).weights())
                .isCloseTo(NF4_DOUBLE * LAYERS / 4 + 2 * EDGES, within(1.0));
        assertThat(parts(Method.LORA, FOUR_ALIKE).weights()).isCloseTo(2 * (LAYERS + EDGES), within(1.0));
        assertThat(parts(Method.FULL, FOUR_SHARES).weights())
                .as("what is trained is shared out as a whole")
                .isCloseTo(4 * (LAYERS + EDGES) / 4, within(1.0));
    }

    /** As a V100 has it, whose weights are as wide as its products. */
    @Test
    void holdsFourBytesOfWhatIsNotPackedWhereAGpuHasNoBfloat16() {
        MemoryParts lora = of(single(Method.LORA, FOUR_SHARES).weights(Weights.FP32));
        MemoryParts shared = of(single(Method.QLORA, FOUR_SHARES));
        MemoryParts alone = of(single(Method.QLORA, ONE));

        assertThat(lora.weights()).isCloseTo(4 * LAYERS / 4 + 4 * EDGES, within(1.0));
        assertThat(lora.buffers()).isCloseTo(GATHERED * 4 * OF_A_LAYER, within(1.0));
        assertThat(shared.weights()).isCloseTo(NF4_DOUBLE * LAYERS / 4 + 4 * EDGES, within(1.0));
        assertThat(alone.weights()).isCloseTo(NF4_DOUBLE * LAYERS + 4 * EDGES, within(1.0));
        assertThat(alone.buffers()).isCloseTo(UNPACKED * 4 * LARGEST_MATRIX, within(1.0));
    }

    @ParameterizedTest
    @CsvSource({"LORA, 1, NONE", "LORA, 4, NONE", "LORA, 4, FSDP", "QLORA, 4, FSDP"})
    void holdsAdaptersWholeOnEachGpuInSinglePrecision(Method method, int gpus, Sharding sharding) {
        assertThat(parts(method, Parallelism.data(gpus, sharding)).adapter())
                .isCloseTo(TRAINED * ADAPTERS, within(1.0));
    }

    /** They are among what is trained. */
    @Test
    void countsATrainedEmbeddingOnce() {
        MemoryParts parts =
                of(setup(Method.LORA, FOUR_SHARES).trainsEmbeddings(true).trainableParameters(ADAPTERS + EMBEDDING));

        assertThat(parts.adapter()).isCloseTo(TRAINED * (ADAPTERS + EMBEDDING), within(1.0));
        assertThat(parts.weights())
                .as("beside the frozen one")
                .isEqualTo(parts(Method.LORA, FOUR_SHARES).weights());
    }

    /** Weights and moments are in single precision, and so is the copy in which at least 2^26 gradients, and all of the embedding, are added up. */
    @Test
    void addsGradientsUpInSinglePrecisionInACopyOfSomeOfThem() {
        MemoryParts parts = parts(Method.FULL, FOUR_ALIKE);

        assertThat(parts.gradients()).isCloseTo(4 * (LAYERS + EDGES) + 4 * EMBEDDING, within(1.0));
        assertThat(parts(Method.FULL, ONE).gradients()).as("of one GPU").isCloseTo(4 * (LAYERS + EDGES), within(1.0));
        assertThat(parts.optimizerStates()).isCloseTo(8 * (LAYERS + EDGES), within(1.0));
    }

    /** Embedding and head are put together at once, and their gradient is whole until it is added up. */
    @Test
    void putsLayersTogetherAsNarrowAsTheyAreComputedIn() {
        assertThat(parts(Method.FULL, FOUR_SHARES).buffers())
                .isCloseTo(GATHERED * 2 * OF_A_LAYER + (2 + 4) * EDGES, within(1.0));
        assertThat(of(single(Method.FULL, FOUR_SHARES)).buffers())
                .isCloseTo(GATHERED * 4 * OF_A_LAYER + (4 + 4) * EDGES, within(1.0));
        assertThat(parts(Method.LORA, FOUR_SHARES).buffers())
                .as("whole ones need not be")
                .isCloseTo(GATHERED * 2 * OF_A_LAYER, within(1.0));
        assertThat(parts(Method.QLORA, FOUR_SHARES).buffers())
                .isCloseTo(GATHERED * NF4_DOUBLE * OF_A_LAYER + UNPACKED * 2 * LARGEST_MATRIX, within(1.0));
    }

    /** The inputs of six adapters are as wide as the model, those of the seventh as the feed-forward layer. */
    @Test
    void keepsNothingOfBitsandbytesForTheBackwardPass() {
        double ofAToken = 8 * 4096.0 + 6 * 14336 + 4 * (4096 + 1024) + 4 * (6 * 4096 + 14336);

        assertThat(parts(Method.QLORA, ONE).activations()).isCloseTo(TOKENS * 32 * ofAToken, within(1.0));
        assertThat(parts(Method.LORA, ONE).activations()).isCloseTo(TOKENS * 32 * ofAToken, within(1.0));
    }

    /** FSDP casts on the way, so that no layer runs in mixed precision and no copy of the weights lies beside them. */
    @Test
    void keepsActivationsInBfloat16WhereTrainedWeightsAreSharedOut() {
        double ofAToken = 16 * 4096.0 + 8 * 14336 + 4 * (4096 + 1024);

        assertThat(parts(Method.FULL, FOUR_SHARES).activations()).isCloseTo(TOKENS * 32 * ofAToken, within(1.0));
        assertThat(of(setup(Framework.HUGGING_FACE, Method.FULL, FOUR_SHARES)).activations())
                .isCloseTo(TOKENS * 32 * ofAToken, within(1.0));
    }

    /** Two machines of eight. */
    @Test
    void holdsACopyOnEachMachineWhereSharingIsHybrid() {
        assertThat(parts(Method.FULL, Parallelism.data(16, Sharding.HYBRID)).weights())
                .isCloseTo(4 * (LAYERS + EDGES) / 8, within(1.0));
        assertThat(parts(Method.FULL, Parallelism.data(12, Sharding.HYBRID)).weights())
                .as("two machines of six, since copies are whole")
                .isCloseTo(4 * (LAYERS + EDGES) / 6, within(1.0));
        assertThat(parts(Method.FULL, Parallelism.data(16, Sharding.FSDP)).weights())
                .isCloseTo(4 * (LAYERS + EDGES) / 16, within(1.0));
    }

    @Test
    void holdsACopyOnAsManyAsAreSaidToShareIt() {
        Parallelism fourOfEight = new Parallelism(8, Sharding.HYBRID, 1, 1, 1, 1, 4);

        assertThat(parts(Method.FULL, fourOfEight).weights()).isCloseTo(4 * (LAYERS + EDGES) / 4, within(1.0));
        assertThat(parts(Method.FULL, fourOfEight).optimizerStates()).isCloseTo(8 * (LAYERS + EDGES) / 4, within(1.0));
    }

    @Test
    void holdsTheSameOnEachGpuOfOneMachineWhereSharingIsHybrid() {
        assertThat(of(inFullPrecision(Sharding.HYBRID))).isEqualTo(of(inFullPrecision(Sharding.FSDP)));
    }

    /** A copy in half precision of all layers, embedding and head beside the shares; gradients are added up in single. */
    @Test
    void keepsWeightsPutTogetherWhereGradientsAloneAreSharedOut() {
        MemoryParts whole = parts(Method.FULL, Parallelism.data(16, Sharding.FSDP_GRADIENTS));
        MemoryParts shares = parts(Method.FULL, Parallelism.data(16, Sharding.FSDP));

        assertThat(whole.weights()).isCloseTo(4 * (LAYERS + EDGES) / 16, within(1.0));
        assertThat(whole.optimizerStates()).isEqualTo(shares.optimizerStates());
        assertThat(whole.buffers()).isCloseTo(2 * LAYERS + 4 * OF_A_LAYER + (2 + 4) * EDGES, within(1.0));
    }

    private static TrainingSetup.Builder inFullPrecision(Sharding sharding) {
        return setup(Framework.HUGGING_FACE, Method.FULL, Parallelism.data(8, sharding))
                .optimizer(Optimizer.ADAMW)
                .accumulation(1)
                .checkpointing(Checkpointing.FULL)
                .loss(Loss.FUSED);
    }

    /** Compiled or not, what adapters read of a stream in single precision is cast to half. */
    @Test
    void keepsNoMoreOfWhatAdaptersReadWhereLayersAreCompiled() {
        TrainingSetup.Builder mixed = setup(Framework.HUGGING_FACE, Method.LORA, ONE)
                .weights(Weights.FP32)
                .isCompiled(true);
        double ofAToken = 0.6 * 8 * 4096 + 0.75 * 6 * 14336 + 4 * (4096 + 1024);
        double inputs = SampleSetup.LLAMA_8B.adapterInputs(mixed.build().targets());

        assertThat(of(mixed).activations()).isCloseTo(TOKENS * 32 * (ofAToken + 2 * inputs) + 2 * LAYERS, within(1.0));
    }

    /** ZeRO-Offload (arXiv:2101.06840) keeps on a GPU the bucket of 5 x 10^8 gradients that is being added up. */
    @Test
    void leavesGradientsOutThatZeroTakesToTheHostsMemory() {
        Parallelism alone = Parallelism.data(1, Sharding.ZERO3);
        TrainingSetup.Builder offloaded =
                setup(Framework.DEEPSPEED, Method.FULL, alone).offloadsOptimizer(true);

        assertThat(of(offloaded).gradients()).isCloseTo(2 * 5e8, within(1.0));
        assertThat(of(setup(Framework.DEEPSPEED, Method.FULL, alone)).gradients())
                .isCloseTo(2 * (LAYERS + EDGES), within(1.0));
    }

    /** Of 16 GPUs eight share the experts; each expert is then on two of them, which alone can share its states out. */
    @Test
    void sharesStatesOfExpertsOutAmongThoseThatHaveTheSameExperts() {
        Architecture mixtral = new Architecture(
                Architecture.Kind.DECODER,
                32,
                4096,
                14336,
                32,
                8,
                128,
                32_000,
                true,
                false,
                false,
                false,
                new Experts(8, 2, 0, 14336, 0),
                null,
                false);
        double dense = 32 * (2 * 4096.0 * 4096 + 2 * 4096.0 * 1024) + 2 * 32_000.0 * 4096;
        double ofExperts = mixtral.linearParameters() + 2 * 32_000.0 * 4096 - dense;
        TrainingSetup setup = setup(Framework.MEGATRON, Method.FULL, new Parallelism(16, Sharding.ZERO1, 1, 1, 8, 1))
                .weights(Weights.HALF)
                .build();
        Assumed run = new Unknowns(mixtral, setup).draw(new SplittableRandom(1));
        MemoryParts parts = MemoryFormula.of(mixtral, run, Coefficients.centres(MemoryCoefficient.values()));

        assertThat(parts.weights()).isCloseTo(2 * (dense + ofExperts / 8), within(1.0));
        assertThat(parts.optimizerStates()).isCloseTo((4 + 8) * (dense / 16 + ofExperts / 8 / 2), within(1.0));
    }

    /** No square root of all second moments lies beside them. */
    @Test
    void holdsNoTemporaryOfAllWeightsWhereTheStepTakesOneAfterAnother() {
        TrainingSetup.Builder whole = inFullPrecision(Sharding.NONE);
        MemoryParts parts = of(whole.optimizer(Optimizer.ADAMW_ONE_BY_ONE));

        assertThat(parts.temporary()).isZero();
        assertThat(parts.optimizerStates())
                .isEqualTo(of(whole.optimizer(Optimizer.ADAMW)).optimizerStates());
    }

    /** Weights, gradients, two moments and the step's temporary, four bytes each: what Llama 3 8B was measured to hold on each of two GPUs. */
    @Test
    void holdsNothingPutTogetherInTheStep() {
        MemoryParts parts = of(setup(Framework.HUGGING_FACE, Method.FULL, Parallelism.data(2, Sharding.FSDP))
                .optimizer(Optimizer.ADAMW)
                .accumulation(1)
                .checkpointing(Checkpointing.FULL)
                .loss(Loss.FUSED));

        assertThat(parts.buffers()).isZero();
        assertThat(parts.allocated())
                .isCloseTo(
                        (4 + 4 + 8 + 4) * (LAYERS + EDGES) / 2 + MemoryCoefficient.WORKSPACE.centre() * (1L << 30),
                        within(1.0));
    }

    /** Norms work in single precision, and each of five products casts a copy of the normed stream; all else is in half. */
    @Test
    void keepsTheStreamInSinglePrecisionUnderMixedPrecision() {
        double ofAToken = (16 + 2 * 5) * 4096.0 + 8 * 14336 + 4 * (4096 + 1024);

        assertThat(of(setup(Framework.HUGGING_FACE, Method.FULL, ONE)).activations())
                .as("beside the copies of weights")
                .isCloseTo(TOKENS * 32 * ofAToken + 2 * LAYERS, within(1.0));
    }

    /** Of a layer stay both ends of the stream, its normed copies, what attention and what products read; the stream in single precision. */
    @Test
    void keepsWhatProductsReadWhereLayersAreCompiled() {
        double inHalf = 8 * 4096.0 + 6 * 14336 + 4 * (4096 + 1024);
        TrainingSetup.Builder mixed =
                setup(Framework.HUGGING_FACE, Method.FULL, ONE).isCompiled(true);
        TrainingSetup.Builder half =
                setup(Framework.HUGGING_FACE, Method.FULL, ONE).isCompiled(true).weights(Weights.HALF);

        assertThat(of(half).activations()).isCloseTo(TOKENS * 32 * inHalf, within(1.0));
        assertThat(of(mixed).activations())
                .as("beside the copies of weights")
                .isCloseTo(TOKENS * 32 * (inHalf + 2 * 4096.0) + 2 * LAYERS, within(1.0));
    }

    @Test
    void keepsInTf32WhatItKeepsInSinglePrecision() {
        TrainingSetup.Builder single = single(Method.FULL, ONE).weights(Weights.FP32);

        assertThat(of(single.arithmetic(Arithmetic.TF32))).isEqualTo(of(single.arithmetic(Arithmetic.FP32)));
    }

    /** A loss that writes no logits leaves the layers as they are. */
    @Test
    void keepsLessWhereLayersAreLeanNotWhereTheLossAloneIsFused() {
        TrainingSetup.Builder stock =
                setup(Framework.HUGGING_FACE, Method.FULL, ONE).weights(Weights.HALF);
        double all = 16 * 4096.0 + 8 * 14336 + 4 * (4096 + 1024);
        double lean = 0.6 * 16 * 4096 + 0.75 * 8 * 14336 + 4 * (4096 + 1024);

        assertThat(of(stock.loss(Loss.FUSED)).activations()).isCloseTo(TOKENS * 32 * all, within(1.0));
        assertThat(of(stock.hasLeanLayers(true)).activations()).isCloseTo(TOKENS * 32 * lean, within(1.0));
    }

    /** Kernels fused by hand keep what lean layers keep, not what torch.compile's partitioner chooses. */
    @Test
    void keepsLessWhereKernelsAreFusedByHand() {
        double ofAToken = 0.6 * 16 * 4096 + 0.75 * 8 * 14336 + 4 * (4096 + 1024);

        assertThat(of(setup(Framework.HUGGING_FACE, Method.FULL, ONE)
                                .hasFusedKernels(true)
                                .weights(Weights.HALF))
                        .activations())
                .isCloseTo(TOKENS * 32 * ofAToken, within(1.0));
    }

    /** GELU by tanh as transformers writes it out: the tanh and two factors, in single precision under autocast; one kernel keeps none of them. */
    @ParameterizedTest
    @CsvSource({
        "HUGGING_FACE, FP32, FP32, false, 12",
        "HUGGING_FACE, HALF, BF16, false, 6",
        "HUGGING_FACE, FP32, BF16, false, 12",
        "DEEPSPEED, HALF, FP16, false, 6",
        "HUGGING_FACE, HALF, BF16, true, 0",
        "LITGPT, HALF, BF16, false, 0",
        "OTHER, HALF, BF16, false, 0"
    })
    void keepsWhatNewGeluWritesOut(
            Framework framework, Weights weights, Arithmetic arithmetic, boolean isCompiled, double ofAToken) {
        TrainingSetup setup = setup(framework, Method.FULL, ONE)
                .weights(weights)
                .arithmetic(arithmetic)
                .isCompiled(isCompiled)
                .build();

        double written = of(gpt2(true), setup).activations();
        double inOneKernel = of(gpt2(false), setup).activations();

        assertThat(written - inOneKernel).isCloseTo(TOKENS * 12 * 3072 * ofAToken, within(1.0));
    }

    /** GPT-2's 124 million of the 500 from which on there is all of it; a tenth at least. */
    @Test
    void takesLessWorkSpaceForSmallModels() {
        double whole = MemoryCoefficient.WORKSPACE.centre() * (1L << 30);
        TrainingSetup setup = setup(Method.FULL, ONE).build();
        Architecture gpt2 = gpt2(false);

        assertThat(of(SampleSetup.LLAMA_8B, setup).workspace()).isEqualTo(whole);
        assertThat(of(gpt2, setup).workspace() / whole).isCloseTo(gpt2.parameters() / 5e8, within(1e-9));
        assertThat(of(tiny(), setup).workspace() / whole).isCloseTo(0.1, within(1e-9));
    }

    /**
     * In two bytes each: of 12 heads a token's scores against 512 relative positions, twice, and its part of a row's three copies of those, as wide
     * as a token. Its scores against other tokens are BERT's where it writes them out, whatever a run is told to compute attention by.
     */
    @Test
    void keepsScoresAndPositionsOfDisentangledAttention() {
        TrainingSetup.Builder fused = setup(Framework.HUGGING_FACE, Method.FULL, ONE)
                .weights(Weights.HALF)
                .longestTokens(512)
                .capTokens(512);
        double more =
                of(SampleSetup.encoder(true), fused.attention(Attention.FUSED).build())
                                .activations()
                        - of(
                                        SampleSetup.encoder(false),
                                        fused.attention(Attention.EAGER).build())
                                .activations();
        double tokens = 2 * 512;

        assertThat(more / tokens / 12 / MemoryCoefficient.ACTIVATIONS.centre())
                .isCloseTo(2 * (2 * 12 * 512 + 3 * 768), within(1.0));
    }

    private static Architecture tiny() {
        return new Architecture(
                Architecture.Kind.DECODER, 6, 256, 1024, 4, 4, 64, 4002, false, false, false, true, null, null, false);
    }

    private static Architecture gpt2(boolean hasNewGelu) {
        return new Architecture(
                Architecture.Kind.DECODER,
                12,
                768,
                3072,
                12,
                12,
                64,
                50_257,
                false,
                hasNewGelu,
                false,
                true,
                null,
                null,
                false);
    }

    /** Tokens of the source pass the encoder alone, those of the target the decoder: of T0 3B's 48 layers, each token 24. */
    @Test
    void keepsOfATokenWhatHalfTheLayersOfAnEncoderWithADecoderKeep() {
        TrainingSetup setup = setup(Framework.HUGGING_FACE, Method.FULL, ONE)
                .weights(Weights.HALF)
                .build();

        assertThat(of(t5(Architecture.Kind.ENCODER_DECODER), setup).activations())
                .isCloseTo(of(t5(Architecture.Kind.DECODER), setup).activations() / 2, within(1.0));
    }

    private static Architecture t5(Architecture.Kind kind) {
        return new Architecture(kind, 48, 2048, 5120, 32, 32, 64, 32_128, true, true, false, false, null, null, false);
    }

    @Test
    void keepsNothingWhereAHeadAloneIsTrained() {
        MemoryParts parts = of(setup(Method.HEAD, ONE).trainableParameters(1000.0));

        assertThat(parts.weights()).isCloseTo(2 * (LAYERS + EDGES), within(1.0));
        assertThat(parts.adapter()).isCloseTo(TRAINED * 1000, within(1.0));
        assertThat(parts.activations())
                .as("but for the layer that works")
                .isLessThan(parts(Method.PROMPT, ONE).activations() / 32);
    }

    /** Megatron holds adapters in half precision, and their gradients in single. */
    @Test
    void leavesStatesOfAdaptersOutThatLieInTheHostsMemory() {
        TrainingSetup.Builder offloaded =
                setup(Framework.MEGATRON, Method.LORA, ONE).offloadsOptimizer(true);

        assertThat(of(offloaded).adapter()).isCloseTo((2 + 4) * ADAPTERS, within(1.0));
        assertThat(of(setup(Framework.MEGATRON, Method.LORA, ONE)).adapter())
                .isCloseTo((2 + 4 + 4 + 8) * ADAPTERS, within(1.0));
    }

    /** torchtune's model hands all chunks over: two bytes of each logit, four of its softmax's logarithm and of one chunk in eight a copy. */
    @Test
    void keepsTheLogitsOfAllChunksWhereTheModelHandsThemOver() {
        TrainingSetup.Builder setup =
                setup(Framework.TORCHTUNE, Method.LORA, ONE).checkpointing(Checkpointing.FULL);
        double chunked = MemoryCoefficient.LOGITS_CHUNKED.centre();

        assertThat(of(setup).logits()).isCloseTo(TOKENS * 128_256 * (2 + 4 + 0.5), within(1.0));
        assertThat(of(setup.isCompiled(true)).logits())
                .as("compiled, the softmax is computed again")
                .isCloseTo(TOKENS * 128_256 * 0.6 * chunked, within(1.0));
    }

    /** Transformers' plan of tensor parallelism gathers the head's output on each GPU, and shares no norms out. */
    @Test
    void leavesLogitsWholeWhereTensorParallelismSharesMatricesAlone() {
        Parallelism four = new Parallelism(4, Sharding.NONE, 4, 1, 1, 1);
        MemoryParts plain = of(setup(Framework.HUGGING_FACE, Method.LORA, four).checkpointing(Checkpointing.FULL));
        MemoryParts megatron = of(setup(Framework.MEGATRON, Method.LORA, four)
                .checkpointing(Checkpointing.FULL)
                .sharesStream(true));
        double chunked = TOKENS * 128_256 * MemoryCoefficient.LOGITS_CHUNKED.centre();

        assertThat(plain.logits()).isCloseTo(chunked, within(1.0));
        assertThat(plain.activations()).isCloseTo(TOKENS * 32 * 2 * 4096.0, within(1.0));
        assertThat(megatron.logits()).isCloseTo(0.6 * chunked / 4, within(1.0));
        assertThat(megatron.activations()).isCloseTo(TOKENS * 32 * 2 * 4096.0 / 4, within(1.0));
    }

    /** Of a layer without sequence parallelism what it adds to and reads, 16 C a token by kernels that keep 0.6 of it, is whole on each of four GPUs. */
    @Test
    void keepsTheStreamWholeWhereTensorParallelismSharesMatricesAlone() {
        Parallelism four = new Parallelism(4, Sharding.NONE, 4, 1, 1, 1);
        TrainingSetup.Builder megatron =
                setup(Framework.MEGATRON, Method.FULL, four).weights(Weights.HALF);
        double stream = 0.6 * 16 * 4096;
        double within = 0.75 * 8 * 14336 + 4 * (4096 + 1024);

        assertThat(of(megatron.sharesStream(false)).activations())
                .isCloseTo(TOKENS * 32 * (stream + within / 4), within(1.0));
        assertThat(of(megatron.sharesStream(true)).activations())
                .isCloseTo(TOKENS * 32 * (stream + within) / 4, within(1.0));
    }

    /** What PEFT prepared for k-bit training has embedding and head in single precision, whatever packs the layers. */
    @Test
    void holdsFourBytesOfWhatIsNotPackedWhereItWasPreparedForKBitTraining() {
        TrainingSetup.Builder packed =
                setup(Framework.HUGGING_FACE, Method.QLORA, ONE).weights(Weights.INT4);

        assertThat(of(packed.hasSinglePrecisionEdges(true)).weights()
                        - of(packed.hasSinglePrecisionEdges(false)).weights())
                .isCloseTo(2 * EDGES, within(1.0));
    }

    private static MemoryParts parts(Method method, Parallelism parallelism) {
        return of(setup(method, parallelism));
    }

    private static MemoryParts of(TrainingSetup.Builder setup) {
        return of(SampleSetup.LLAMA_8B, setup.build());
    }

    private static MemoryParts of(Architecture model, TrainingSetup setup) {
        Assumed run = new Unknowns(model, setup).draw(new SplittableRandom(1));
        return MemoryFormula.of(model, run, Coefficients.centres(MemoryCoefficient.values()));
    }

    /** In single precision throughout, but for packed weights. */
    private static TrainingSetup.Builder single(Method method, Parallelism parallelism) {
        return setup(method, parallelism).arithmetic(Arithmetic.FP32);
    }

    private static TrainingSetup.Builder setup(Method method, Parallelism parallelism) {
        return setup(Framework.FINETUNE4J_GPU, method, parallelism);
    }

    private static TrainingSetup.Builder setup(Framework framework, Method method, Parallelism parallelism) {
        Weights weights = switch (method) {
            case FULL -> Weights.FP32;
            case QLORA -> Weights.NF4_DOUBLE;
            default -> Weights.HALF;
        };
        return SampleSetup.of(framework, method, parallelism)
                .weights(weights)
                .checkpointing(Checkpointing.NONE)
                .attention(Attention.FUSED)
                .loss(Loss.CHUNKED)
                .isCompiled(false);
    }
}
