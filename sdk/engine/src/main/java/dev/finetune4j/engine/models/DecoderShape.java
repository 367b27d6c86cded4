package dev.finetune4j.engine.models;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.Experts;
import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Kind;
import org.jspecify.annotations.Nullable;

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
 * @param experts where each feed-forward layer is a mixture of experts, or null
 */
@Kind("decoder")
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
        boolean branchNorms,
        @Nullable Experts experts)
        implements ModelShape {
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
     * {@inheritDoc} {@code (1 or 2) V C + L (2 C (H + K) D + 3 C F + norms [+ (H + 2 K) D]) + C}, with norms {@code (2 or 4) C [+ 2 D]};
     * a mixture of E experts has {@code 3 C F} E times, and {@code C E} that choose.
     */
    @Override
    public long parameters() {
        long width = hiddenSize;
        long queryWidth = (long) heads * headSize;
        long keyValueWidth = (long) keyValueHeads * headSize;
        long attention = 2 * width * (queryWidth + keyValueWidth);
        long bias = queryKeyValueBias ? queryWidth + 2 * keyValueWidth : 0;
        long norms = (branchNorms ? 4 : 2) * width + (headNorms ? 2L * headSize : 0);
        long block = attention + bias + norms;
        long embeddings = (tiedEmbeddings ? 1 : 2) * width * vocabulary;
        return embeddings + layers * block + feedForwardParameters() + width;
    }

    private long feedForwardParameters() {
        long dense = 3L * hiddenSize * feedForwardSize;
        if (experts == null) {
            return layers * dense;
        }
        long expert = 3L * hiddenSize * experts.feedForwardSize();
        long mixture = Math.round((experts.count() + experts.shared()) * expert) + (long) hiddenSize * experts.count();
        return experts.denseLayers() * dense + (layers - experts.denseLayers()) * mixture;
    }

    @Override
    public Architecture architecture() {
        return new Architecture(
                Architecture.Kind.DECODER,
                layers,
                hiddenSize,
                feedForwardSize,
                heads,
                keyValueHeads,
                headSize,
                vocabulary,
                true,
                false,
                false,
                tiedEmbeddings,
                experts,
                null,
                false);
    }
}
