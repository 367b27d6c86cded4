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
    private SupportedArchitectures() {}

    /**
     * The sizes of a supported model.
     *
     * @param config what config.json says
     * @param maxSequenceTokens the longest sequence that will be computed; a sliding window must not be shorter
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
        if (!config.activation().equals("silu")) {
            problems.add(unsupported(
                    "activation " + config.activation() + " is not supported", "supported is silu", source));
        }
        if (config.ropeScaling() instanceof RopeScaling.Other other) {
            problems.add(unsupported(
                    "rope scaling " + other.type() + " is not supported",
                    "supported are default, linear and llama3",
                    source));
        }
        if (config.headSize() % 2 != 0) {
            problems.add(unsupported(
                    "head width " + config.headSize() + " is odd", "rotary positions turn pairs of numbers", source));
        }
        config.slidingWindowIfAny().filter(window -> window < maxSequenceTokens).ifPresent(window -> {
            problems.add(unsupported(
                    "attention in a sliding window of " + window + " tokens is not supported",
                    "sequences of up to " + maxSequenceTokens + " tokens would be computed as if there were no window",
                    source));
        });
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
                config.tiedEmbeddings());
    }

    private static Problem unsupported(String summary, String cause, String source) {
        return ModelProblems.ARCHITECTURE
                .error(summary)
                .at(Location.of(source))
                .because(cause)
                .build();
    }
}
