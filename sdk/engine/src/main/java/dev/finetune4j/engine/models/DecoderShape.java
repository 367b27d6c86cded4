package dev.finetune4j.engine.models;

import dev.finetune4j.value.Checks;

/**
 * The sizes of a Llama-style decoder: pre-norm blocks of grouped-query attention and a gated feed-forward layer, RMS norms
 * without bias. From them follow parameters, memory and arithmetic.
 *
 * @param layers blocks L
 * @param hiddenSize width C
 * @param feedForwardSize inner width F of the feed-forward layer
 * @param heads query heads H
 * @param keyValueHeads heads K of keys and values; {@code heads} must be a multiple of it
 * @param headSize width D of a head
 * @param vocabulary rows V of the embedding, padding included
 * @param tiedEmbeddings whether the output head is the embedding
 * @param queryKeyValueBias whether the projections of queries, keys and values add a bias
 * @param headNorms whether queries and keys are normed head by head
 * @param branchNorms whether what attention and feed-forward add is normed too
 */
public record DecoderShape(
        int layers,
        int hiddenSize,
        int feedForwardSize,
        int heads,
        int keyValueHeads,
        int headSize,
        int vocabulary,
        boolean tiedEmbeddings,
        boolean queryKeyValueBias,
        boolean headNorms,
        boolean branchNorms) {
    /** Checks that every size can be and that key-value heads divide the heads. */
    public DecoderShape {
        Checks.inRange("layers", layers, 1, 10_000);
        Checks.inRange("feedForwardSize", feedForwardSize, 1, 1 << 24);
        Checks.inRange("vocabulary", vocabulary, 1, 1 << 24);
        Checks.inRange("hiddenSize", hiddenSize, 1, 1 << 24);
        Checks.inRange("heads", heads, 1, 1 << 16);
        Checks.inRange("headSize", headSize, 1, 1 << 16);
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "heads must be a multiple of keyValueHeads, was " + heads + " of " + keyValueHeads);
        }
    }

    /**
     * Weights of the model, a tied head counted once: {@code (1 or 2) V C + L (2 C (H + K) D + 3 C F + norms [+ (H + 2 K) D]) + C},
     * with norms {@code (2 or 4) C [+ 2 D]}.
     */
    public long parameters() {
        long width = hiddenSize;
        long queryWidth = (long) heads * headSize;
        long keyValueWidth = (long) keyValueHeads * headSize;
        long attention = 2 * width * (queryWidth + keyValueWidth);
        long bias = queryKeyValueBias ? queryWidth + 2 * keyValueWidth : 0;
        long norms = (branchNorms ? 4 : 2) * width + (headNorms ? 2L * headSize : 0);
        long block = attention + bias + 3 * width * feedForwardSize + norms;
        long embeddings = (tiedEmbeddings ? 1 : 2) * width * vocabulary;
        return embeddings + layers * block + width;
    }
}
