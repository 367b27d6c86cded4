package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.plan.TrainerSettings.Sharing;

/**
 * One pass of a model through which each of the answers that are written side by side gets one more token. With so few tokens it is bound
 * by the bytes that move, which are counted as our engine for GPUs moves them ({@code models.py}, {@code packed.py} and {@code sharing.py}
 * of {@code finetune4j_peft}); {@code w} is 2 in half precision and 4 in single.
 *
 * <ul>
 *   <li>{@link #computing}: every weight is read once, {@code w} bytes. GPUs that share a model out go through all of it each.
 *   <li>{@link #unpacking}: 14 + {@code w} bytes a packed weight, where matrices are not kept unpacked. Its half byte is read and widened to a
 *       number of 4 bytes for two weights (0.5 + 2), by which codes of 4 bytes a weight are looked up (2 + 4), which are multiplied by
 *       their magnitudes into the matrix (4 + {@code w}); magnitudes take some 96 bytes for 64 weights (1.5).
 *   <li>{@link #gathering}: where the layers are shared out among {@code n} GPUs, each gets what the others have of them, {@code (n - 1) / n} of
 *       their bytes as they lie, over the interconnect; they are written, read and written again on the way to the matrices.
 * </ul>
 */
final class WritingPass {
    /** Texts that are answered side by side where there is room. */
    private static final int ROWS = 64;
    /** Tokens, of prompts and of what stands behind them, whose keys and values are held at once where there is room. */
    private static final int TOKENS_KEPT = 65_536;
    /** Share of the free memory that keys and values may take, with what a layer holds while it computes. */
    private static final double KEPT_SHARE = 0.5;
    /** Vectors that a layer holds of a token while it computes: as wide as the model, and as wide as its feed-forward layer. */
    private static final double PASSED_WIDTHS = 6;

    private static final double PASSED_FEED_FORWARD_WIDTHS = 3;

    /** Seconds that the host needs to launch one operation. */
    private static final double LAUNCH_SECONDS = 1e-5;

    private static final int LAUNCHES_OF_A_LAYER = 20;
    /** Operations by which so many weights of a matrix, or what is left of it, are unpacked. */
    private static final int LAUNCHES_OF_A_PIECE = 11;

    private static final double PIECE = 1 << 24;
    /** Bytes that unpacking a weight moves before the number that is multiplied with. */
    private static final double UNPACKING_BYTES = 14;
    /** How often gathered bytes go through the memory of each GPU. */
    private static final double GATHERED_PASSES = 3;
    /** Share of the free memory that unpacked matrices may take. */
    private static final double UNPACKED_SHARE = 0.5;
    /** What contexts and libraries take of a GPU, in GiB. */
    private static final double CONTEXT_GIB = 1;
    /** Bytes of a trained weight, which is in single precision. */
    private static final double TRAINED = 4;

    private static final double HALF = 2;
    private static final double SINGLE = 4;
    private static final double GIB = 1L << 30;
    private static final double GIGA = 1e9;

    private final PlannedJob job;
    private final GpuRun run;
    /** Weights inside the layers, and outside. */
    private final double linear;

    private final double edges;
    /** Bytes of a number that is multiplied with. */
    private final double width;
    /** Bytes of a weight inside the layers as it lies there. */
    private final double lyingWidth;

    private final boolean isPacked;
    /** Bytes a second of a GPU's memory. */
    private final double bandwidth;

    WritingPass(PlannedJob job, GpuRun run) {
        this.job = job;
        this.run = run;
        this.linear = job.architecture().linearParameters();
        this.edges = job.architecture().parameters() - linear;
        this.width = run.settings().precision().equals(GpuSetup.SINGLE) ? SINGLE : HALF;
        Weights weights = run.setup().weights();
        this.isPacked = weights != null && weights.isPacked();
        this.lyingWidth = weights != null && isPacked ? weights.bytes() : width;
        this.bandwidth = run.gpu().bandwidthGbPerS() * GIGA;
    }

    /** Seconds to launch the layers and to read what is multiplied with. */
    double computing() {
        return job.architecture().layers() * LAUNCHES_OF_A_LAYER * LAUNCH_SECONDS
                + width * (linear + edges) / bandwidth;
    }

    /**
     * Seconds to unpack all matrices, for what moves or for launching what moves it, whichever takes longer; 0 where half of the memory that
     * is free keeps them unpacked, and where they lie unpacked.
     */
    double unpacking() {
        if (!isUnpackedEachTime()) {
            return 0;
        }
        double moving = (UNPACKING_BYTES + width) / bandwidth;
        double launching = LAUNCHES_OF_A_PIECE * LAUNCH_SECONDS / PIECE;
        return linear * Math.max(moving, launching);
    }

    /** Seconds to put all layers together; 0 where each GPU has them whole. */
    double gathering() {
        if (!isSharedOut()) {
            return 0;
        }
        int gpus = run.settings().gpus();
        double bytes = lyingWidth * linear;
        return bytes * (gpus - 1) / gpus / run.gpu().peerBytesPerSecond(gpus) + GATHERED_PASSES * bytes / bandwidth;
    }

    /** Tokens whose keys and values are held at once. */
    double tokensKept() {
        double unpacked = isKeptUnpacked() ? width * linear : 0;
        Architecture sizes = job.architecture();
        double kept = 2.0 * sizes.layers() * sizes.keyValueHeads() * sizes.headSize();
        double passed = PASSED_WIDTHS * sizes.hiddenSize() + PASSED_FEED_FORWARD_WIDTHS * sizes.feedForwardSize();
        double each = width * (kept + passed);
        return Math.max(0, Math.min(TOKENS_KEPT, Math.floor(KEPT_SHARE * (freeBytes() - unpacked) / each)));
    }

    /**
     * Rows that each GPU answers side by side.
     *
     * @param tokens of the longest row with what may be written behind it
     */
    double rows(double tokens) {
        return Math.max(1, Math.min(ROWS, Math.floor(tokensKept() / tokens)));
    }

    /** Whether the GPUs have the model together; one that was trained as a whole answers in half precision. */
    private boolean isSharedOut() {
        boolean isPlanned = run.settings().parallelism() == Sharing.FSDP && !job.trainsAll();
        boolean isTight = lyingBytes() > GpuSetup.WHOLE_SHARE * run.usableGib() * GIB;
        return run.settings().gpus() > 1 && (isPlanned || isTight);
    }

    private boolean isUnpackedEachTime() {
        return isPacked && !isKeptUnpacked();
    }

    private boolean isKeptUnpacked() {
        return !isSharedOut() && width * linear <= UNPACKED_SHARE * freeBytes();
    }

    /** Bytes that are free beside the weights and what is trained. */
    private double freeBytes() {
        double shared = lyingWidth * linear / (isSharedOut() ? run.settings().gpus() : 1);
        double trained =
                job.trainsAll() ? 0 : TRAINED * job.trainable(); // a model that was trained as a whole is read again
        return (run.usableGib() - CONTEXT_GIB) * GIB - shared - width * edges - trained;
    }

    /** Bytes of the base model where one GPU has all of it. */
    private double lyingBytes() {
        return lyingWidth * linear + width * edges;
    }
}
