package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.internal.CpuFeatures;

/**
 * Resident memory of the process at the peak of scoring and speaking, foreseen from sizes alone. On top of what {@link MemoryForecast}
 * says of a training that learns nothing, with S tokens of the longest text, b of texts that are written beside each other, n computed
 * at once, all of which may be labels behind one prompt, of which w look at the others at a time, and m rows of logits:
 *
 * <pre>
 * cache    2 L K D s (S + b)
 * scratch  n s (5 C + (H + 2 K) D + 2 H D + 3 F)
 * scores   w H (n + S) (8 + 2 s)
 * products in fp32 where oneDNN makes them: n max(2 F, (H + 2 K) D) s and 16 MiB
 * laid out 2 K D (n + S) s, in bf16
 * logits   m V 4, in bf16 m V s more
 * </pre>
 *
 * @param shape sizes of the model
 * @param trained adapters that answer, nothing where the weights do
 * @param packed what stays packed of the base model
 * @param bytes s
 * @param cpu the processor
 * @param passageTokens longest passage that is read for its own likelihood
 * @param textTokens S, 0 where nothing is scored or spoken
 * @param writtenTokens longest text that is written beside others, 0 where none is
 */
record AnswerForecast(
        DecoderShape shape,
        TrainedSizes trained,
        PackedSizes packed,
        int bytes,
        CpuFeatures cpu,
        long passageTokens,
        long textTokens,
        long writtenTokens) {
    private static final int FLOAT_BYTES = 4;
    private static final int FEWEST_ROWS = 16;

    /** w, {@code block_length} of attention.ts.py for n tokens. */
    private static final long QUERIES_AT_ONCE = Math.max(64, (CachedDecoder.TOKENS_AT_ONCE + 7) / 8);

    /** Logits in float32 at a time. */
    private static final long LOGITS_BYTES = 32L << 20;

    /** m. */
    static int logitRows(DecoderShape shape) {
        long rows = LOGITS_BYTES / FLOAT_BYTES / shape.vocabulary();
        return (int) Math.max(FEWEST_ROWS, Math.min(rows, CachedDecoder.TOKENS_AT_ONCE));
    }

    /** Peak bytes. */
    long peakBytes() {
        long nothingLearned =
                new MemoryForecast(shape, trained, packed, bytes, cpu, passageTokens).peakBytes(Recompute.LAYER);
        return textTokens == 0 ? nothingLearned : nothingLearned + textBytes();
    }

    private long textBytes() {
        long scratch =
                5L * shape.width() + shape.qkvWidth() + 2L * shape.attentionWidth() + 3L * shape.feedForwardWidth();
        long atOnce = CachedDecoder.TOKENS_AT_ONCE;
        long beside = Math.min(Speaker.TOKENS, Speaker.TEXTS * writtenTokens);
        return 2L * shape.layers() * shape.keyWidth() * bytes * (textTokens + beside)
                + scratch * atOnce * bytes
                + MemoryForecast.productBytes(bytes, cpu, shape, atOnce)
                + QUERIES_AT_ONCE * shape.heads() * (atOnce + textTokens) * (8L + 2L * bytes)
                + (bytes < FLOAT_BYTES ? 2L * shape.keyWidth() * (atOnce + textTokens) * bytes : 0)
                + (long) logitRows(shape)
                        * shape.vocabulary()
                        * (bytes < FLOAT_BYTES ? FLOAT_BYTES + bytes : FLOAT_BYTES);
    }
}
