package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a setup leaves open becomes a mixture over what frameworks do. The shares are judgement, informed by the frameworks'
 * defaults (Transformers, TRL, PEFT, torchtune, LitGPT, Unsloth, Megatron-Bridge as of 2026-11); they widen a range and are not
 * fitted.
 */
final class Unknowns {
    /** Above this many parameters people checkpoint, since activations would not fit. */
    private static final double LARGE_MODEL = 2e9;

    /** How often PEFT's prepare_model_for_kbit_training is called on what bitsandbytes packs, where nobody says it. */
    private static final double PREPARED = 0.5;

    /** At the 14 bytes each that whole logits take, all that the largest GPU of 2025 has: who trains on more tokens has not written them out. */
    private static final double MOST_LOGITS = 1e10;

    /** Times that the longest row of a data set has the tokens of the mean one: about the median of those in {@link DataSets}. */
    private static final double LONGEST_OF_MEAN = 5;

    private final Architecture architecture;
    private final TrainingSetup setup;

    Unknowns(Architecture architecture, TrainingSetup setup) {
        this.architecture = architecture;
        this.setup = setup;
    }

    /** One of the setups that may be meant. */
    Assumed draw(RandomGenerator random) {
        Framework framework = setup.framework();
        Arithmetic arithmetic = arithmetic(random);
        Weights weights = weights(random, arithmetic);
        Set<Projection> targets = targets(random);
        boolean isPacked =
                setup.isPacked() != null ? setup.isPacked() : setup.capTokens() == null || chance(random, 0.4);
        int cap = setup.capTokens() != null ? setup.capTokens() : (int) logNormal(random, 1024, 0.5);
        double longest = longest(random, isPacked, cap);
        return new Assumed(
                setup.method(),
                framework,
                trainable(random, targets),
                isAdapted() ? architecture.adapterInputs(targets) : 0,
                targets.stream().anyMatch(Projection::isFeedForward),
                dora(targets),
                setup.trainsEmbeddings(),
                weights,
                arithmetic,
                optimizer(random),
                setup.microBatch() != null ? setup.microBatch() : 1 << random.nextInt(4),
                accumulation(random),
                longest,
                mean(random, isPacked, cap, longest),
                isPacked,
                checkpointing(random),
                attention(random),
                loss(random, longest),
                setup.isCompiled() != null && setup.isCompiled(),
                setup.hasFusedKernels(),
                keepsLess(),
                setup.hasLeanLayers(),
                setup.hasTransformerEngine(),
                hasSinglePrecisionEdges(random, weights),
                unlikeness(random),
                logNormal(random, 1, 0.7), // 1 to 35 GiB over a hundred runs of one benchmark
                !isPacked || looksPastRows() || chance(random, 0.5),
                setup.offloadsOptimizer(),
                setup.offloadsWeights(),
                parallelism(random),
                sharesStream(random));
    }

    /** Code that is tuned of PyTorch's own parts (torchtitan) has what torch.compile fuses: without it, as much is kept as in stock code. */
    private boolean keepsLess() {
        boolean isEager = setup.framework() == Framework.TUNED && Boolean.FALSE.equals(setup.isCompiled());
        return setup.hasFusedKernels() || (setup.framework().has(FrameworkTrait.FUSED_KERNELS) && !isEager);
    }

    /** Whether what is packed is one text to attention: so are tokens that GPUs share, which are of rows too long for one. */
    private boolean looksPastRows() {
        return setup.framework() == Framework.TUNED || setup.parallelism().sequence() > 1;
    }

    /** finetune4j's own core takes the lengths once a step, which costs next to nothing. */
    private Dora dora(Set<Projection> targets) {
        boolean isByPeft = setup.hasDora() && isAdapted() && setup.framework() != Framework.FINETUNE4J;
        return isByPeft ? architecture.dora(targets) : Dora.NONE;
    }

    private boolean isAdapted() {
        return setup.method() == Method.LORA || setup.method() == Method.QLORA;
    }

    private Arithmetic arithmetic(RandomGenerator random) {
        if (setup.arithmetic() != null) {
            return setup.arithmetic();
        }
        if (architecture.kind() == Architecture.Kind.ENCODER) {
            return chance(random, 0.5) ? Arithmetic.FP32 : Arithmetic.FP16;
        }
        return Arithmetic.BF16;
    }

    /**
     * Hugging Face code loads in single precision unless told otherwise (before Transformers 5), DeepSpeed casts to half. With {@code fp16}
     * Transformers' Trainer scales the loss by {@code torch.amp.GradScaler}, which refuses gradients in half precision ("Attempting to
     * unscale FP16 gradients"): what it trains is in single precision, and products alone are in half.
     */
    private Weights weights(RandomGenerator random, Arithmetic arithmetic) {
        if (setup.weights() != null) {
            return setup.weights();
        }
        if (setup.method() == Method.QLORA) {
            return chance(random, 0.5) ? Weights.NF4 : Weights.NF4_DOUBLE;
        }
        boolean isScaled = arithmetic == Arithmetic.FP16
                && setup.method() == Method.FULL
                && setup.framework() == Framework.HUGGING_FACE;
        if (arithmetic.isSingle() || isScaled) {
            return Weights.FP32;
        }
        if (setup.framework() == Framework.TUNED) {
            return setup.method() == Method.FULL ? Weights.FP32 : Weights.HALF;
        }
        boolean mayBeMixed = setup.framework() == Framework.HUGGING_FACE || setup.framework() == Framework.OTHER;
        double mixed = !mayBeMixed
                ? 0
                : setup.method() != Method.FULL
                        ? 0.1
                        : setup.parallelism().isFsdp() || setup.framework() == Framework.OTHER ? 0.7 : 0.35;
        return chance(random, mixed) ? Weights.FP32 : Weights.HALF;
    }

    private Set<Projection> targets(RandomGenerator random) {
        if (!setup.targets().isEmpty() || !isAdapted()) {
            return setup.targets();
        }
        return chance(random, 0.6) ? EnumSet.allOf(Projection.class) : EnumSet.of(Projection.QUERY, Projection.VALUE);
    }

    private double trainable(RandomGenerator random, Set<Projection> targets) {
        if (setup.method() == Method.FULL) {
            return architecture.parameters();
        }
        if (setup.trainableParameters() != null) {
            return setup.trainableParameters();
        }
        if (setup.method() == Method.PROMPT) {
            return logNormal(random, 1e6, 1);
        }
        int rank = setup.rank() != null ? setup.rank() : 8 << random.nextInt(4);
        return rank * architecture.adapterParametersPerRank(targets);
    }

    private Optimizer optimizer(RandomGenerator random) {
        if (setup.optimizer() != null) {
            return setup.optimizer();
        }
        boolean isRecipe = setup.framework() == Framework.TORCHTUNE
                && setup.method() == Method.FULL
                && setup.parallelism().gpus() == 1;
        if (isRecipe) { // full_finetune_single_device of torchtune
            return chance(random, 0.7) ? Optimizer.PAGED_ADAMW_8BIT_IN_BACKWARD : Optimizer.ADAMW_FUSED;
        }
        boolean isOwn = setup.framework() == Framework.FINETUNE4J || setup.framework() == Framework.FINETUNE4J_GPU;
        return !isOwn && chance(random, 0.6) ? Optimizer.ADAMW : Optimizer.ADAMW_FUSED;
    }

    private int accumulation(RandomGenerator random) {
        return setup.accumulation() != null ? setup.accumulation() : 1 << random.nextInt(4);
    }

    /**
     * Who says how long rows may be has mostly some that are, or measures with made-up rows of that length; published sets of
     * instructions have rows up to about a thousand tokens.
     */
    private double longest(RandomGenerator random, boolean isPacked, int cap) {
        if (setup.longestTokens() != null) {
            return setup.longestTokens();
        }
        if (setup.meanTokens() != null && !isPacked) {
            double mean = setup.meanTokens() / RunLengths.padded(setup.microBatch() != null ? setup.microBatch() : 1);
            return Math.min(cap, mean * Math.max(1, logNormal(random, LONGEST_OF_MEAN, 0.6)));
        }
        if (architecture.kind() == Architecture.Kind.ENCODER) {
            return Math.min(cap, logNormal(random, 110, 0.6));
        }
        boolean isCapMet = isPacked || chance(random, capMet(cap));
        return isCapMet ? cap : Math.min(cap * (0.4 + 0.6 * random.nextDouble()), logNormal(random, 900, 0.6));
    }

    /** How often the longest row of a run is as long as rows may be: the less, the more of rows that is. */
    private static double capMet(int cap) {
        double doublings = Math.log(cap / 2048.0) / Math.log(2);
        return Math.max(0.2, Math.min(0.65, 0.65 - 0.13 * doublings));
    }

    private double mean(RandomGenerator random, boolean isPacked, int cap, double longest) {
        if (setup.meanTokens() != null) {
            return setup.meanTokens();
        }
        if (isPacked) {
            return cap;
        }
        return Math.min(longest, Math.max(16, longest * logNormal(random, 0.3, 0.5)));
    }

    private Checkpointing checkpointing(RandomGenerator random) {
        if (setup.checkpointing() != null) {
            return setup.checkpointing();
        }
        double usual = architecture.parameters() > LARGE_MODEL ? 0.7 : 0.1;
        // PEFT's preparation for few bits turns it on (use_gradient_checkpointing, true by default from 0.3 to 0.21)
        double share = mayBePrepared() ? PREPARED + (1 - PREPARED) * usual : usual;
        return switch (setup.framework()) {
            case UNSLOTH -> Checkpointing.FULL_OFFLOADED;
            case MEGATRON -> chance(random, 0.6) ? Checkpointing.SELECTIVE : Checkpointing.NONE;
            case LITGPT -> setup.parallelism().isFsdp() ? Checkpointing.FULL : Checkpointing.NONE;
            case FINETUNE4J -> Checkpointing.NONE;
            default -> chance(random, share) ? Checkpointing.FULL : Checkpointing.NONE;
        };
    }

    private Attention attention(RandomGenerator random) {
        if (architecture.hasDisentangledAttention()) {
            return Attention.EAGER;
        }
        if (setup.attention() != null) {
            return setup.attention();
        }
        return architecture.kind() == Architecture.Kind.DECODER || chance(random, 0.6)
                ? Attention.FUSED
                : Attention.EAGER;
    }

    private Loss loss(RandomGenerator random, double longest) {
        if (setup.loss() != null) {
            return setup.loss();
        }
        return switch (setup.framework()) {
            case UNSLOTH -> chance(random, 0.6) ? Loss.FUSED : Loss.CHUNKED;
            case TORCHTUNE -> chance(random, 0.8) ? Loss.CHUNKED : Loss.STOCK;
            case LITGPT -> Loss.CHUNKED;
            default -> haveRoom(logits(longest)) ? Loss.STOCK : chance(random, 0.5) ? Loss.FUSED : Loss.CHUNKED;
        };
    }

    private double logits(double longest) {
        double rows = setup.microBatch() != null ? setup.microBatch() : 1;
        Parallelism spread = setup.parallelism();
        return rows * longest * architecture.vocabulary() / spread.sequence() / spread.tensor();
    }

    private static boolean haveRoom(double logits) {
        return logits <= MOST_LOGITS;
    }

    /** PEFT's prepare_model_for_kbit_training casts what is not packed by bitsandbytes; newer TRL does without. */
    private boolean hasSinglePrecisionEdges(RandomGenerator random, Weights weights) {
        if (setup.hasSinglePrecisionEdges() != null) {
            return setup.hasSinglePrecisionEdges() && weights.isPacked();
        }
        boolean isByBitsandbytes = weights == Weights.NF4 || weights == Weights.NF4_DOUBLE || weights == Weights.INT8;
        return isByBitsandbytes && isByPeft() && chance(random, PREPARED);
    }

    private boolean mayBePrepared() {
        boolean isPackedByOthers = setup.weights() == Weights.INT4;
        boolean isDenied = Boolean.FALSE.equals(setup.hasSinglePrecisionEdges());
        return setup.method() == Method.QLORA && isByPeft() && !isPackedByOthers && !isDenied;
    }

    private boolean isByPeft() {
        return setup.framework() == Framework.HUGGING_FACE
                || setup.framework() == Framework.DEEPSPEED
                || setup.framework() == Framework.OTHER;
    }

    /** Megatron's distributed optimizer is an option that recipes set and scripts forget; DeepSpeed's stage is often not said. */
    private Parallelism parallelism(RandomGenerator random) {
        Parallelism said = setup.parallelism();
        List<Integer> counts = setup.gpuCounts();
        if (!counts.isEmpty()) {
            return on(said, counts.get(random.nextInt(counts.size())));
        }
        if (said.sharding() != Sharding.NONE) {
            return said;
        }
        List<Sharding> open = setup.shardings();
        if (!open.isEmpty()) {
            return sharded(said, open.get(random.nextInt(open.size())));
        }
        if (setup.framework() == Framework.MEGATRON && chance(random, 0.6)) {
            return sharded(said, Sharding.ZERO1);
        }
        if (setup.framework() == Framework.DEEPSPEED && said.gpus() > 1 && said.modelGpus() == 1) {
            return sharded(said, chance(random, 0.5) ? Sharding.ZERO3 : Sharding.ZERO2);
        }
        return said;
    }

    /** An option beside tensor parallelism, but where code is tuned; Transformers' plans share matrices alone. */
    private boolean sharesStream(RandomGenerator random) {
        if (setup.parallelism().tensor() == 1 || setup.framework().has(FrameworkTrait.WHOLE_STREAM)) {
            return false;
        }
        if (setup.sharesStream() != null) {
            return setup.sharesStream();
        }
        return setup.framework() == Framework.TUNED || chance(random, 0.5);
    }

    private static Parallelism on(Parallelism said, int gpus) {
        return new Parallelism(
                gpus,
                said.sharding(),
                said.tensor(),
                said.pipeline(),
                said.expert(),
                said.sequence(),
                said.shardDegree());
    }

    private static Parallelism sharded(Parallelism said, Sharding sharding) {
        return new Parallelism(
                said.gpus(),
                sharding,
                said.tensor(),
                said.pipeline(),
                said.expert(),
                said.sequence(),
                said.shardDegree());
    }

    /** Guessed shapes, and decoders whose sizes do not explain their weights: state-space layers, towers for pictures. */
    private double unlikeness(RandomGenerator random) {
        boolean isUnlike = architecture.isInterpolated() || architecture.isUnlikeItsSizes();
        return isUnlike ? logNormal(random, 1.2, 0.5) : 1;
    }

    private static boolean chance(RandomGenerator random, double share) {
        return random.nextDouble() < share;
    }

    private static double logNormal(RandomGenerator random, double median, double deviation) {
        return median * Math.exp(deviation * random.nextGaussian());
    }
}
