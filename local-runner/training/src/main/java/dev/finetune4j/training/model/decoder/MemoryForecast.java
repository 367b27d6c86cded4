package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.internal.CpuFeatures;
import dev.finetune4j.training.model.internal.RuntimeMemory;
import java.util.Locale;
import java.util.Map;

/**
 * Resident memory of the process at the peak of training, foreseen from sizes alone. With s bytes a number (4 or 2), N tokens that
 * are computed of the largest micro-batch, and the letters of {@link DecoderShape}:
 *
 * <pre>
 * weights      parameters s; nothing where all of them are trained; of those that are packed what they take so,
 *              and of the largest matrix s a gradient; with QLoRA 4 of it or at most 32 MiB more, where each waits to be
 *              packed and what then stays with the allocator
 * trained      trained (12 + 4 gradients) (value, two moments and gradients in float32), in bf16 2 more
 * kept         N s L (C + kept of a layer), of which a layer keeps by level
 *                none           (H + 2 K) D + H D + 2 F
 *                feed-forward   (H + 2 K) D + H D        and 2 F once
 *                layer          nothing,                 and all of it once
 *              and with the attention (H + K) D more where heads are normed, C where branches are
 * adapter low  N s ranks of all adapters
 * lengths      with DoRA, of the widest projection N outputs 2 s and in bf16 N outputs 4 more; 20 MiB for rows and between; 8 bytes a length;
 *              in bf16 40 MiB more where the processor has products of it
 * scratch      N s (5 C + max(3 F, H D + (H + 2 K) D)), and C where branches are normed
 * attention    N max(64, N / 8) H 4 s + 4 N H D s
 * float copies in bf16: N 4 C
 * products     in fp32 where oneDNN makes them: N max(2 F, (H + 2 K) D) s and 16 MiB, in which it lays matrices out
 * head         at most 12 MiB of logits, in bf16 2 MiB more; 4 N C s for the counted rows
 * runtime      260 MiB for the JVM, libtorch and its products; in bf16 350 MiB, since oneDNN keeps what it
 *              compiles, and min(100 MiB, parameters 3 / 4) more; 32 MiB more where the processor multiplies in tiles,
 *              40 MiB less where it has no products of bf16; 240 MiB in all where it has no AVX-512, for which nothing is compiled
 * slack        parameters 3 / 4, what the allocator leaves between the tensors
 * </pre>
 *
 * <p>Runtime and slack were measured on Linux x86-64 with the variables of {@code TorchEnvironment}, as what is left of the peak when
 * the other parts are taken off: models of 0.02 to 135 million parameters, 160 to 2,048 tokens, all levels, up to 150 steps of
 * varying lengths.
 *
 * @param shape sizes of the model
 * @param trained what is trained
 * @param packed what stays packed of the base model
 * @param bytes s
 * @param cpu the processor, whose products of bf16 are compiled each in its way
 * @param tokens N
 */
record MemoryForecast(
        DecoderShape shape, TrainedSizes trained, PackedSizes packed, int bytes, CpuFeatures cpu, long tokens) {
    /** A product of longer sides is compiled into more kernels: measured to 100 MiB more at 135 million parameters. */
    private static final long MOST_KERNEL_BYTES = 100L << 20;

    /** Rows of which lengths are taken at a time. */
    private static final long ROWS_BYTES = 4L << 20;

    /**
     * What the allocator leaves between the matrices that lengths are multiplied in, in pages of 2 MiB: from run to run up to 18 MiB, of which the
     * slack holds the rest.
     */
    private static final long GAP_BYTES = 16L << 20;

    /** Logits that live at a time: of 1,024 rows on each of two threads some thousand tokens of the vocabulary. */
    private static final long LOGITS_BYTES = 12L << 20;

    /** Of them in float32 at a time: what the caches of two cores hold. */
    private static final long WIDE_LOGITS_BYTES = 2L << 20;

    private static final int FLOAT_BYTES = 4;

    /** What a process holds that computes in so many bytes a number, besides the model. */
    static long runtimeBytes(int bytes, CpuFeatures cpu, DecoderShape shape) {
        return bytes < FLOAT_BYTES
                ? RuntimeMemory.narrowBytes(cpu) + kernelBytes(cpu, shape)
                : RuntimeMemory.WIDE_BYTES;
    }

    /** What products of tokens hold while they are made, besides their result. */
    static long productBytes(int bytes, CpuFeatures cpu, DecoderShape shape, long tokens) {
        return bytes == FLOAT_BYTES && cpu.multipliesFasterByOneDnn()
                ? tokens * widest(shape) * bytes + RuntimeMemory.PRODUCT_BYTES
                : 0;
    }

    /** Outputs of the widest projection. */
    private static long widest(DecoderShape shape) {
        return Math.max(shape.qkvWidth(), 2L * shape.feedForwardWidth());
    }

    private static long kernelBytes(CpuFeatures cpu, DecoderShape shape) {
        return cpu.compilesBfloat16() ? Math.min(MOST_KERNEL_BYTES, shape.parameters() * 3 / 4) : 0;
    }

    /** Logits that live at a time, in numbers: 12 MiB of them, fewer where that is all. */
    int logits() {
        return (int) Math.min(LOGITS_BYTES / bytes, Math.max(1, tokens) * shape.vocabulary());
    }

    /** Logits that bf16 has in float32 at a time, in numbers: 2 MiB of them. */
    static int wideLogits() {
        return (int) (WIDE_LOGITS_BYTES / FLOAT_BYTES);
    }

    /**
     * Peak bytes at a level.
     *
     * @param level a level other than {@link Recompute#AUTO}
     */
    long peakBytes(Recompute level) {
        return fixedBytes() + tokens * bytes * keptElements(level) + attentionBytes();
    }

    /** The part of the model's memory that is largest at a level, in words, such as {@code the weights, 1.2 GB}. */
    String largestPart(Recompute level) {
        Map<String, Long> parts = Map.of(
                "the weights", trained.isWhole() ? 0 : weightBytes(),
                "what is trained, with its gradient and moments", trainedBytes(),
                "the activations that are kept for the backward pass", tokens * bytes * keptElements(level),
                "the attention scores", attentionBytes(),
                "the logits", logitBytes());
        Map.Entry<String, Long> largest =
                parts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        return String.format(Locale.ROOT, "%s, %.1f GB", largest.getKey(), largest.getValue() / 1e9);
    }

    private long trainedBytes() {
        return trained.length() * ((3L + trained.gradients()) * FLOAT_BYTES + (bytes < FLOAT_BYTES ? bytes : 0));
    }

    private long logitBytes() {
        return (long) logits() * bytes + (bytes < FLOAT_BYTES ? WIDE_LOGITS_BYTES : 0);
    }

    /** What does not depend on the recompute level. */
    private long fixedBytes() {
        boolean narrow = bytes < FLOAT_BYTES;
        long wideCopies = narrow ? tokens * FLOAT_BYTES * shape.width() : 0;
        long scratch = 5L * shape.width()
                + shape.branchWidth()
                + Math.max(3L * shape.feedForwardWidth(), (long) shape.attentionWidth() + shape.qkvWidth());
        return runtimeBytes(bytes, cpu, shape)
                + (trained.isWhole() ? 0 : weightBytes())
                + shape.parameters() * 3 / 4
                + trainedBytes()
                + tokens * bytes * (scratch + trained.innerWidth() + 4L * shape.width())
                + wideCopies
                + (trained.magnitudes() > 0 ? magnitudeBytes(narrow) : 0)
                + productBytes(bytes, cpu, shape, tokens)
                + logitBytes();
    }

    private long magnitudeBytes(boolean narrow) {
        return tokens * widest(shape) * (2L * bytes + (narrow ? FLOAT_BYTES : 0))
                + ROWS_BYTES
                + GAP_BYTES
                + trained.magnitudes() * 2 * FLOAT_BYTES
                + (narrow ? RuntimeMemory.narrowLengthsBytes(cpu) : 0);
    }

    private long weightBytes() {
        return (shape.parameters() - packed.parameters()) * bytes + packed.memoryBytes(bytes, trained.gradients());
    }

    private long keptElements(Recompute level) {
        long attention = (long) shape.qkvWidth() + shape.attentionWidth() + shape.normWidth();
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
        return tokens * Math.min(block, tokens) * shape.heads() * 4L * bytes
                + 4 * tokens * shape.attentionWidth() * bytes;
    }
}
