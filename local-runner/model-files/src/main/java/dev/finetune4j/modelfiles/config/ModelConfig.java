package dev.finetune4j.modelfiles.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder model looks like, from config.json or from the metadata of a GGUF file.
 *
 * @param architecture the class that transformers would load, such as {@code LlamaForCausalLM}
 * @param hiddenSize C, the width of the residual stream
 * @param layers decoder layers
 * @param heads H, query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headSize D, width of a head
 * @param feedForwardSize F, inner width of the gated feed-forward
 * @param vocabularySize V, rows of the embedding
 * @param contextTokens positions that the model was made for
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling how the rotary embedding is stretched
 * @param rmsEpsilon added to the mean square in RMS norms
 * @param activation of the gate, such as {@code silu}
 * @param tiedEmbeddings whether the output head is the embedding
 * @param attentionBias which attention projections add a bias
 * @param feedForwardBias whether the feed-forward projections add a bias
 * @param slidingWindow tokens that attention looks back, or null for all
 * @param storedType the weights' number format as config.json names it, such as {@code bfloat16}; empty if not said
 * @param beginToken the token that begins a text, or null
 * @param endTokens tokens that end a text; may be empty
 * @param paddingToken the token that fills up rows, or null; transformers never trains its embedding
 * @param traits what sets it apart from Llama
 * @param interleavedRotary whether the rows of the query and key projections are permuted for rotary pairs that lie side by side, as
 *     GGUF's llama architecture stores them; they must be put back for Hugging Face's half-and-half rotary
 */
public record ModelConfig(
        String architecture,
        int hiddenSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int feedForwardSize,
        int vocabularySize,
        int contextTokens,
        double ropeTheta,
        RopeScaling ropeScaling,
        double rmsEpsilon,
        String activation,
        boolean tiedEmbeddings,
        AttentionBias attentionBias,
        boolean feedForwardBias,
        @Nullable Integer slidingWindow,
        String storedType,
        @Nullable Integer beginToken,
        List<Integer> endTokens,
        @Nullable Integer paddingToken,
        DecoderTraits traits,
        boolean interleavedRotary) {
    /** Copies the list. */
    public ModelConfig {
        endTokens = List.copyOf(endTokens);
    }

    /** The architectures of which everything that the configuration can say is known. */
    public static List<String> knownArchitectures() {
        return Family.architectures();
    }

    /** Tokens of the longest text that is supported: those of {@code contextTokens}, or of LongRoPE's original length. */
    public int supportedTokens() {
        return ropeScaling instanceof RopeScaling.LongRope longRope
                ? Math.min(contextTokens, longRope.originalContextTokens())
                : contextTokens;
    }

    /** The token that begins a text, if the configuration names one. */
    public OptionalInt beginTokenIfAny() {
        return beginToken == null ? OptionalInt.empty() : OptionalInt.of(beginToken);
    }

    /** The token whose embedding no input trains, as {@code torch.nn.Embedding} with a {@code padding_idx}; -1 for none. */
    public int untrainedToken() {
        return paddingToken == null ? -1 : paddingToken < 0 ? paddingToken + vocabularySize : paddingToken;
    }

    /** Tokens that attention looks back, if limited. */
    public Optional<Integer> slidingWindowIfAny() {
        return Optional.ofNullable(slidingWindow);
    }
}
