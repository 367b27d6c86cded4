package dev.finetune4j.engine.estimate;

import static dev.finetune4j.engine.estimate.FrameworkTrait.MASTER_WEIGHTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SINGLE_SUMS;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.ATTENTION;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.EFFICIENCY;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.EXPOSED;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.FP8;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.HALF_RATE_TOKENS;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.HOPPER;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.LAUNCH_STOCK;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.LAUNCH_TUNED;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.STEP;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.TRAFFIC_FUSED;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.TRAFFIC_STOCK;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.UNPACKING;
import static dev.finetune4j.engine.estimate.SpeedCoefficient.VOLTA;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;

/**
 * Seconds of a micro-step for a setup in which nothing is open: a roofline. Products of {@code 2 P} operations a token and pass
 * run at the measured matmul rate, everything else at the bandwidth of memory; the host's launching runs beside both.
 */
final class SpeedFormula {
    /** Rows in a pack are rarely longer. */
    private static final int LONGEST_OF_A_PACK = 4096;

    /** How often a score that is written out is written or read, in a pass. */
    private static final double SCORE_PASSES = 8;

    /** The same of three kinds that are gathered by relative positions, and on the way back added up where they came from; by one run, on an A100. */
    private static final double DISENTANGLED_PASSES = 45;

    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;
    /** Bytes a second and GPU between machines of Hopper's: 3.2 Tbit/s for eight, of which collectives reach 70 %, as of other links. */
    private static final double NETWORK = 0.7 * 50 * GIGA;
    /** Grace-Blackwell racks join 72 GPUs by NVLink. */
    private static final int GPUS_OF_A_RACK = 72;

    /** What code that is not NVIDIA's own has of the gain of eight-bit products: it casts and scales in kernels of its own. Judgement. */
    private static final double OTHERS_FP8 = 0.35;

    /** Numbers that a step of AdamW in one kernel reads and writes for a weight. */
    private static final double STEP_FUSED = 7;

    /** The same in operations on lists of tensors (mul, lerp, mul, addcmul, sqrt, div, add, addcdiv), as PyTorch's {@code _multi_tensor_adamw} has them. */
    private static final double STEP_IN_PARTS = 20;

    /** Bytes a second and GPU at which the host steps through states that lie there, in one kernel (DeepSpeedCPUAdam). Judgement. */
    private static final double HOST_BANDWIDTH = 20 * GIGA;

    /**
     * Memory traffic of what torch.compile fuses, against kernels fused by hand: it cuts at every product and norm. Counted on its kernels
     * of a layer of GPT-2 under mixed precision, 56 bytes a width and token going forward and 102 going back, where the formula has 88 for
     * both and hand-made kernels are fitted to 0.7 of that.
     */
    private static final double COMPILED_TRAFFIC = 2.5;

    /**
     * What torch.compile leaves of the host's work of stock code: fewer kernels, each still launched one by one unless a run asks for CUDA
     * graphs, the checks of its guards, and an optimizer that is not compiled. Judgement: rows of a few hundred tokens take it 2.5 to 5 ms a
     * layer and step.
     */
    private static final double COMPILED_LAUNCHES = 0.8;

    /**
     * What PyTorch's kernels reach of NVIDIA's own on Blackwell's parts for data centres, in its first two years: their tensor cores are
     * programmed in a new way, those of its cards as before. Judgement.
     */
    private static final double OTHERS_BLACKWELL = 0.65;

    /**
     * Kernels of a layer whose adapters train lengths apart, against one without adapters: some fifteen more for each matrix and forward pass than
     * the 1.5 of LoRA. Judgement.
     */
    private static final double DORA_LAUNCHES = 2;

    /**
     * Inner width of an expert at which its products reach half of the rate of a dense layer's: they are small, and each token is copied to
     * every expert that it passes and back. Judgement, by published runs of mixtures whose experts are 700 to 14,336 wide.
     */
    private static final double HALF_RATE_EXPERT = 700;

    /**
     * Milliseconds of the host for a pass over a layer of experts, beyond those of any layer: it sorts tokens by expert, and waits for the GPU to tell
     * how many each has. Judgement, by runs of 4,096 tokens a micro-batch in which it takes 10 to 19.
     */
    private static final double EXPERTS_LAUNCH = 9;

    /**
     * Width of a model at which its products reach half of the rate of very wide ones: what a product reads and writes grows with its width, its
     * operations with the square. Judgement, by published runs of models 512 to 2,048 wide, which were planned a fifth too fast without it.
     */
    private static final double HALF_RATE_WIDTH = 512;

    /** Width of most models that were measured, which the share of the rate that matrices reach is of. */
    private static final double USUAL_WIDTH = 4096;

    private final Architecture model;
    private final Assumed run;
    private final Gpu gpu;
    private final Coefficients coefficients;
    /** Forward passes over a layer that checkpointing repeats. */
    private final double again;
    /** 1 where gradients go back through the layers, else 0. */
    private final double back;

    private final double tokens;

    private SpeedFormula(Architecture model, Assumed run, Gpu gpu, Coefficients coefficients) {
        this.model = model;
        this.run = run;
        this.gpu = gpu;
        this.coefficients = coefficients;
        this.back = run.goesBack() ? 1 : 0;
        double repeated = run.isCheckpointed() ? 1 : run.checkpointing() == Checkpointing.SELECTIVE ? 0.15 : 0;
        this.again = back * repeated;
        this.tokens = run.stepTokens();
    }

    static SpeedParts of(Architecture model, Assumed run, Gpu gpu, Coefficients coefficients) {
        return new SpeedFormula(model, run, gpu, coefficients).parts();
    }

    private SpeedParts parts() {
        Parallelism spread = run.parallelism();
        // Layers on different GPUs work one after the other: all GPUs together are as fast as one.
        double shared = spread.sharding() == Sharding.LAYERS ? 1 : spread.modelGpus();
        double rate = rate();
        double products = operations() / (rate * shareOfWidth()) / shared;
        double attention = attentionOperations() * coefficients.get(ATTENTION) / (rate / fp8Gain()) / shared;
        double traffic = trafficBytes() / bandwidth() / shared;
        double bubble = 1 + (spread.pipeline() - 1) / (2.0 * run.accumulation());
        return new SpeedParts(
                products, attention, traffic, launching(), step(), communication(), bubble, tokens, spread.modelGpus());
    }

    /** Operations a second that large matrix products reach. */
    private double rate() {
        double rate;
        double efficiency = coefficients.get(EFFICIENCY);
        boolean isOld = !gpu.hasBfloat16() && gpu.fp16Tflops() != null;
        if (isTf32()) {
            rate = gpu.matmulTflops().orElse(100)
                    / 2
                    * efficiency; // as data sheets have it, whose dense rates of bf16 are twice those
        } else if (run.arithmetic().isSingle()) {
            rate = gpu.singleTflops();
        } else if (isOld && gpu.fp16Tflops() != null) {
            rate = gpu.fp16Tflops() * coefficients.get(VOLTA);
        } else {
            rate = gpu.matmulTflops().orElse(100) * efficiency;
        }
        if (gpu.isPowerCapped()) {
            rate *= 0.65; // held to 70 W, or to 500 W of Hopper's 700, they keep their boost clock for a moment only
        }
        if (gpu.isSinceHopper() && gpu.linkGbPerS() != null && gpu.linkGbPerS() >= 400) {
            rate *= coefficients.get(HOPPER);
        }
        if (gpu.isBlackwellPart() && !run.hasVendorKernels()) {
            rate *= OTHERS_BLACKWELL;
        }
        return rate * TERA * fp8Gain() * tokens / (tokens + shareOfTensorCores() * coefficients.get(HALF_RATE_TOKENS));
    }

    /** What products of the model's width reach, against those of the usual one. */
    private double shareOfWidth() {
        double half = shareOfTensorCores() * HALF_RATE_WIDTH;
        return (1 + half / USUAL_WIDTH) / (1 + half / model.hiddenSize());
    }

    /**
     * The rate of the cores that compute, against that of tensor cores: a product with few rows or columns is slow for what is read and written
     * beside it, and slower cores wait less for that.
     */
    private double shareOfTensorCores() {
        return run.arithmetic().isSingle() && !isTf32()
                ? Math.min(1, gpu.singleTflops() / gpu.matmulTflops().orElse(100))
                : 1;
    }

    private boolean isTf32() {
        return run.arithmetic() == Arithmetic.TF32 && gpu.hasTf32();
    }

    private double fp8Gain() {
        if (run.arithmetic() != Arithmetic.FP8) {
            return 1;
        }
        double gain = coefficients.get(FP8);
        return run.hasVendorKernels() && gpu.hasCuda() ? gain : 1 + OTHERS_FP8 * (gain - 1);
    }

    private double bandwidth() {
        return gpu.bandwidthGbPerS() * GIGA;
    }

    /**
     * Forward, gradient of the inputs, and for trained weights their gradient: 2 operations a weight and token each, those in experts as many as
     * they take the time of.
     */
    private double operations() {
        double trained = run.isFull() ? 1 : 0;
        double head = model.kind() == Architecture.Kind.ENCODER ? 0 : model.embeddingParameters();
        double headTrained = run.isFull() || run.trainsEmbeddings() ? 1 : 0;
        double linear = model.activeLinearParameters() + slownessOfExperts() * model.activeExpertParameters();
        double ofModel = 2 * (linear * (1 + back + again + trained) + head * (2 + headTrained)); // a token
        double passed = model.experts() == null
                ? 1
                : (model.experts().active() + model.experts().shared())
                        / (model.experts().count() + model.experts().shared());
        double ofAdapters = run.isFull() ? 0 : 6 * run.trainable() * passed;
        return tokens * (ofModel + ofAdapters);
    }

    /** By how much more products in experts take than in dense layers; 0 where there are none. */
    private double slownessOfExperts() {
        return model.experts() == null ? 0 : HALF_RATE_EXPERT / model.experts().feedForwardSize();
    }

    /** {@code 4 S H D} a token, layer and pass, half of it where the future is masked; 3.5 passes forward and back. */
    private double attentionOperations() {
        double seen = run.looksPastRows() ? run.meanTokens() : Math.min(run.meanTokens(), LONGEST_OF_A_PACK);
        boolean isHalf = run.attention() == Attention.FUSED && model.kind() == Architecture.Kind.DECODER;
        double passes = 1 + Architecture.ATTENTION_BACK * back + again;
        return model.attentionOperations(seen) * tokens * (isHalf ? 0.5 : 1) * passes;
    }

    private double trafficBytes() {
        double passes = passes();
        boolean isFusedLoss = run.loss() == Loss.FUSED;
        double waste = run.isTuned() || run.hasVendorKernels()
                ? coefficients.get(TRAFFIC_FUSED)
                : coefficients.get(TRAFFIC_STOCK);
        if (isFusedByCompiler()) {
            waste *= COMPILED_TRAFFIC;
        }
        if (run.isLean()) {
            waste *= 0.7;
        }
        double size = run.arithmetic().isSingle() ? 4 : 2;
        double ofAdapters = 8 * run.adapterInputs() + 2 * run.dora().keptBytes(); // there and back
        double layer = size * (20.0 * model.hiddenSize() + 6 * model.activeFeedForwardSize()) + ofAdapters;
        if (run.attention() == Attention.EAGER) {
            double ofScore = model.hasDisentangledAttention() ? DISENTANGLED_PASSES : SCORE_PASSES;
            layer += size * model.heads() * run.meanTokens() * ofScore;
        }
        double logits =
                model.kind() == Architecture.Kind.ENCODER ? 0 : 8.0 * model.vocabulary() * (isFusedLoss ? 0.4 : 1);
        double elements = waste * tokens * (model.passedLayers() * layer * passes + logits);
        double weights = model.linearParameters();
        double reading = run.isPackedWeights()
                ? coefficients.get(UNPACKING) * weights * (2 + again) * 4.5
                : 2 * weights * 3 * passes;
        return elements + reading + doraBytes();
    }

    private double doraBytes() {
        Dora dora = run.dora();
        double unpacked = run.isPackedWeights() ? coefficients.get(UNPACKING) * 4.5 * dora.weights() : 0;
        return model.layers() * (1 + again) * (dora.movedBytes() + unpacked);
    }

    /** Passes over a layer, of which one back is worth two, as parts of one forward and back. */
    private double passes() {
        return (1 + 2 * back + again) / 3;
    }

    /** Whether kernels are fused by torch.compile alone. */
    private boolean isFusedByCompiler() {
        return run.isCompiled() && !run.isFusedByHand() && !run.hasVendorKernels();
    }

    private double launching() {
        double milliseconds = isFusedByCompiler()
                ? COMPILED_LAUNCHES * coefficients.get(LAUNCH_STOCK)
                : coefficients.get(run.isTuned() ? LAUNCH_TUNED : LAUNCH_STOCK);
        Sharding sharding = run.parallelism().sharding();
        boolean hasAdapters = !run.isFull() && run.goesBack();
        boolean hasDora = run.dora().weights() > 0;
        double more = (hasAdapters ? hasDora ? DORA_LAUNCHES : 1.5 : 1)
                * (run.isPackedWeights() ? 1.3 : 1)
                * (sharding == Sharding.ZERO3 ? 2.5 : run.parallelism().isFsdp() && !run.isTuned() ? 1.5 : 1);
        double ofLayers = milliseconds * model.layers() * more + EXPERTS_LAUNCH * model.expertLayers();
        return ofLayers / 1000 * passes() / run.parallelism().pipeline();
    }

    /** AdamW reads and writes weight, gradient and both moments, where these lie. */
    private double step() {
        if (!run.isFull()) {
            return coefficients.get(STEP) * 24 * run.trainable() / bandwidth() / run.accumulation();
        }
        Parallelism spread = run.parallelism();
        double weights = model.parameters() / spread.optimizerShards() / spread.modelGpus();
        double each = run.offloadsOptimizer()
                ? stepWidth() * STEP_FUSED / HOST_BANDWIDTH
                : coefficients.get(STEP) * stepWidth() * stepNumbers() / bandwidth();
        return each * weights / run.accumulation();
    }

    /** What of a tensor lies with the others, of so many GPUs that share it: what each has to receive, in gathering as in adding up. */
    private static double others(int gpus) {
        return (gpus - 1.0) / gpus;
    }

    /** Bytes a second and GPU between machines: half as many for Ampere's, a quarter before, as NVIDIA's own had them. */
    private double network() {
        return gpu.isSinceHopper() ? NETWORK : gpu.hasBfloat16() ? NETWORK / 2 : NETWORK / 4;
    }

    /** GPUs that a link joins, or could. */
    private int gpusOfAMachine() {
        return gpu.name().startsWith("GB") ? GPUS_OF_A_RACK : Parallelism.GPUS_OF_A_MACHINE;
    }

    /**
     * Bytes a second and GPU in an exchange among so many GPUs in a row: over the link that joins them, or between machines over as many
     * ports as bring the same.
     */
    private double among(int gpus, int ports) {
        int machine = gpusOfAMachine();
        double inside = gpu.peerBytesPerSecond(Math.min(gpus, machine));
        return gpus > machine ? Math.min(inside, ports * network()) : inside;
    }

    /**
     * Numbers of a weight: it and both moments are read and written, its gradient is read. PyTorch's AdamW, unless its kernel is asked for ({@code
     * fused=True}), goes through them in eight operations, on lists of tensors or on one after another, which read and write what lies between as well.
     */
    private double stepNumbers() {
        boolean isInParts = (run.optimizer() == Optimizer.ADAMW || run.optimizer() == Optimizer.ADAMW_ONE_BY_ONE)
                && !run.has(MASTER_WEIGHTS);
        return isInParts ? STEP_IN_PARTS : STEP_FUSED;
    }

    /** Bytes of each of them. */
    private double stepWidth() {
        return run.weights() == Weights.FP32 || run.has(MASTER_WEIGHTS) ? 4 : 2;
    }

    private double communication() {
        Parallelism spread = run.parallelism();
        double packed = run.isPackedWeights() ? 0.3 : 1;
        double swap = run.offloadsWeights()
                ? 2
                        * packed
                        * model.linearParameters()
                        * (2 + again)
                        / gpu.hostBytesPerSecond()
                        / spread.tensor()
                        / spread.weightShards() // each GPU brings its share, and has the others' over their link
                : 0;
        if (spread.gpus() == 1) {
            return swap;
        }
        // Each GPU has a port of its own, by which replicas beside each other bring in turns what all of them need.
        int beside = Math.max(1, gpusOfAMachine() / spread.tensor());
        double width = run.arithmetic().isSingle() ? 4 : 2;
        double summed = run.has(SINGLE_SUMS) && run.isFull() ? 4 : width;
        double seconds = 0;
        if (spread.weightShards() > 1) {
            double weights = model.linearParameters() + model.embeddingParameters();
            double gathers = spread.sharding() == Sharding.FSDP_GRADIENTS ? 1 : 1 + back;
            double ofAWeight = width * packed * gathers + (run.isFull() ? summed : 0);
            seconds += others(spread.weightShards())
                    * ofAWeight
                    * weights
                    / spread.tensor()
                    / among(spread.weightShards() * spread.modelGpus(), beside);
            if (spread.replicas()
                    > spread.weightShards()) { // each GPU adds its share of the gradients up with the copies
                double share = run.trainable() / spread.modelGpus() / spread.weightShards();
                seconds += 2
                        * others(spread.replicas() / spread.weightShards())
                        * summed
                        * share
                        / among(spread.gpus(), 1);
            }
        } else if (spread.replicas() > 1) {
            double gradient = run.isMixed() ? 4 : width; // as wide as the weights
            seconds += 2
                    * others(spread.replicas())
                    * gradient
                    * run.trainable()
                    / spread.modelGpus()
                    / among(spread.gpus(), beside)
                    / run.accumulation();
        }
        double activations = 4.0 * model.passedLayers() * tokens * model.hiddenSize() * 2;
        if (spread.tensor() > 1) {
            // Sums on all GPUs, two a layer on the way forward and two back: added up in shares, and gathered.
            double sent = 2 * others(spread.tensor()) * activations * (1 + again / 2);
            seconds += sent / among(spread.tensor(), gpusOfAMachine()) / spread.pipeline();
        }
        if (spread.expert() > 1 && model.experts() != null) {
            double rate = among(spread.expert() * spread.tensor(), 1);
            seconds += activations * model.experts().active() / rate / spread.pipeline() / 2;
        }
        return swap + coefficients.get(EXPOSED) * seconds;
    }
}
