package dev.finetune4j.modelfiles.config;

import java.util.List;

/**
 * What an encoder looks like, from config.json.
 *
 * @param family decides the names of its tensors and the form of its head
 * @param width C
 * @param layers L
 * @param heads H; divides C
 * @param feedForwardSize F
 * @param vocabularySize V, rows of the word embedding
 * @param positions P, rows of the position embedding
 * @param firstPosition the row of the first token; rows before it are not used
 * @param tokenTypes rows of the token type embedding; 0 where there is none
 * @param normEpsilon added to the variance in layer norms
 * @param activation of the feed-forward, such as {@code gelu}
 * @param positionKind how positions enter, such as {@code absolute}
 * @param causal whether a token sees nothing but those before it, as in a decoder
 * @param initializerRange standard deviation of the normal distribution that new weights are drawn from
 * @param labels names of the labels in the order of the head's outputs; empty where config.json has none
 */
public record EncoderConfig(
        EncoderFamily family,
        int width,
        int layers,
        int heads,
        int feedForwardSize,
        int vocabularySize,
        int positions,
        int firstPosition,
        int tokenTypes,
        double normEpsilon,
        String activation,
        String positionKind,
        boolean causal,
        double initializerRange,
        List<String> labels) {
    /** Copies the list. */
    public EncoderConfig {
        labels = List.copyOf(labels);
    }

    /** Tokens of the longest text. */
    public int contextTokens() {
        return positions - firstPosition;
    }
}
