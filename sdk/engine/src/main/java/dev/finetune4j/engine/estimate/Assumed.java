package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;

/**
 * A training setup in which nothing is open: one of those that a {@link TrainingSetup} may mean.
 *
 * @param trainable weights that are trained
 * @param adapterInputs summed width of what adapters read for a token, in one layer
 * @param adaptsFeedForward whether adapters lie on the feed-forward layers too
 * @param dora what adapters cost more that train the lengths of rows apart
 * @param hasSinglePrecisionEdges whether embedding, norms and residual stream are in single precision although the layers are
 *     not, as PEFT's preparation for k-bit training leaves them
 * @param unlikeness what activations are multiplied by in a model that is not quite the transformer that its sizes describe
 * @param unsteadiness what the allocator holds in vain where batches differ in length, against the usual
 * @param keepsLess whether fused kernels, compiled ones aside, keep less for the backward pass than stock code
 * @param looksPastRows whether attention is computed over a whole sequence, whatever it is packed of
 * @param sharesStream whether GPUs that share each matrix share out what flows between layers, too
 * @param longestTokens tokens of the longest row of a step
 * @param meanTokens tokens of the mean row
 */
record Assumed(
        Method method,
        Framework framework,
        double trainable,
        double adapterInputs,
        boolean adaptsFeedForward,
        Dora dora,
        boolean trainsEmbeddings,
        Weights weights,
        Arithmetic arithmetic,
        Optimizer optimizer,
        int microBatch,
        int accumulation,
        double longestTokens,
        double meanTokens,
        boolean isPacked,
        Checkpointing checkpointing,
        Attention attention,
        Loss loss,
        boolean isCompiled,
        boolean hasFusedKernels,
        boolean keepsLess,
        boolean hasLeanLayers,
        boolean hasTransformerEngine,
        boolean hasSinglePrecisionEdges,
        double unlikeness,
        double unsteadiness,
        boolean looksPastRows,
        boolean offloadsOptimizer,
        boolean offloadsWeights,
        Parallelism parallelism,
        boolean sharesStream) {

    boolean isFull() {
        return method == Method.FULL;
    }

    /** Whether gradients go back through the layers. */
    boolean goesBack() {
        return method != Method.HEAD;
    }

    /** Whether weights are packed into fewer bits than they are multiplied in. */
    boolean isPackedWeights() {
        return weights.isPacked();
    }

    /**
     * Whether weights in single precision are cast for products in half (automatic mixed precision). FSDP casts them where it puts them
     * together (its MixedPrecision), so that all else is in half.
     */
    boolean isMixed() {
        boolean isCastByFsdp = parallelism.isFsdp();
        return weights == Weights.FP32 && !arithmetic.isSingle() && !isCastByFsdp;
    }

    /** Whether the framework differs so from others. */
    boolean has(FrameworkTrait trait) {
        return framework.has(trait);
    }

    boolean isCheckpointed() {
        return checkpointing == Checkpointing.FULL || checkpointing == Checkpointing.FULL_OFFLOADED;
    }

    /** Whether Hugging Face's layers run, patched or not. */
    boolean isHuggingFace() {
        return has(FrameworkTrait.TRANSFORMERS_LAYERS);
    }

    /** Whether kernels are fused beyond PyTorch's own. */
    boolean isTuned() {
        return isCompiled || isFusedByHand();
    }

    /** Whether kernels are fused by hand, which leaves to torch.compile, if it is on, little to fuse. */
    boolean isFusedByHand() {
        return hasFusedKernels || has(FrameworkTrait.FUSED_KERNELS);
    }

    /** Whether layers are patched to keep less for the backward pass, and so to move less. */
    boolean isLean() {
        return hasLeanLayers || has(FrameworkTrait.LEAN_LAYERS);
    }

    /** Whether kernels are NVIDIA's own, made for the newest parts and for eight bits. */
    boolean hasVendorKernels() {
        return hasTransformerEngine || has(FrameworkTrait.VENDOR_KERNELS);
    }

    /** Whether every batch needs the same memory. */
    boolean hasRowsOfOneLength() {
        return isPacked || meanTokens >= longestTokens;
    }

    /** Tokens of a micro-batch on one GPU at the peak. */
    double peakTokens() {
        return microBatch * longestTokens / parallelism.sequence();
    }

    /** Tokens of a micro-batch on one GPU in the mean. */
    double stepTokens() {
        return microBatch * meanTokens / parallelism.sequence();
    }
}
