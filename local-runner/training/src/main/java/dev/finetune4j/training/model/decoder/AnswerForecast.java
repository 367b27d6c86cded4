package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Recompute;
import dev.finetune4j.training.model.adapter.LoraLayout;

/**
 * Resident memory of the process at the peak of scoring and speaking, foreseen from sizes alone. On top of what {@link MemoryForecast}
 * says of a training that learns nothing, with S tokens of the longest text and n tokens computed at once:
 *
 * <pre>
 * cache    2 L K D s S
 * scratch  n s (5 C + (H + 2 K) D + H D + 3 F) + n H (n + S) (8 + 2 s)
 * logits   n V (8 + s)
 * </pre>
 *
 * @param shape sizes of the model
 * @param layout the adapters
 * @param bytes s
 * @param passageTokens longest passage that is read for its own likelihood
 * @param textTokens S, 0 where nothing is scored or spoken
 */
record AnswerForecast(DecoderShape shape, LoraLayout layout, int bytes, long passageTokens, long textTokens) {
    /** Peak bytes. */
    long peakBytes() {
        long n = Math.min(CachedDecoder.PIECE, textTokens);
        long scratch = 5L * shape.width() + shape.qkvWidth() + shape.attentionWidth() + 3L * shape.feedForwardWidth();
        return new MemoryForecast(shape, layout, bytes, passageTokens).peakBytes(Recompute.LAYER)
                + 2L * shape.layers() * shape.keyWidth() * bytes * textTokens
                + n * bytes * scratch
                + n * shape.heads() * (n + textTokens) * (8L + 2L * bytes)
                + n * shape.vocabulary() * (8L + bytes);
    }
}
