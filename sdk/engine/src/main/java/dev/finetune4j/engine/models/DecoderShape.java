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
 * @param vocabulary rows V of the embedding, padding included
 * @param tiedEmbeddings whether the output head is the embedding
 * @param queryKeyValueBias whether the projections of queries, keys and values add a bias
 */
public record DecoderShape(
        int layers,
        int hiddenSize,
        int feedForwardSize,
        int heads,
        int keyValueHeads,
        int vocabulary,
        boolean tiedEmbeddings,
        boolean queryKeyValueBias) {
    /** Checks that heads divide the width and key-value heads the heads. */
    public DecoderShape {
        Checks.inRange("layers", layers, 1, 10_000);
        Checks.inRange("feedForwardSize", feedForwardSize, 1, 1 << 24);
        Checks.inRange("vocabulary", vocabulary, 1, 1 << 24);
        if (heads < 1 || hiddenSize < 1 || hiddenSize % heads != 0) {
            throw new IllegalArgumentException(
                    "hiddenSize must be a multiple of heads, was " + hiddenSize + " of " + heads);
        }
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "heads must be a multiple of keyValueHeads, was " + heads + " of " + keyValueHeads);
        }
    }

    /** Weights of the model, a tied head counted once: {@code (1 or 2) V C + L (2 C C + 2 C K D + 3 C F + 2 C [+ C + 2 K D]) + C}. */
    public long parameters() {
        long width = hiddenSize;
        long keyValueWidth = (long) keyValueHeads * (hiddenSize / heads);
        long attention = 2 * width * width + 2 * width * keyValueWidth;
        long bias = queryKeyValueBias ? width + 2 * keyValueWidth : 0;
        long block = attention + bias + 3 * width * feedForwardSize + 2 * width;
        long embeddings = (tiedEmbeddings ? 1 : 2) * width * vocabulary;
        return embeddings + layers * block + width;
    }
}
