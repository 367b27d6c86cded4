package dev.finetune4j.engine.estimate;

import static dev.finetune4j.engine.estimate.FrameworkTrait.BUFFERED_STATES;
import static dev.finetune4j.engine.estimate.FrameworkTrait.EVERY_OTHER_PRODUCT;
import static dev.finetune4j.engine.estimate.FrameworkTrait.FUSED_KERNELS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.HALF_ADAPTERS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.HALF_ADAPTER_INPUTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.HALF_GRADIENTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.KEPT_CHUNKS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.LASTING_GRADIENTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.LEAN_LAYERS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.MASTER_WEIGHTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.NO_ADAPTER_INPUTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.NO_BUCKETS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.OWN_UNPACKING;
import static dev.finetune4j.engine.estimate.FrameworkTrait.PACKED_HEAD;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SINGLE_GRADIENTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SINGLE_SUMS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SUMMED_COPIES;
import static dev.finetune4j.engine.estimate.FrameworkTrait.TRANSFORMERS_ACTIVATIONS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.TRANSFORMERS_LAYERS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.UNTIED_HEAD;
import static dev.finetune4j.engine.estimate.FrameworkTrait.VENDOR_KERNELS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_ADAPTERS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_FROZEN_EDGES;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_LOADING;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_STREAM;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WIDTH_OF_PRODUCTS;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.value.Checks;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a model is trained, as far as that moves memory or speed. What is not known is null: the estimate then ranges over what
 * the framework usually does.
 *
 * @param method what is trained
 * @param framework whose code trains
 * @param rank rank of the adapters; null where there are none or it is not known
 * @param targets what the adapters are put on; empty where there are none or it is not known
 * @param hasDora whether adapters train the lengths of rows apart (DoRA)
 * @param trainsEmbeddings whether embedding and head are trained whole beside adapters
 * @param trainableParameters trained weights as printed; null to count them from rank and targets
 * @param weights how the weights of the model are stored
 * @param arithmetic in which precision matrices are multiplied
 * @param optimizer the optimizer and its states
 * @param microBatch rows of a step on one GPU, B
 * @param accumulation micro-steps of an optimizer step
 * @param longestTokens tokens of the longest row that a step meets, padding included; it sets the peak of memory
 * @param meanTokens tokens of the mean row as computed, padding included; it sets the time
 * @param capTokens where rows are cut; the estimate ranges below it where the lengths are not known
 * @param isPacked whether rows are joined until they fill {@code capTokens}
 * @param checkpointing which activations are computed again instead of kept
 * @param attention how attention is computed
 * @param loss how logits and loss are computed
 * @param isCompiled whether torch.compile compiles the layers
 * @param hasFusedKernels whether norms, activation functions and rotations run as kernels fused by hand, beyond those of the framework
 * @param hasLeanLayers whether layers are patched to keep less for the backward pass and to move less, as Liger's norms, activation functions
 *     and rotations do in stock code; beyond those of the framework
 * @param hasTransformerEngine whether layers are NVIDIA's own, of Transformer Engine, beyond those of the framework
 * @param hasSinglePrecisionEdges whether embedding, head and norms are in single precision although the layers are packed, as PEFT's
 *     preparation for k-bit training leaves them
 * @param offloadsOptimizer whether the optimizer's states lie in the host's memory
 * @param offloadsWeights whether the weights lie in the host's memory
 * @param parallelism how the run is spread over GPUs
 * @param sharesStream whether GPUs that share each matrix share out what flows between layers, too (sequence parallelism, arXiv:2205.05198);
 *     null where it is not known
 * @param shardings what its replicas may share out where nobody says, one as likely as another; empty where {@code parallelism} says it
 * @param gpuCounts how many GPUs there may be where nobody says, one as likely as another; empty where {@code parallelism} says it
 */
public record TrainingSetup(
        Method method,
        Framework framework,
        @Nullable Integer rank,
        Set<Projection> targets,
        boolean hasDora,
        boolean trainsEmbeddings,
        @Nullable Double trainableParameters,
        @Nullable Weights weights,
        @Nullable Arithmetic arithmetic,
        @Nullable Optimizer optimizer,
        @Nullable Integer microBatch,
        @Nullable Integer accumulation,
        @Nullable Integer longestTokens,
        @Nullable Double meanTokens,
        @Nullable Integer capTokens,
        @Nullable Boolean isPacked,
        @Nullable Checkpointing checkpointing,
        @Nullable Attention attention,
        @Nullable Loss loss,
        @Nullable Boolean isCompiled,
        boolean hasFusedKernels,
        boolean hasLeanLayers,
        boolean hasTransformerEngine,
        @Nullable Boolean hasSinglePrecisionEdges,
        boolean offloadsOptimizer,
        boolean offloadsWeights,
        Parallelism parallelism,
        @Nullable Boolean sharesStream,
        List<Sharding> shardings,
        List<Integer> gpuCounts) {
    /** What is trained. */
    public enum Method {
        /** Every weight. */
        FULL,
        /** Low-rank adapters beside weights in 16 or 32 bit. */
        LORA,
        /** Low-rank adapters beside packed weights. */
        QLORA,
        /** A few vectors in front of or inside the layers. */
        PROMPT,
        /** A classification head on frozen layers, below which nothing goes back. */
        HEAD
    }

    /** Whose code trains. */
    public enum Framework {
        /** Our own local core. */
        FINETUNE4J(HALF_ADAPTER_INPUTS),
        /** Our own engine for GPUs, on transformers and PEFT. */
        FINETUNE4J_GPU(
                TRANSFORMERS_LAYERS,
                TRANSFORMERS_ACTIVATIONS,
                WHOLE_FROZEN_EDGES,
                WHOLE_ADAPTERS,
                WIDTH_OF_PRODUCTS,
                OWN_UNPACKING,
                NO_BUCKETS,
                SUMMED_COPIES,
                SINGLE_SUMS),
        /** Hugging Face Trainer, TRL, PEFT, accelerate, and what is built on them unpatched. */
        HUGGING_FACE(TRANSFORMERS_LAYERS, TRANSFORMERS_ACTIVATIONS, WHOLE_STREAM),
        /** Hugging Face under DeepSpeed, which keeps weights and moments in single precision. */
        DEEPSPEED(
                TRANSFORMERS_LAYERS,
                TRANSFORMERS_ACTIVATIONS,
                HALF_GRADIENTS,
                LASTING_GRADIENTS,
                MASTER_WEIGHTS,
                BUFFERED_STATES),
        /** Unsloth's patched layers. */
        UNSLOTH(TRANSFORMERS_LAYERS, LEAN_LAYERS, OWN_UNPACKING, NO_ADAPTER_INPUTS),
        /** torchtune. */
        TORCHTUNE(OWN_UNPACKING, HALF_ADAPTERS, KEPT_CHUNKS, HALF_ADAPTER_INPUTS),
        /** LitGPT and Lit-LLaMA. */
        LITGPT(UNTIED_HEAD, PACKED_HEAD, WHOLE_LOADING, HALF_ADAPTERS, HALF_ADAPTER_INPUTS),
        /** Megatron-LM, NeMo, Megatron-Bridge, FlagScale. */
        MEGATRON(FUSED_KERNELS, VENDOR_KERNELS, NO_BUCKETS, SINGLE_GRADIENTS, MASTER_WEIGHTS, HALF_ADAPTER_INPUTS),
        /** Code tuned for pre-training: llm-foundry, torchtitan, NeMo AutoModel, MaxText. */
        TUNED(FUSED_KERNELS, EVERY_OTHER_PRODUCT, SINGLE_SUMS, HALF_ADAPTER_INPUTS),
        /** Not known. */
        OTHER(TRANSFORMERS_LAYERS);

        @SuppressWarnings("ImmutableEnumChecker") // nobody else has it
        private final Set<FrameworkTrait> traits = EnumSet.noneOf(FrameworkTrait.class);

        Framework(FrameworkTrait... traits) {
            this.traits.addAll(List.of(traits));
        }

        /** Whether it differs so from others. */
        boolean has(FrameworkTrait trait) {
            return traits.contains(trait);
        }
    }

    /** How weights are stored. */
    public enum Weights {
        /** Four bytes. */
        FP32(4),
        /** Two bytes, bfloat16 or half. */
        HALF(2),
        /** Eight bits, which are multiplied as they are (Transformer Engine's fp8 parameters). */
        FP8(1),
        /** Eight bits. */
        INT8(1.02),
        /** Four bits in blocks of 64 with a scale in single precision (bitsandbytes NF4, arXiv:2305.14314). */
        NF4(0.5 + 4.0 / 64),
        /** NF4 whose scales are quantised again. */
        NF4_DOUBLE(0.5 + 1.0 / 64 + 4.0 / (64 * 256)),
        /** Four bits in groups of 128 (GPTQ, AWQ, MXFP4). */
        INT4(0.5 + 2.5 / 128 + 0.01);

        private final double bytes;

        Weights(double bytes) {
            this.bytes = bytes;
        }

        /** Bytes of a weight, with its share of the scales. */
        public double bytes() {
            return bytes;
        }

        /** Whether weights are packed into fewer bits than they are multiplied in. */
        public boolean isPacked() {
            return this != FP32 && this != HALF && this != FP8;
        }
    }

    /** The precision of products. */
    public enum Arithmetic {
        /** Single precision. */
        FP32,
        /** Single precision whose products alone drop bits, for tensor cores (NVIDIA's since Ampere); on others the same as single. */
        TF32,
        /** Half precision. */
        FP16,
        /** bfloat16. */
        BF16,
        /** Eight bit with scales. */
        FP8;

        /** Whether what is multiplied has four bytes. */
        public boolean isSingle() {
            return this == FP32 || this == TF32;
        }
    }

    /** The optimizer, as far as memory and time see it. */
    public enum Optimizer {
        /** AdamW with a temporary copy of the weights in its step (PyTorch's foreach form). */
        ADAMW(false),
        /** AdamW that takes one weight after another, as PyTorch had it before its foreach form: no temporary of all of them. */
        ADAMW_ONE_BY_ONE(false),
        /** AdamW whose step needs no temporary. */
        ADAMW_FUSED(false),
        /** Moments in eight bit. */
        ADAMW_8BIT(false),
        /** Moments that can leave to the host. */
        PAGED_ADAMW(false),
        /** Both. */
        PAGED_ADAMW_8BIT(false),
        /** The step is taken inside the backward pass, so that gradients never lie side by side. */
        ADAMW_IN_BACKWARD(true),
        /** The same with moments in eight bit. */
        ADAMW_8BIT_IN_BACKWARD(true),
        /** The same where moments can leave to the host. */
        PAGED_ADAMW_IN_BACKWARD(true),
        /** Both. */
        PAGED_ADAMW_8BIT_IN_BACKWARD(true),
        /** One moment. */
        MOMENTUM(false),
        /** None or factored moments: SGD, Adafactor. */
        STATELESS(false),
        /** The same inside the backward pass: LOMO (Lv et al. 2023, https://arxiv.org/abs/2306.09782) and its like. */
        STATELESS_IN_BACKWARD(true);

        private final boolean isInBackward;

        Optimizer(boolean isInBackward) {
            this.isInBackward = isInBackward;
        }

        /** Whether each weight's step is taken as soon as its gradient is there. */
        public boolean isInBackward() {
            return isInBackward;
        }
    }

    /** Which activations are kept for the backward pass. */
    public enum Checkpointing {
        /** All. */
        NONE,
        /** All but attention's. */
        SELECTIVE,
        /** The input of each layer only (arXiv:1604.06174). */
        FULL,
        /** The inputs too lie in the host's memory. */
        FULL_OFFLOADED
    }

    /** How attention is computed. */
    public enum Attention {
        /** The scores of all pairs are written out. */
        EAGER,
        /** Flash attention and its kin, which never write them (arXiv:2205.14135). */
        FUSED
    }

    /** How logits and loss are computed. */
    public enum Loss {
        /** All logits at once, with a copy in single precision. */
        STOCK,
        /** All of them without one: the model's own code makes none, and no autocast does. */
        HALF,
        /** A part of the rows at a time. */
        CHUNKED,
        /** Never written out as a whole (Liger, Unsloth, cut cross-entropy), whatever the layers keep. */
        FUSED
    }

    /** Copies the targets; checks the numbers that are given. */
    public TrainingSetup {
        targets = Set.copyOf(targets);
        shardings = List.copyOf(shardings);
        gpuCounts = List.copyOf(gpuCounts);
        inRange("rank", rank, 1, 1 << 16);
        inRange("microBatch", microBatch, 1, 1 << 20);
        inRange("accumulation", accumulation, 1, 1 << 24);
        inRange("longestTokens", longestTokens, 1, 1 << 26);
        inRange("capTokens", capTokens, 1, 1 << 26);
        if (meanTokens != null) {
            Checks.inRange("meanTokens", meanTokens, 1.0, 1 << 26);
        }
    }

    private static void inRange(String name, @Nullable Integer value, int min, int max) {
        if (value != null) {
            Checks.inRange(name, value, min, max);
        }
    }

    /** A setup of which only method, framework and number of GPUs are known; {@link #edit} tells more. */
    public static TrainingSetup of(Method method, Framework framework, Parallelism parallelism) {
        return new Builder(method, framework, parallelism).build();
    }

    /** All that spares memory and costs no quality: products in half precision, of each layer its input kept; the builder tells more. */
    public static Builder frugal(Method method, Framework framework, Parallelism parallelism) {
        Weights unpacked = method == Method.FULL ? Weights.FP32 : Weights.HALF;
        return new Builder(method, framework, parallelism)
                .weights(method == Method.QLORA ? Weights.NF4_DOUBLE : unpacked)
                .arithmetic(Arithmetic.BF16)
                .optimizer(Optimizer.ADAMW_FUSED)
                .checkpointing(Checkpointing.FULL)
                .attention(Attention.FUSED)
                .loss(Loss.CHUNKED);
    }

    /** A builder that starts from this setup. */
    public Builder edit() {
        return new Builder(this);
    }

    /** Tells more about a setup. */
    public static final class Builder {
        private final Method method;
        private final Framework framework;
        private final Parallelism parallelism;
        private @Nullable Integer rank;
        private Set<Projection> targets = EnumSet.noneOf(Projection.class);
        private boolean hasDora;
        private boolean trainsEmbeddings;
        private @Nullable Double trainableParameters;
        private @Nullable Weights weights;
        private @Nullable Arithmetic arithmetic;
        private @Nullable Optimizer optimizer;
        private @Nullable Integer microBatch;
        private @Nullable Integer accumulation;
        private @Nullable Integer longestTokens;
        private @Nullable Double meanTokens;
        private @Nullable Integer capTokens;
        private @Nullable Boolean isPacked;
        private @Nullable Checkpointing checkpointing;
        private @Nullable Attention attention;
        private @Nullable Loss loss;
        private @Nullable Boolean isCompiled;
        private boolean hasFusedKernels;
        private boolean hasLeanLayers;
        private boolean hasTransformerEngine;
        private @Nullable Boolean hasSinglePrecisionEdges;
        private boolean offloadsOptimizer;
        private boolean offloadsWeights;
        private @Nullable Boolean sharesStream;
        private List<Sharding> shardings = List.of();
        private List<Integer> gpuCounts = List.of();

        private Builder(Method method, Framework framework, Parallelism parallelism) {
            this.method = method;
            this.framework = framework;
            this.parallelism = parallelism;
        }

        private Builder(TrainingSetup setup) {
            this(setup.method, setup.framework, setup.parallelism);
            rank = setup.rank;
            targets = setup.targets;
            hasDora = setup.hasDora;
            trainsEmbeddings = setup.trainsEmbeddings;
            trainableParameters = setup.trainableParameters;
            weights = setup.weights;
            arithmetic = setup.arithmetic;
            optimizer = setup.optimizer;
            microBatch = setup.microBatch;
            accumulation = setup.accumulation;
            longestTokens = setup.longestTokens;
            meanTokens = setup.meanTokens;
            capTokens = setup.capTokens;
            isPacked = setup.isPacked;
            checkpointing = setup.checkpointing;
            attention = setup.attention;
            loss = setup.loss;
            isCompiled = setup.isCompiled;
            hasFusedKernels = setup.hasFusedKernels;
            hasLeanLayers = setup.hasLeanLayers;
            hasTransformerEngine = setup.hasTransformerEngine;
            hasSinglePrecisionEdges = setup.hasSinglePrecisionEdges;
            offloadsOptimizer = setup.offloadsOptimizer;
            offloadsWeights = setup.offloadsWeights;
            sharesStream = setup.sharesStream;
            shardings = setup.shardings;
            gpuCounts = setup.gpuCounts;
        }

        /** The rank of the adapters. */
        public Builder rank(@Nullable Integer value) {
            rank = value;
            return this;
        }

        /** What the adapters are put on. */
        public Builder targets(Set<Projection> value) {
            targets = value;
            return this;
        }

        /** Whether adapters train the lengths of rows apart (DoRA). */
        public Builder hasDora(boolean value) {
            hasDora = value;
            return this;
        }

        /** Whether embedding and head are trained whole beside adapters. */
        public Builder trainsEmbeddings(boolean value) {
            trainsEmbeddings = value;
            return this;
        }

        /** The number of trained weights. */
        public Builder trainableParameters(@Nullable Double value) {
            trainableParameters = value;
            return this;
        }

        /** How the weights are stored. */
        public Builder weights(@Nullable Weights value) {
            weights = value;
            return this;
        }

        /** The precision of products. */
        public Builder arithmetic(@Nullable Arithmetic value) {
            arithmetic = value;
            return this;
        }

        /** The optimizer. */
        public Builder optimizer(@Nullable Optimizer value) {
            optimizer = value;
            return this;
        }

        /** Rows of a step on one GPU. */
        public Builder microBatch(@Nullable Integer value) {
            microBatch = value;
            return this;
        }

        /** Micro-steps of an optimizer step. */
        public Builder accumulation(@Nullable Integer value) {
            accumulation = value;
            return this;
        }

        /** Tokens of the longest row. */
        public Builder longestTokens(@Nullable Integer value) {
            longestTokens = value;
            return this;
        }

        /** Tokens of the mean row. */
        public Builder meanTokens(@Nullable Double value) {
            meanTokens = value;
            return this;
        }

        /** Where rows are cut. */
        public Builder capTokens(@Nullable Integer value) {
            capTokens = value;
            return this;
        }

        /** Whether rows are packed. */
        public Builder isPacked(@Nullable Boolean value) {
            isPacked = value;
            return this;
        }

        /** Which activations are computed again. */
        public Builder checkpointing(@Nullable Checkpointing value) {
            checkpointing = value;
            return this;
        }

        /** How attention is computed. */
        public Builder attention(@Nullable Attention value) {
            attention = value;
            return this;
        }

        /** How the loss is computed. */
        public Builder loss(@Nullable Loss value) {
            loss = value;
            return this;
        }

        /** Whether layers are compiled. */
        public Builder isCompiled(@Nullable Boolean value) {
            isCompiled = value;
            return this;
        }

        /** Whether kernels are fused by hand, beyond those of the framework. */
        public Builder hasFusedKernels(boolean value) {
            hasFusedKernels = value;
            return this;
        }

        /** Whether layers are patched to keep and move less, beyond those of the framework. */
        public Builder hasLeanLayers(boolean value) {
            hasLeanLayers = value;
            return this;
        }

        /** Whether layers are NVIDIA's own, beyond those of the framework. */
        public Builder hasTransformerEngine(boolean value) {
            hasTransformerEngine = value;
            return this;
        }

        /** Sets {@code hasSinglePrecisionEdges}; null where it is not known. */
        public Builder hasSinglePrecisionEdges(@Nullable Boolean value) {
            hasSinglePrecisionEdges = value;
            return this;
        }

        /** Whether the optimizer's states lie in the host's memory. */
        public Builder offloadsOptimizer(boolean value) {
            offloadsOptimizer = value;
            return this;
        }

        /** Whether the weights lie in the host's memory. */
        public Builder offloadsWeights(boolean value) {
            offloadsWeights = value;
            return this;
        }

        /** Sets {@code sharesStream}; null where it is not known. */
        public Builder sharesStream(@Nullable Boolean value) {
            sharesStream = value;
            return this;
        }

        /** What the replicas may share out where nobody says. */
        public Builder shardings(List<Sharding> value) {
            shardings = value;
            return this;
        }

        /** How many GPUs there may be where nobody says. */
        public Builder gpuCounts(List<Integer> value) {
            gpuCounts = value;
            return this;
        }

        /** The setup. */
        public TrainingSetup build() {
            return new TrainingSetup(
                    method,
                    framework,
                    rank,
                    targets,
                    hasDora,
                    trainsEmbeddings,
                    trainableParameters,
                    weights,
                    arithmetic,
                    optimizer,
                    microBatch,
                    accumulation,
                    longestTokens,
                    meanTokens,
                    capTokens,
                    isPacked,
                    checkpointing,
                    attention,
                    loss,
                    isCompiled,
                    hasFusedKernels,
                    hasLeanLayers,
                    hasTransformerEngine,
                    hasSinglePrecisionEdges,
                    offloadsOptimizer,
                    offloadsWeights,
                    parallelism,
                    sharesStream,
                    shardings,
                    gpuCounts);
        }
    }
}
