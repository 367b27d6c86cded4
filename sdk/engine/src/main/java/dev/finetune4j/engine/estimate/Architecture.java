package dev.finetune4j.engine.estimate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.value.Checks;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a transformer, from which its parameters, memory and arithmetic follow.
 *
 * @param kind which way its text is read
 * @param layers blocks L; of an encoder-decoder those of both sides
 * @param hiddenSize width C
 * @param feedForwardSize inner width F of a dense feed-forward layer
 * @param heads query heads H
 * @param keyValueHeads key-value heads K
 * @param headSize width D of a head
 * @param vocabulary rows V of the embedding
 * @param isGated whether the feed-forward layer has a gate, hence three matrices
 * @param hasNewGelu whether its activation function is {@code gelu_new}, the approximation of GELU by tanh that transformers writes out in Python
 *     (NewGELUActivation)
 * @param hasDisentangledAttention whether scores are also taken of contents against relative positions, both ways, and added up (DeBERTa,
 *     arXiv:2006.03654), which no fused kernel does
 * @param hasTiedEmbeddings whether the output head is the embedding
 * @param experts where the feed-forward layers are mixtures of experts
 * @param publishedParameters weights as its makers count them, where the sizes above do not tell all (state-space layers,
 *     linear and latent attention, towers for pictures)
 * @param isInterpolated whether the sizes were guessed from the number of parameters
 */
public record Architecture(
        Kind kind,
        int layers,
        int hiddenSize,
        int feedForwardSize,
        int heads,
        int keyValueHeads,
        int headSize,
        int vocabulary,
        boolean isGated,
        boolean hasNewGelu,
        boolean hasDisentangledAttention,
        boolean hasTiedEmbeddings,
        @Nullable Experts experts,
        @Nullable Long publishedParameters,
        boolean isInterpolated) {
    /** Operations of attention on the way back, for each on the way forward: four products for two, and the scores once more. */
    public static final double ATTENTION_BACK = 2.5;

    /** Which way a model reads. */
    public enum Kind {
        /** Predicts the next token; has a head over the vocabulary. */
        DECODER,
        /** Reads both ways; trained with a small head. */
        ENCODER,
        /** Encoder and decoder joined by cross-attention, like T5. */
        ENCODER_DECODER
    }

    /** Checks that every size can be. */
    public Architecture {
        Checks.inRange("layers", layers, 1, 10_000);
        Checks.inRange("hiddenSize", hiddenSize, 1, 1 << 24);
        Checks.inRange("feedForwardSize", feedForwardSize, 1, 1 << 24);
        Checks.inRange("heads", heads, 1, 1 << 16);
        Checks.inRange("keyValueHeads", keyValueHeads, 1, heads);
        Checks.inRange("headSize", headSize, 1, 1 << 16);
        Checks.inRange("vocabulary", vocabulary, 1, 1 << 24);
        if (publishedParameters != null && publishedParameters < 1) {
            throw new IllegalArgumentException("publishedParameters must be positive, was " + publishedParameters);
        }
    }

    /**
     * The architecture that a model's {@code config.json} in Hugging Face form describes.
     *
     * @throws IllegalArgumentException naming the key if one of those that every model has is missing
     */
    public static Architecture ofConfig(JsonNode config) {
        return new ConfigReader(config).architecture();
    }

    /**
     * A Llama-like shape of about this many parameters, for models of which nothing else is known. Estimates from it are wider.
     *
     * @param parameters weights, at least a million
     */
    public static Architecture ofParameters(double parameters) {
        return InterpolatedShape.of(parameters);
    }

    /**
     * A Llama-like shape of a width, a depth and a vocabulary, for models of which nothing else is known: heads of 128, a key-value head
     * for four of them, a gated feed-forward layer of 3.25 times the width, a head of its own. Estimates from it are wider.
     */
    public static Architecture ofSizes(int hiddenSize, int layers, int vocabulary) {
        return InterpolatedShape.of(hiddenSize, layers, vocabulary);
    }

    /** Width {@code H D} of all query heads. */
    public long queryWidth() {
        return (long) heads * headSize;
    }

    /** Width {@code K D} of all key-value heads. */
    public long keyValueWidth() {
        return (long) keyValueHeads * headSize;
    }

    /** Layers that a token passes: those of the encoder or, of a target, those of the decoder, which are as many. */
    double passedLayers() {
        return kind == Kind.ENCODER_DECODER ? layers / 2.0 : layers;
    }

    /**
     * Operations of attention that a token takes going forward, over the layers it passes, {@code 4 S H D L}: two for each product of its queries with
     * keys, and of its scores with values.
     *
     * @param seen positions S that it looks at, in the mean
     */
    public double attentionOperations(double seen) {
        return 4 * seen * queryWidth() * passedLayers();
    }

    /** Inner width that a token passes in a layer: {@code F}, or that of the experts that are active for it. */
    public double activeFeedForwardSize() {
        if (experts == null) {
            return feedForwardSize;
        }
        return experts.feedForwardSize() * (experts.active() + experts.shared());
    }

    /** Weights of the embedding, {@code V C}. */
    public long embeddingParameters() {
        return (long) vocabulary * hiddenSize;
    }

    /** Weights of an output head of its own; 0 where it is tied. */
    public long headParameters() {
        return hasTiedEmbeddings || kind == Kind.ENCODER ? 0 : embeddingParameters();
    }

    /** Weights of all matrices inside the layers: those that quantisation packs. */
    public double linearParameters() {
        return Math.max(
                0.3 * countedLinear(allFeedForward()), countedLinear(allFeedForward()) + unexplainedParameters());
    }

    /** Weights inside the layers that a token passes: all of them but the experts that are not active for it, and where an encoder has a decoder, half. */
    public double activeLinearParameters() {
        if (experts != null) {
            return countedLinear(activeFeedForward());
        }
        return linearParameters() * passedLayers() / layers;
    }

    /** Weights of the experts that a token passes, shared ones included. */
    double activeExpertParameters() {
        return experts == null ? 0 : expertLayers() * (isGated ? 3.0 : 2.0) * hiddenSize * activeFeedForwardSize();
    }

    /** Layers that have experts. */
    int expertLayers() {
        return experts == null ? 0 : layers - experts.denseLayers();
    }

    /** Whether it is a decoder whose sizes do not explain its weights: one with state-space or linear-attention layers, or a tower for pictures. */
    boolean isUnlikeItsSizes() {
        return kind == Kind.DECODER && publishedParameters != null;
    }

    /** All weights, a tied head counted once. */
    public double parameters() {
        return linearParameters() + embeddingParameters() + headParameters();
    }

    /** Weights of the largest matrix inside a layer. */
    public long largestMatrix() {
        int inner = experts == null ? feedForwardSize : experts.feedForwardSize();
        return Math.max((long) hiddenSize * inner, hiddenSize * queryWidth());
    }

    /** Weights of adapters of rank 1 on these projections: {@code in + out} of each matrix, over layers and experts. */
    public double adapterParametersPerRank(Set<Projection> targets) {
        double sum = 0;
        for (Projection target : targets) {
            sum += (inputWidth(target) + outputWidth(target)) * copies(target);
        }
        return sum * layers;
    }

    /** Summed width of what the adapters on these projections read for a token, in one layer. */
    public double adapterInputs(Set<Projection> targets) {
        double sum = 0;
        for (Projection target : targets) {
            sum += inputWidth(target) * passes(target);
        }
        return sum;
    }

    /** What DoRA on these projections costs in one layer. */
    Dora dora(Set<Projection> targets) {
        return targets.stream()
                .map(target -> Dora.of(inputWidth(target), outputWidth(target), copies(target), passes(target)))
                .reduce(Dora.NONE, Dora::plus);
    }

    private boolean exists(Projection target) {
        return isGated || target != Projection.GATE;
    }

    private double copies(Projection target) {
        if (!exists(target)) {
            return 0;
        }
        return target.isFeedForward() && experts != null ? experts.count() + experts.shared() : 1;
    }

    /** How many matrices of this projection a token passes in a layer. */
    private double passes(Projection target) {
        if (!exists(target)) {
            return 0;
        }
        return experts != null && target.isFeedForward() ? experts.active() + experts.shared() : 1;
    }

    private double inputWidth(Projection target) {
        return switch (target) {
            case OUTPUT -> queryWidth();
            case DOWN -> innerWidth();
            default -> hiddenSize;
        };
    }

    private double outputWidth(Projection target) {
        return switch (target) {
            case QUERY -> queryWidth();
            case KEY, VALUE -> keyValueWidth();
            case GATE, UP -> innerWidth();
            case OUTPUT, DOWN -> hiddenSize;
        };
    }

    private double innerWidth() {
        return experts == null ? feedForwardSize : experts.feedForwardSize();
    }

    /** {@code L (2 C (H + K) D + feed-forward)}; a decoder that also attends to an encoder has half its attention once more. */
    private double countedLinear(double feedForward) {
        double attention = 2.0 * hiddenSize * (queryWidth() + keyValueWidth());
        double crossed = kind == Kind.ENCODER_DECODER ? 1.5 : 1;
        return layers * attention * crossed + feedForward;
    }

    private double allFeedForward() {
        int matrices = isGated ? 3 : 2;
        double dense = (double) matrices * hiddenSize * feedForwardSize;
        if (experts == null) {
            return layers * dense;
        }
        double router = (double) hiddenSize * experts.count();
        double mixture =
                matrices * (double) hiddenSize * experts.feedForwardSize() * (experts.count() + experts.shared())
                        + router;
        return experts.denseLayers() * dense + expertLayers() * mixture;
    }

    private double activeFeedForward() {
        int matrices = isGated ? 3 : 2;
        double dense = (double) matrices * hiddenSize * feedForwardSize;
        if (experts == null) {
            return layers * dense;
        }
        return experts.denseLayers() * dense + activeExpertParameters();
    }

    /** What the makers count beyond the sizes; below 0 where layers are smaller than they look. */
    private double unexplainedParameters() {
        if (publishedParameters == null) {
            return 0;
        }
        return publishedParameters - countedLinear(allFeedForward()) - embeddingParameters() - headParameters();
    }
}
