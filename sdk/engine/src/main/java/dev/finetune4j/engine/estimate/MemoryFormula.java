package dev.finetune4j.engine.estimate;

import static dev.finetune4j.engine.estimate.FrameworkTrait.BUFFERED_STATES;
import static dev.finetune4j.engine.estimate.FrameworkTrait.EVERY_OTHER_PRODUCT;
import static dev.finetune4j.engine.estimate.FrameworkTrait.HALF_ADAPTERS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.HALF_ADAPTER_INPUTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.HALF_GRADIENTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.KEPT_CHUNKS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.LASTING_GRADIENTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.MASTER_WEIGHTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.NO_ADAPTER_INPUTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.NO_BUCKETS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.OWN_UNPACKING;
import static dev.finetune4j.engine.estimate.FrameworkTrait.PACKED_HEAD;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SINGLE_GRADIENTS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SINGLE_SUMS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.SUMMED_COPIES;
import static dev.finetune4j.engine.estimate.FrameworkTrait.TRANSFORMERS_ACTIVATIONS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.UNTIED_HEAD;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_ADAPTERS;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_FROZEN_EDGES;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_LOADING;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WHOLE_STREAM;
import static dev.finetune4j.engine.estimate.FrameworkTrait.WIDTH_OF_PRODUCTS;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.ACTIVATIONS;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.DEEPSPEED_BUFFERS;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.GATHERED_LAYERS;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.LOGITS_CHUNKED;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.LOGITS_FUSED;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.LOGITS_STOCK;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.STEP_TEMPORARY;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.UNPACKED;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.WORK;
import static dev.finetune4j.engine.estimate.MemoryCoefficient.WORKSPACE;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;

/** Bytes on one GPU, part by part, for a setup in which nothing is open. */
final class MemoryFormula {
    /** Gradients that are added up over GPUs in one go, in a copy of them; those of a tensor that has more are, too. */
    private static final double SUMMED_AT_ONCE = 1 << 26;

    /** Gradients that ZeRO adds up over GPUs in one go (reduce_bucket_size of DeepSpeed). */
    private static final double REDUCED_AT_ONCE = 5e8;

    private static final double GIB = 1L << 30;
    /**
     * Parameters from which on a model has all of the work space, and the share that a tiny one has: beside what libraries take by themselves (cuBLAS 8 to
     * 32 MiB) there are temporaries as large as a matrix. Judgement, by published runs of 8 to 355 million.
     */
    private static final double WHOLE_WORKSPACE = 5e8;

    private static final double LEAST_WORKSPACE = 0.1;
    /** Bytes of a weight in half precision. */
    private static final double HALF = 2;
    /** Bytes of a weight in single precision. */
    private static final double SINGLE = 4;

    /** Weights that ZeRO-3 lets lie gathered (stage3_max_live_parameters). */
    private static final double LIVE_PARAMETERS = 1e9;

    /** What is left of a layer where every other product is kept and the rest computed again (torchtitan's selective "op"). */
    private static final double SELECTED_PRODUCTS = 0.3;
    /** The same where attention's inside alone is computed again (Megatron's selective recomputation, arXiv:2205.05198). */
    private static final double WITHOUT_SCORES = 0.75;
    /** Relative positions that DeBERTa tells apart, from v2 on. */
    private static final double RELATIVE_POSITIONS = 512;
    /**
     * What logits take that stay in half precision, of those with a copy in single: 2 bytes each for them, what is shifted of them, the logarithm of
     * softmax and its gradient, for 2 and three times 4.
     */
    private static final double HALF_LOGITS = 8.0 / 14;

    /**
     * What {@code gelu_new} keeps beside its input and output, in tensors as wide as the feed-forward layer: of {@code (0.5 x) (1 + tanh(...))} both
     * factors and the tanh. Under autocast the tanh and what is made of it are in single precision, as torch.pow in it gives it, {@code 0.5 x} is
     * not, but a copy of {@code x} is: three tensors in single precision more, again.
     */
    private static final double KEPT_BY_NEW_GELU = 3;
    /** A compiled loss writes no copy of the logits for each of its operations. */
    private static final double COMPILED_LOGITS = 0.6;

    /**
     * Bytes of a logit where torchtune computes the loss in chunks: the model hands over all of them in half precision, {@code
     * CEWithChunkedOutputLoss} keeps the logarithm of the softmax in single for each, and casts one of eight at a time.
     */
    private static final double KEPT_CHUNKS_OF_A_LOGIT = HALF + SINGLE + SINGLE / 8;

    private final Architecture model;
    private final Assumed run;
    private final Coefficients coefficients;
    /** Weights inside and outside the layers on one GPU, before sharding over replicas. */
    private final double linear;

    /** Weights of experts among {@link #linear}, where replicas divide them; else 0. */
    private final double experts;

    private final double edges;
    private final double layers;

    private MemoryFormula(Architecture model, Assumed run, Coefficients coefficients) {
        this.model = model;
        this.run = run;
        this.coefficients = coefficients;
        Parallelism spread = run.parallelism();
        double edgeWeights = model.embeddingParameters() + headParameters();
        this.layers = (double) model.layers() / layerShares(spread);
        this.experts = expertsOnOneGpu(spread);
        this.linear = linearOnOneGpu(spread);
        this.edges = edgeWeights / (spread.sharding() == Sharding.LAYERS ? spread.gpus() : spread.tensor());
    }

    static MemoryParts of(Architecture model, Assumed run, Coefficients coefficients) {
        return new MemoryFormula(model, run, coefficients).parts();
    }

    private static double layerShares(Parallelism spread) {
        return spread.sharding() == Sharding.LAYERS ? spread.gpus() : spread.pipeline();
    }

    private double headParameters() {
        boolean isSplit = run.has(UNTIED_HEAD) && model.kind() == Architecture.Kind.DECODER;
        return isSplit ? model.embeddingParameters() : model.headParameters();
    }

    private double linearOnOneGpu(Parallelism spread) {
        double all = model.linearParameters();
        return spread.expert() == 1 || model.experts() == null
                ? all / layerShares(spread) / spread.tensor()
                : attentionParameters() / spread.tensor() / spread.pipeline() + experts;
    }

    private double expertsOnOneGpu(Parallelism spread) {
        return spread.expert() == 1 || model.experts() == null
                ? 0
                : (model.linearParameters() - attentionParameters()) / spread.expert() / spread.pipeline();
    }

    private double attentionParameters() {
        return model.layers() * 2.0 * model.hiddenSize() * (model.queryWidth() + model.keyValueWidth());
    }

    private MemoryParts parts() {
        Parallelism spread = run.parallelism();
        double parameters = linear + edges;
        double weights = run.offloadsWeights() ? 0 : weightBytesOfOneGpu(spread);
        double gradients = gradientBytes(parameters) * sharedOver(spread.gradientShards());
        double states = run.offloadsOptimizer() ? 0 : stateBytes(parameters) * sharedOver(spread.optimizerShards());
        double adapter = adapterBytes();
        double buffers = gatheredBytes() + unpackedBytes();
        double workspace = workspaceBytes();

        double tokens = run.peakTokens();
        double layer = tokens * activationBytes(); // [B, T] x bytes of a layer
        double kept = keptBytes(tokens, layer) + castBytes();
        double working = layer * coefficients.get(WORK) * (run.isCheckpointed() ? 1 : 0.3)
                + run.dora().workBytes();
        double logits = tokens * logitBytes();
        double temporary = temporaryBytes(parameters) * sharedOver(spread.weightShards());

        // Accumulated gradients lie beside all activations; fresh ones grow while activations go.
        double carried = run.accumulation() > 1 || run.has(LASTING_GRADIENTS) ? gradients : 0;
        double atLoss = carried + kept + logits + buffers;
        double inBackward = Math.max(carried, gradients / 2) + 0.8 * kept + working + buffers;
        double atEnd = gradients + working / 2 + buffers;
        double stepBuffers = spread.isFsdp() ? 0 : buffers; // all is in shards again
        double atStep = gradients + temporary + stepBuffers;
        double loading = loadingBytes(weights);
        double largest = Math.max(Math.max(atLoss, inBackward), Math.max(atStep, atEnd));
        if (largest == atLoss) {
            return new MemoryParts(weights, carried, states, adapter, buffers, kept, logits, 0, workspace, loading);
        }
        if (largest == atStep) {
            return new MemoryParts(
                    weights, gradients, states, adapter, stepBuffers, 0, 0, temporary, workspace, loading);
        }
        if (largest == atEnd) {
            return new MemoryParts(weights, gradients, states, adapter, buffers, working / 2, 0, 0, workspace, loading);
        }
        double lying = Math.max(carried, gradients / 2);
        return new MemoryParts(
                weights, lying, states, adapter, buffers, 0.8 * kept + working, 0, 0, workspace, loading);
    }

    private double workspaceBytes() {
        double share = Math.max(LEAST_WORKSPACE, Math.min(1, model.parameters() / WHOLE_WORKSPACE));
        return share * coefficients.get(WORKSPACE) * GIB;
    }

    private double weightBytesOfOneGpu(Parallelism spread) {
        double whole = areEdgesWhole() ? edges * narrow() : 0;
        return (weightBytes() - whole) * sharedOver(spread.weightShards()) + whole;
    }

    /**
     * What is left on one GPU of what so many replicas share out. Experts that replicas have already divided among them are alike on as many
     * fewer, which alone can share them out.
     */
    private double sharedOver(int shards) {
        double rest = linear + edges - experts;
        return (rest / shards + experts / Math.max(1, shards / run.parallelism().expert())) / (linear + edges);
    }

    private boolean areEdgesWhole() {
        return run.has(WHOLE_FROZEN_EDGES) && !run.isFull();
    }

    /** Bytes of a weight that is put together or unpacked to be multiplied with. */
    private double narrow() {
        return run.has(WIDTH_OF_PRODUCTS) && run.arithmetic().isSingle() ? SINGLE : HALF;
    }

    private double weightBytes() {
        double each = run.weights().bytes();
        if (!run.isPackedWeights()) {
            return (linear + edges) * each;
        }
        double head = run.has(PACKED_HEAD) ? headParameters() : 0;
        double edgeBytes = run.hasSinglePrecisionEdges() ? SINGLE : narrow();
        return (linear + head) * each + (edges - head) * edgeBytes;
    }

    private double gradientBytes(double parameters) {
        if (!run.isFull()) {
            return 0;
        }
        if (run.optimizer().isInBackward()) {
            return HALF * parameters / layers;
        }
        if (run.offloadsOptimizer() && run.has(BUFFERED_STATES)) { // ZeRO-Offload takes gradients with the states
            return HALF
                    * Math.min(parameters, REDUCED_AT_ONCE)
                    * run.parallelism().gradientShards();
        }
        boolean isSingle = run.has(SINGLE_GRADIENTS) || (run.weights() == Weights.FP32 && !run.has(HALF_GRADIENTS));
        double bytes = isSingle ? SINGLE : HALF;
        boolean areAlike = run.parallelism().replicas() > 1 && run.parallelism().sharding() == Sharding.NONE;
        double buckets = areAlike && !run.has(NO_BUCKETS) ? parameters * bytes : 0;
        double summed = areAlike && run.has(SUMMED_COPIES)
                ? SINGLE * Math.max(SUMMED_AT_ONCE, (double) model.embeddingParameters())
                : 0;
        return parameters * bytes + buckets + summed;
    }

    private double stateBytes(double parameters) {
        if (!run.isFull()) {
            return 0;
        }
        if (!run.has(MASTER_WEIGHTS)) {
            return parameters * momentBytes(run.weights() == Weights.FP32 ? SINGLE : HALF);
        }
        double buffers = run.has(BUFFERED_STATES) ? coefficients.get(DEEPSPEED_BUFFERS) : 0;
        return parameters * (SINGLE + momentBytes(SINGLE) + buffers);
    }

    /** Bytes of the moments of a weight, where a moment in full takes {@code each}. */
    private double momentBytes(double each) {
        return switch (run.optimizer()) {
            case ADAMW, ADAMW_ONE_BY_ONE, ADAMW_FUSED, ADAMW_IN_BACKWARD -> 2 * each;
            case ADAMW_8BIT, ADAMW_8BIT_IN_BACKWARD -> 2.03;
            case MOMENTUM -> each;
            case PAGED_ADAMW,
                    PAGED_ADAMW_8BIT,
                    PAGED_ADAMW_IN_BACKWARD,
                    PAGED_ADAMW_8BIT_IN_BACKWARD,
                    STATELESS,
                    STATELESS_IN_BACKWARD -> 0;
        };
    }

    /** Adapter, gradient and moments, with the weights beside them that are trained, too. */
    private double adapterBytes() {
        if (run.isFull()) {
            return 0;
        }
        Parallelism spread = run.parallelism();
        double each = run.has(HALF_ADAPTERS) || run.has(MASTER_WEIGHTS) ? HALF : SINGLE;
        double gradient = run.has(SINGLE_GRADIENTS) ? SINGLE : each;
        double states = run.offloadsOptimizer() ? 0 : adapterStateBytes(each);
        if (run.has(WHOLE_ADAPTERS)) {
            return run.trainable() * (each + gradient + states);
        }
        double bytes =
                each / spread.weightShards() + gradient / spread.gradientShards() + states / spread.optimizerShards();
        double adapters = run.trainable() / spread.modelGpus() * bytes;
        if (!run.trainsEmbeddings()) {
            return adapters;
        }
        // modules_to_save: a copy of embedding and head with gradient, moments and the step's temporary
        double each2 = run.weights() == Weights.FP32 ? SINGLE : HALF;
        return adapters + edges * (2 * each2 + momentBytes(each2) + each2 * coefficients.get(STEP_TEMPORARY));
    }

    private double adapterStateBytes(double each) {
        if (!run.has(MASTER_WEIGHTS)) {
            return momentBytes(each);
        }
        return SINGLE + momentBytes(SINGLE) + (run.has(BUFFERED_STATES) ? SINGLE : 0);
    }

    /**
     * Layers that FSDP and ZeRO-3 have put together, in the precision of products. ZeRO-3 gathers embedding and head one at a
     * time; FSDP's root unit holds both, and their whole gradient before it is shared out.
     */
    private double gatheredBytes() {
        if (run.parallelism().weightShards() == 1 && !run.offloadsWeights()) {
            return 0;
        }
        double each = run.isPackedWeights() ? run.weights().bytes() : narrow();
        double gathered = coefficients.get(GATHERED_LAYERS) * each * linear / layers;
        if (run.parallelism().isFsdp()) {
            double ofEdge = areEdgesWhole() ? 0 : narrow();
            double ofGradient = !run.isFull() ? 0 : run.has(SINGLE_SUMS) ? SINGLE : HALF;
            if (run.parallelism().sharding() == Sharding.FSDP_GRADIENTS) { // all layers, and gradients of one
                gathered = each * linear + ofGradient * linear / layers;
            }
            return gathered + edges * (ofEdge + ofGradient);
        }
        return Math.max(gathered, each * Math.min(linear, LIVE_PARAMETERS)) + HALF * edges / 2;
    }

    private double unpackedBytes() {
        if (!run.isPackedWeights()) {
            return 0;
        }
        double largest = run.has(PACKED_HEAD)
                ? Math.max(model.largestMatrix(), model.embeddingParameters())
                : model.largestMatrix();
        return coefficients.get(UNPACKED) * narrow() * largest;
    }

    /**
     * Copies in half precision of weights in single: all of them lie until their backward pass, unless layers run again, or are put
     * together from shards, which casts one layer at a time.
     */
    private double castBytes() {
        if (!run.isMixed()) {
            return 0;
        }
        double all = HALF * linear;
        return run.isCheckpointed() || run.parallelism().weightShards() > 1 ? all / layers : all;
    }

    /**
     * Bytes that one layer keeps for a token. Counted on Transformers 5.24 and PEFT 0.21 with hooks on saved tensors: a
     * Llama layer keeps {@code 16 C + 8 F + 4 H D + 4 K D} bytes where it is trained in bfloat16, {@code 8 C + 6 F + 4 H D +
     * 4 K D} where it is frozen, and 4 for each input of an adapter (a copy in single precision); under mixed precision {@code
     * 26 C + 8 F + 4 H D + 4 K D} (PyTorch 2.15; norms are in single precision, and each product casts a copy of its input) and, frozen
     * below adapters, {@code 28 C + 12 F + 8 H D + 8 K D}, and 2 for each input.
     *
     * <p>What torch.compile keeps was counted on the graphs of PyTorch 2.15 behind its min-cut partitioner, which computes again what is
     * element by element unless a product reads it: {@code 8 C + 6 F + 4 H D + 4 K D} of a Llama layer, {@code 8 C + 4 F + 4 H D + 4 K D}
     * of one of GPT-2, twice that in single precision, and under mixed precision 2 C or 4 C more for what is in single there. What compiled
     * layers keep that are frozen below adapters was not counted: as much as lean layers, which is judgement.
     */
    private double activationBytes() {
        double width = model.hiddenSize();
        double inner = model.activeFeedForwardSize();
        double query = model.queryWidth();
        double keyValue = model.keyValueWidth();
        boolean isStreamWide = run.isHuggingFace() && (run.isMixed() || run.hasSinglePrecisionEdges());
        boolean isSingle = run.arithmetic().isSingle();
        boolean isWide = isStreamWide && !run.isCompiled();
        boolean isByPartitioner = run.isFull() && run.isCompiled();
        double ofWidth;
        double ofInner;
        if (isByPartitioner) {
            double inStream = !isStreamWide ? 0 : model.isGated() ? 2 : 4;
            ofWidth = isSingle ? 16 : 8 + inStream;
            ofInner = (model.isGated() ? 6 : 4) * (isSingle ? 2 : 1);
        } else if (run.isFull()) {
            ofWidth = isWide ? 26 : isSingle ? 28 : 16;
            ofInner = isSingle ? 16 : 8;
        } else {
            ofWidth = isWide ? 28 : isSingle ? 16 : 8;
            ofInner = isWide ? 12 : isSingle ? 12 : 6;
        }
        if (!model.isGated() && !isByPartitioner) { // layer norm keeps one input, and there is one product less
            ofWidth *= 0.65;
            ofInner *= run.isFull() ? 0.5 : 0.4;
        }
        if (!isByPartitioner && (run.isCompiled() || run.keepsLess() || run.isLean())) {
            ofWidth *= 0.6;
            ofInner *= 0.75;
        }
        if (model.experts() != null) { // each active expert reads a copy of its tokens
            ofWidth += 2 * HALF * (model.experts().active() + model.experts().shared());
        }
        double ofHeads = (isWide && !run.isFull()) || isSingle ? 8 : 4;
        double perInput = run.has(NO_ADAPTER_INPUTS) ? 0 : isStreamWide || run.has(HALF_ADAPTER_INPUTS) ? HALF : SINGLE;
        double ofStream = ofWidth * width;
        double bytes = ofInner * inner
                + ofHeads * (query + keyValue)
                + perInput * run.adapterInputs()
                + run.dora().keptBytes();
        if (model.hasNewGelu() && run.has(TRANSFORMERS_ACTIVATIONS) && !run.isTuned()) {
            bytes += KEPT_BY_NEW_GELU * (isWide || isSingle ? SINGLE : HALF) * inner;
        }
        boolean isNf4 = run.weights() == Weights.NF4 || run.weights() == Weights.NF4_DOUBLE;
        if (isNf4 && !run.has(OWN_UNPACKING)) {
            bytes += keptByBitsandbytes();
        }
        if (run.attention() == Attention.EAGER) {
            double ofScore = run.isHuggingFace() ? 8 : 6;
            bytes += model.heads() * run.longestTokens() * ofScore * (isSingle ? 1.5 : 1);
        }
        if (model.hasDisentangledAttention()) {
            bytes += keptOfPositions() * (isSingle ? SINGLE : HALF);
        }
        return (ofStream / streamShares() + bytes / run.parallelism().tensor())
                * coefficients.get(ACTIVATIONS)
                * run.unlikeness();
    }

    /**
     * Numbers that disentangled attention keeps for a token: its scores against all relative positions, as key and as query, of which those are
     * gathered that the row has, and its part of three copies of what projections make of the positions, which each row has of its own. Counted on
     * Transformers 5.24 with hooks on saved tensors, in rows of 128 to 512 tokens.
     */
    private double keptOfPositions() {
        return RELATIVE_POSITIONS * (2 * model.heads() + 3 * model.queryWidth() / run.longestTokens());
    }

    /** A product with a matrix that bitsandbytes unpacks keeps a copy as wide as its output. */
    private double keptByBitsandbytes() {
        double outputs = 2L * model.hiddenSize() + model.queryWidth() + 2 * model.keyValueWidth();
        return HALF * (outputs + (model.isGated() ? 2 : 1) * model.activeFeedForwardSize());
    }

    private double keptBytes(double tokens, double layer) {
        if (!run.goesBack()) {
            return 0;
        }
        double inFlight = Math.min(run.parallelism().pipeline(), run.accumulation());
        double each = run.hasSinglePrecisionEdges() || run.isMixed() ? SINGLE : HALF;
        double inputs = tokens * each * model.hiddenSize() / streamShares();
        double kept = switch (run.checkpointing()) {
            case NONE -> layer;
            case SELECTIVE -> (run.has(EVERY_OTHER_PRODUCT) ? SELECTED_PRODUCTS : WITHOUT_SCORES) * layer;
            case FULL -> inputs;
            case FULL_OFFLOADED -> 0;
        };
        return layers * model.passedLayers() / model.layers() * inFlight * kept;
    }

    private double logitBytes() {
        if (model.kind() == Architecture.Kind.ENCODER) {
            return 0;
        }
        double bytes = switch (run.loss()) {
            case STOCK -> coefficients.get(LOGITS_STOCK);
            case HALF -> HALF_LOGITS * coefficients.get(LOGITS_STOCK);
            case CHUNKED -> coefficients.get(LOGITS_CHUNKED);
            case FUSED -> coefficients.get(LOGITS_FUSED);
        };
        double compiled = run.isCompiled() || run.keepsLess() ? COMPILED_LOGITS : 1;
        boolean areKept = run.loss() == Loss.CHUNKED && run.has(KEPT_CHUNKS) && !run.isCompiled();
        double each = areKept ? KEPT_CHUNKS_OF_A_LOGIT : bytes * compiled;
        return model.vocabulary()
                * each
                / (run.has(WHOLE_STREAM) ? 1 : run.parallelism().tensor());
    }

    /** GPUs that share what flows between layers: norms, what products read of it, and residuals. */
    private int streamShares() {
        return run.sharesStream() ? run.parallelism().tensor() : 1;
    }

    /** PyTorch's foreach form of AdamW holds a square root of all second moments at once. */
    private double temporaryBytes(double parameters) {
        boolean isForeach = run.optimizer() == Optimizer.ADAMW
                && run.isHuggingFace()
                && !run.has(MASTER_WEIGHTS)
                && !run.offloadsOptimizer();
        if (!run.isFull() || !isForeach) {
            return 0;
        }
        double each = run.weights() == Weights.FP32 ? SINGLE : HALF;
        return coefficients.get(STEP_TEMPORARY) * each * parameters;
    }

    /** Lightning summons all weights on every GPU to load them into FSDP's shards; others hold a matrix more than the model. */
    private double loadingBytes(double weights) {
        if (run.has(WHOLE_LOADING) && run.parallelism().weightShards() > 1) {
            return weights + weightBytes();
        }
        return weights + HALF * model.largestMatrix();
    }
}
