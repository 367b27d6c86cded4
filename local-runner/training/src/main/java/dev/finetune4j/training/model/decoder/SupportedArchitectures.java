package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.RopeScaling;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.training.model.ModelProblems;
import java.util.ArrayList;
import java.util.List;

/** Decides whether the blocks compute what a configuration asks for; nothing is computed approximately. */
final class SupportedArchitectures {
    /** Gelu in its tanh form. */
    static final String GELU = "gelu_pytorch_tanh";

    private static final List<String> ACTIVATIONS = List.of("silu", GELU);

    private SupportedArchitectures() {}

    /**
     * The sizes of a supported model.
     *
     * @param config what config.json says
     * @param maxSequenceTokens the longest sequence that will be computed
     * @param source the file, for messages
     * @throws FineTuneException with FT0470 for everything that is not supported
     */
    static DecoderShape shapeOf(ModelConfig config, int maxSequenceTokens, String source) {
        List<Problem> problems = new ArrayList<>();
        if (!DecoderTensors.knows(config.architecture())) {
            problems.add(unsupported(
                    "architecture " + config.architecture() + " is not supported",
                    "supported are " + String.join(", ", DecoderTensors.architectures()),
                    source));
        }
        if (!ACTIVATIONS.contains(config.activation())) {
            problems.add(unsupported(
                    "activation " + config.activation() + " is not supported",
                    "supported are " + String.join(", ", ACTIVATIONS),
                    source));
        }
        if (config.ropeScaling() instanceof RopeScaling.Other other) {
            problems.add(unsupported(
                    "rope scaling " + other.type() + " is not supported",
                    "supported are default, linear, llama3, yarn and longrope",
                    source));
        }
        if (config.ropeScaling() instanceof RopeScaling.LongRope longRope
                && longRope.originalContextTokens() < maxSequenceTokens) {
            problems.add(unsupported(
                    "longrope beyond " + longRope.originalContextTokens() + " tokens is not supported",
                    "longer sequences turn by other frequencies, and up to " + maxSequenceTokens
                            + " tokens would be computed",
                    source));
        }
        if (config.traits().bidirectional()) {
            problems.add(unsupported(
                    "bidirectional attention is not supported",
                    "by is_causal or use_bidirectional_attention each token would see those after it, and a language"
                            + " model is asked for them",
                    source));
        }
        int rotaryWidth = config.traits().rotaryWidth();
        if (rotaryWidth < 2 || rotaryWidth % 2 != 0 || rotaryWidth > config.headSize()) {
            problems.add(unsupported(
                    "rotary positions on " + rotaryWidth + " of the " + config.headSize()
                            + " numbers of a head are not supported",
                    "they turn pairs of numbers",
                    source));
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new DecoderShape(
                config.layers(),
                config.hiddenSize(),
                config.heads(),
                config.keyValueHeads(),
                config.headSize(),
                config.feedForwardSize(),
                config.vocabularySize(),
                config.tiedEmbeddings(),
                biases(DecoderTensors.of(config, false)),
                config.traits());
    }

    private static long biases(DecoderTensors tensors) {
        return tensors.weights().stream()
                .filter(tensor -> tensor.name().endsWith(".bias"))
                .mapToLong(tensor -> tensor.shape().get(0))
                .sum();
    }

    private static Problem unsupported(String summary, String cause, String source) {
        return ModelProblems.ARCHITECTURE
                .error(summary)
                .at(Location.of(source))
                .because(cause)
                .build();
    }
}
