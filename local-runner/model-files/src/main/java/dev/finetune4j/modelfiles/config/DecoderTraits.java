package dev.finetune4j.modelfiles.config;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What sets a decoder apart from Llama.
 *
 * @param fusedProjections whether query, key and value are one stored matrix, and gate and up another, as in Phi 3
 * @param headNorms whether each query and key head is normed before it turns, as in Qwen 3
 * @param branchNorms whether the results of attention and feed-forward are normed before they join the stream, as in Gemma 2
 * @param shiftedNorms whether norms store their weights less 1, as in Gemma
 * @param embeddingScale factor of the embedding on its way into the first layer
 * @param queryScale factor of the attention scores; 1 / sqrt(D) in most models
 * @param scoreCap attention scores are capped to this by tanh; 0 for not
 * @param logitCap logits are capped to this by tanh; 0 for not
 * @param rotaryWidth numbers of a head that turn; D in most models
 * @param windowed for each layer whether it looks through the sliding window
 * @param windowedRopeTheta base of the rotary frequencies, not stretched, of the windowed layers; null where all layers turn alike
 * @param bidirectional whether each token sees those after it too
 */
public record DecoderTraits(
        boolean fusedProjections,
        boolean headNorms,
        boolean branchNorms,
        boolean shiftedNorms,
        double embeddingScale,
        double queryScale,
        double scoreCap,
        double logitCap,
        int rotaryWidth,
        List<Boolean> windowed,
        @Nullable Double windowedRopeTheta,
        boolean bidirectional) {
    /** Copies the list. */
    public DecoderTraits {
        windowed = List.copyOf(windowed);
    }

    /** Those of Llama: none. */
    static DecoderTraits none(int layers, int headSize) {
        return new DecoderTraits(
                false,
                false,
                false,
                false,
                1,
                1 / Math.sqrt(headSize),
                0,
                0,
                headSize,
                Collections.nCopies(layers, false),
                null,
                false);
    }
}
