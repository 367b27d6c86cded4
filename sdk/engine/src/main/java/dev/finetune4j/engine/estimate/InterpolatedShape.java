package dev.finetune4j.engine.estimate;

import static dev.finetune4j.engine.estimate.Architecture.Kind.DECODER;

import dev.finetune4j.value.Checks;
import java.util.Comparator;
import java.util.List;

/** The usual depth and width at a number of parameters, after the open Llama, Qwen and Mistral models. */
final class InterpolatedShape {
    private static final double LEAST_PARAMETERS = 1e6;
    private static final double MOST_PARAMETERS = 1e13;
    private static final int HEAD_SIZE = 128;
    private static final int QUERIES_OF_A_KEY = 4;
    private static final double FEED_FORWARD = 3.25;

    private record Size(int layers, int hiddenSize) {}

    private static final List<Size> SIZES = List.of(
            new Size(6, 256),
            new Size(12, 512),
            new Size(24, 896),
            new Size(16, 2048),
            new Size(28, 2048),
            new Size(28, 3072),
            new Size(32, 4096),
            new Size(40, 5120),
            new Size(60, 6656),
            new Size(80, 8192),
            new Size(126, 16384));

    private InterpolatedShape() {}

    static Architecture of(double parameters) {
        Checks.inRange("parameters", parameters, LEAST_PARAMETERS, MOST_PARAMETERS);
        return SIZES.stream()
                .map(size -> shape(size, parameters))
                .min(Comparator.comparingDouble(shape -> misfit(shape, parameters)))
                .orElseThrow();
    }

    static Architecture of(int hiddenSize, int layers, int vocabulary) {
        int heads = Math.max(1, hiddenSize / HEAD_SIZE);
        return new Architecture(
                DECODER,
                layers,
                hiddenSize,
                (int) (FEED_FORWARD * hiddenSize),
                heads,
                Math.max(1, heads / QUERIES_OF_A_KEY),
                HEAD_SIZE,
                vocabulary,
                true,
                false,
                false,
                false,
                null,
                null,
                true);
    }

    /** The published count then scales the layers, so that the weights are right whatever the shape. */
    private static Architecture shape(Size size, double parameters) {
        int width = size.hiddenSize();
        int heads = Math.max(1, width / HEAD_SIZE);
        return new Architecture(
                DECODER,
                size.layers(),
                width,
                (int) (FEED_FORWARD * width),
                heads,
                Math.max(1, heads / QUERIES_OF_A_KEY),
                HEAD_SIZE,
                parameters < 2e9 ? 32_000 : 100_000,
                true,
                false,
                false,
                parameters < 4e9,
                null,
                Math.round(parameters),
                true);
    }

    private static double misfit(Architecture shape, double parameters) {
        double counted = shape.layers()
                        * (2.0 * shape.hiddenSize() * (shape.queryWidth() + shape.keyValueWidth())
                                + 3.0 * shape.hiddenSize() * shape.feedForwardSize())
                + shape.embeddingParameters()
                + shape.headParameters();
        return Math.abs(Math.log(counted / parameters));
    }
}
