package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.adapter.LoraLayout;

/**
 * Resident memory of the process at the peak of training, foreseen from sizes alone. With s bytes a number (4 or 2), N tokens of the
 * largest micro-batch and the letters of {@link DecoderShape}:
 *
 * <pre>
 * weights      parameters s
 * adapter      trainable 16 (value, gradient, two moments in float32), in bf16 2 more
 * kept         N s L (C + kept of a layer), of which a layer keeps by level
 *                none           (H + 2 K) D + H D + C + 2 F
 *                feed-forward   (H + 2 K) D + H D + C        and 2 F once
 *                layer          nothing,                     and all of it once
 *              and with the attention (H + K) D more where heads are normed, 2 C where branches are
 * adapter low  N s L rank modules
 * scratch      N s (3 C + H D + 4 F + (H + 2 K) D)
 * attention    N max(64, N / 8) H (8 + 2 s) + 4 N H D s
 * float copies in bf16: N 4 (2 F + max(F, (H + 2 K) D))
 * head         chunk V s, in bf16 chunk V 4 more; 4 N C s for the counted rows
 * runtime      260 MiB for the JVM, libtorch and its products; in bf16 350 MiB, since oneDNN keeps what it
 *              compiles, and min(100 MiB, parameters 3 / 4) more
 * slack        parameters 3 / 4, what the allocator leaves between the tensors
 * </pre>
 *
 * <p>Runtime and slack were measured on Linux x86-64 with the variables of {@code TorchEnvironment}, as what is left of the peak when
 * the other parts are taken off: models of 0.02 to 135 million parameters, 160 to 2,048 tokens, all levels, up to 150 steps of
 * varying lengths.
 *
 * @param shape sizes of the model
 * @param layout the adapters
 * @param bytes s
 * @param tokens N
 */
record MemoryForecast(DecoderShape shape, LoraLayout layout, int bytes, long tokens) {
    private static final long WIDE_RUNTIME_BYTES = 260L << 20;
    private static final long NARROW_RUNTIME_BYTES = 350L << 20;
    /** A product of longer sides is compiled into more kernels: measured to 100 MiB more at 135 million parameters. */
    private static final long MOST_KERNEL_BYTES = 100L << 20;

    private static final long LOGITS_BYTES = 32L << 20;
    private static final int FLOAT_BYTES = 4;

    /** What a process holds that computes in so many bytes a number, besides the model. */
    static long runtimeBytes(int bytes, DecoderShape shape) {
        return bytes < FLOAT_BYTES
                ? NARROW_RUNTIME_BYTES + Math.min(MOST_KERNEL_BYTES, shape.parameters() * 3 / 4)
                : WIDE_RUNTIME_BYTES;
    }

    /** Rows of logits that live at a time: 32 MiB of them, at least 16. */
    int headChunk() {
        long rows = LOGITS_BYTES / FLOAT_BYTES / shape.vocabulary();
        return (int) Math.max(16, Math.min(rows, tokens));
    }

    /**
     * Peak bytes at a level.
     *
     * @param level a level other than {@link Recompute#AUTO}
     */
    long peakBytes(Recompute level) {
        return fixedBytes() + tokens * bytes * keptElements(level) + attentionBytes();
    }

    /** What does not depend on the recompute level. */
    private long fixedBytes() {
        boolean narrow = bytes < FLOAT_BYTES;
        long wideCopies = narrow
                ? tokens
                        * FLOAT_BYTES
                        * (2L * shape.feedForwardWidth() + Math.max(shape.feedForwardWidth(), shape.qkvWidth()))
                : 0;
        long scratch = 3L * shape.width() + shape.attentionWidth() + 4L * shape.feedForwardWidth() + shape.qkvWidth();
        long low = (long) shape.layers() * DecoderShape.adapterWidth(layout);
        long head = (long) headChunk() * shape.vocabulary() * (bytes + (narrow ? FLOAT_BYTES : 0));
        return runtimeBytes(bytes, shape)
                + shape.parameters() * bytes
                + shape.parameters() * 3 / 4
                + layout.length() * (4L * FLOAT_BYTES + (narrow ? bytes : 0))
                + tokens * bytes * (scratch + low + 4L * shape.width())
                + wideCopies
                + head;
    }

    private long keptElements(Recompute level) {
        long attention = (long) shape.qkvWidth() + shape.attentionWidth() + shape.width() + shape.normWidth();
        long feedForward = 2L * shape.feedForwardWidth();
        long layers = shape.layers();
        return layers * shape.width()
                + switch (level) {
                    case NONE -> layers * (attention + feedForward);
                    case FEED_FORWARD -> layers * attention + feedForward;
                    case LAYER -> attention + feedForward;
                    case AUTO -> throw new IllegalArgumentException("level must be resolved, was AUTO");
                };
    }

    private long attentionBytes() {
        long block = Math.max(64, (tokens + 7) / 8);
        return tokens * Math.min(block, tokens) * shape.heads() * (8L + 2L * bytes)
                + 4 * tokens * shape.attentionWidth() * bytes;
    }
}
