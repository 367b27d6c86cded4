package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.EncoderFamily;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraLayout.Module;
import dev.finetune4j.training.model.adapter.LoraLayout.Projection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An encoder that is supported, with a head over labels.
 *
 * @param config the encoder
 * @param labels names of the labels, in the order of the head's outputs
 */
record EncoderShape(EncoderConfig config, List<String> labels) {
    /** Their places are the numbers by which {@code encoder_layer.ts.py} knows them. */
    private static final List<List<String>> ACTIVATIONS =
            List.of(List.of("gelu"), List.of("gelu_new", "gelu_pytorch_tanh"), List.of("relu"));

    /** Copies the list. */
    EncoderShape {
        labels = List.copyOf(labels);
    }

    /**
     * Looks at a configuration.
     *
     * @param source its file, for messages
     * @throws FineTuneException with FT0470 if it asks for a computation that is not there
     */
    static EncoderShape of(EncoderConfig config, List<String> labels, String source) {
        List<Problem> problems = new ArrayList<>();
        if (activation(config) < 0) {
            problems.add(unsupported(
                    "activation " + config.activation() + " is not supported",
                    "supported are "
                            + String.join(
                                    ", ",
                                    ACTIVATIONS.stream().flatMap(List::stream).toList()),
                    source));
        }
        if (!config.positionKind().equals("absolute")) {
            problems.add(unsupported(
                    "position embeddings of type " + config.positionKind() + " are not supported",
                    "supported are absolute ones",
                    source));
        }
        if (config.causal()) {
            problems.add(unsupported(
                    "an encoder with is_decoder is not supported",
                    "its tokens do not see those after them; where it was not trained so, set is_decoder to false",
                    source));
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new EncoderShape(config, labels);
    }

    private static Problem unsupported(String summary, String cause, String source) {
        return ModelProblems.ARCHITECTURE
                .error(summary)
                .at(Location.of(source))
                .because(cause)
                .build();
    }

    /** The number of the activation, or -1. */
    private static int activation(EncoderConfig config) {
        for (int number = 0; number < ACTIVATIONS.size(); number++) {
            if (ACTIVATIONS.get(number).contains(config.activation())) {
                return number;
            }
        }
        return -1;
    }

    /** The number by which the script knows the activation of the feed-forward. */
    int activation() {
        return activation(config);
    }

    /** Whether the head's dense layer ends in tanh; otherwise in relu. */
    boolean headIsTanh() {
        return config.family() != EncoderFamily.DISTILBERT;
    }

    /**
     * The layout of a method's adapters.
     *
     * @throws FineTuneException with FT0472 if a module or layer that the method names does not exist
     */
    LoraLayout adapters(LoraTuning method) {
        return LoraLayout.of(tensors().layersStem(), config.layers(), method, projections());
    }

    /** The layout of a method without adapters. */
    LoraLayout withoutAdapters() {
        return LoraLayout.none(tensors().layersStem(), config.layers(), projections());
    }

    /** The linear layers of a layer: query with key and value, out, inner, outer. */
    private List<Projection> projections() {
        int stem = (tensors().layersStem() + "0.").length();
        return tensors().layer(0).linears().stream()
                .map(linear -> new Projection(
                        Math.toIntExact(linear.inputs()),
                        IntStream.range(0, linear.paths().size())
                                .mapToObj(i -> new Module(
                                        linear.paths().get(i).substring(stem),
                                        Math.toIntExact(i * linear.outputs()),
                                        Math.toIntExact(linear.outputs())))
                                .toList()))
                .toList();
    }

    EncoderTensors tensors() {
        return EncoderTensors.of(config);
    }

    /** All parameters, the head's included. */
    long parameters() {
        return Stream.concat(tensors().body().stream(), tensors().head(labels.size()).stream())
                .map(ExpectedTensor::shape)
                .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
                .sum();
    }
}
