package dev.finetune4j.training.model.encoder;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.training.model.internal.CpuFeatures;
import dev.finetune4j.training.model.internal.RuntimeMemory;

/**
 * Resident memory of the process at the peak of training, foreseen from sizes alone. With s bytes a number (4 or 2), N tokens of the
 * largest micro-batch, T of the longest text, and C, F, H, L of the encoder:
 *
 * <pre>
 * weights      (parameters - those trained) s
 * trained      trained 16 (value, gradient, two moments in float32), in bf16 2 more; in bf16 also a matrix, V C s, once
 * adapters     N s (ranks of all adapters + 2 F), their inner values and what dropout leaves of an input; 8 MiB besides, since of
 *              six runs one took 322 MiB, where 321 were foreseen without them, and five 314 to 317. The cause is a guess: that
 *              the allocator gives the products of small factors back late on a busy machine
 * lengths      with DoRA, of the widest projection N outputs 2 s and in bf16 N outputs 4 more; 4 MiB for rows; 8 bytes a length;
 *              in bf16 40 MiB more where the processor has products of it
 * kept         N s L (8 C + F) by level none; feed-forward: N s (8 L C + F); layer: N s (L C + 7 C + F)
 * scratch      N s (2 F + 12 C)
 * products     in fp32 where oneDNN makes them: N max(F, 3 C) s and 16 MiB, in which it lays matrices out
 * attention    N max(64, T / 8) H (12 + 2 s) + 6 N C s
 * runtime      260 MiB for the JVM, libtorch and its products; in bf16 350 MiB, since oneDNN keeps what it compiles;
 *              32 MiB more where the processor multiplies in tiles, 40 MiB less where it has no products of bf16; 240 MiB in
 *              all where it has no AVX-512, for which nothing is compiled
 * slack        parameters 3 / 4, what the allocator leaves between the tensors
 * </pre>
 *
 * <p>To answer, of weights and adapters the numbers alone, scratch, products and attention, runtime and slack.
 *
 * @param shape sizes of the model
 * @param method what is trained of it
 * @param precision the number format
 * @param cpu the processor, whose products of bf16 are compiled each in its way
 * @param tokens N
 */
record EncoderForecast(EncoderShape shape, EncoderMethod method, Precision precision, CpuFeatures cpu, long tokens) {
    private static final long BESIDE_ADAPTERS_BYTES = 8L << 20;
    /** Rows of which lengths are taken at a time. */
    private static final long ROWS_BYTES = 4L << 20;

    private static final int SHORTEST_BLOCK = 64;
    private static final int MOST_BLOCKS = 8;

    /** The peak at a level of recomputation. */
    long peakBytes(Recompute level) {
        long parameters = shape.parameters();
        int bytes = bytes();
        boolean isNarrow = precision == Precision.BF16;
        long weights =
                (parameters - method.trainedOfModel()) * bytes + method.places().length() * (isNarrow ? 18 : 16);
        long activations = tokens * bytes * (kept(level) + scratch() + adapters())
                + (method.adapters().innerWidth() > 0 ? BESIDE_ADAPTERS_BYTES : 0)
                + (method.adapters().magnitudes() > 0 ? lengths() : 0)
                + products()
                + attention();
        return weights + activations + runtimeBytes() + parameters * 3 / 4;
    }

    /** The peak of answering: nothing is learned, so that nothing is kept or held beside a number. */
    long answerBytes() {
        return (shape.parameters() + method.adapters().length()) * bytes()
                + tokens * bytes() * scratch()
                + products()
                + attention()
                + runtimeBytes()
                + shape.parameters() * 3 / 4;
    }

    /** What the process holds besides the model. */
    long runtimeBytes() {
        return precision == Precision.BF16 ? RuntimeMemory.narrowBytes(cpu) : RuntimeMemory.WIDE_BYTES;
    }

    private long kept(Recompute level) {
        EncoderConfig config = shape.config();
        long width = config.width();
        long inner = config.feedForwardSize();
        long layers = config.layers();
        return switch (level) {
            case NONE, AUTO -> layers * (8 * width + inner);
            case FEED_FORWARD -> 8 * layers * width + inner;
            case LAYER -> (method.depth() > EncoderMethod.HEAD ? layers * width : 0) + 7 * width + inner;
        };
    }

    private long scratch() {
        return 2L * shape.config().feedForwardSize() + 12L * shape.config().width();
    }

    private long adapters() {
        long inner = method.adapters().innerWidth();
        return inner == 0 ? 0 : inner + 2L * shape.config().feedForwardSize();
    }

    private long lengths() {
        boolean isNarrow = precision == Precision.BF16;
        return tokens * widest() * (2L * bytes() + (isNarrow ? Float.BYTES : 0))
                + ROWS_BYTES
                + (isNarrow ? RuntimeMemory.narrowLengthsBytes(cpu) : 0)
                + method.adapters().magnitudes() * 2 * Float.BYTES;
    }

    private long products() {
        return precision != Precision.BF16 && cpu.multipliesFasterByOneDnn()
                ? tokens * widest() * bytes() + RuntimeMemory.PRODUCT_BYTES
                : 0;
    }

    /** Outputs of the widest linear layer. */
    private long widest() {
        return Math.max(3L * shape.config().width(), shape.config().feedForwardSize());
    }

    private long attention() {
        EncoderConfig config = shape.config();
        long longest = Math.min(tokens, config.contextTokens());
        long block = Math.max(SHORTEST_BLOCK, longest / MOST_BLOCKS);
        return tokens * block * config.heads() * (12 + 2L * bytes()) + 6 * tokens * config.width() * bytes();
    }

    private int bytes() {
        return precision == Precision.BF16 ? 2 : Float.BYTES;
    }
}
