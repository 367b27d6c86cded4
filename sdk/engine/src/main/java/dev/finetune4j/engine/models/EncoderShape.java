package dev.finetune4j.engine.models;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Kind;

/**
 * The sizes of a BERT-style encoder: learned positions, post-norm blocks of full attention and a feed-forward layer of two matrices, every
 * matrix with a bias, every norm with a shift.
 *
 * @param layers blocks L
 * @param hiddenSize width C
 * @param feedForwardSize inner width F of the feed-forward layer
 * @param heads heads H
 * @param vocabulary rows V of the embedding
 * @param positions rows P of the table of positions
 * @param segments rows S of the table of segments; 0 where there is none
 * @param pooled whether a layer over the first token follows the blocks
 */
@Kind("encoder")
public record EncoderShape(
        int layers,
        int hiddenSize,
        int feedForwardSize,
        int heads,
        int vocabulary,
        int positions,
        int segments,
        boolean pooled)
        implements ModelShape {
    /** Checks that every size can be and that the heads share the width. */
    public EncoderShape {
        Checks.inRange("layers", layers, 1, 10_000);
        Checks.inRange("hiddenSize", hiddenSize, 1, 1 << 24);
        Checks.inRange("feedForwardSize", feedForwardSize, 1, 1 << 24);
        Checks.inRange("vocabulary", vocabulary, 1, 1 << 24);
        Checks.inRange("positions", positions, 1, 1 << 24);
        Checks.inRange("segments", segments, 0, 1 << 10);
        if (heads < 1 || hiddenSize % heads != 0) {
            throw new IllegalArgumentException(
                    "hiddenSize must be a multiple of heads, was " + hiddenSize + " of " + heads);
        }
    }

    /** {@inheritDoc} {@code (V + P + S) C + 2 C + L (4 (C C + C) + 2 C F + F + C + 4 C) [+ C C + C]}. */
    @Override
    public long parameters() {
        long width = hiddenSize;
        long inner = feedForwardSize;
        long embeddings = (vocabulary + positions + segments) * width + 2 * width;
        long attention = 4 * (width * width + width);
        long feedForward = 2 * width * inner + inner + width;
        long norms = 4 * width;
        long pooler = pooled ? width * width + width : 0;
        return embeddings + layers * (attention + feedForward + norms) + pooler;
    }

    @Override
    public Architecture architecture() {
        return new Architecture(
                Architecture.Kind.ENCODER,
                layers,
                hiddenSize,
                feedForwardSize,
                heads,
                heads,
                hiddenSize / heads,
                vocabulary,
                false,
                false,
                false,
                true,
                null,
                parameters(),
                false);
    }
}
