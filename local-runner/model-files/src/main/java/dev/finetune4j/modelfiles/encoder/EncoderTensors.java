package dev.finetune4j.modelfiles.encoder;

import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.EncoderFamily;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every tensor of an encoder with a classification head, by the name that transformers gives it ({@link StoredNames} knows what else a
 * file may call it). Axis letters: V vocabulary, P positions, Y token types, C width, F feed-forward width, K labels.
 */
public final class EncoderTensors {
    private final EncoderConfig config;
    private final boolean distilled;
    private final String model;

    private EncoderTensors(EncoderConfig config) {
        this.config = config;
        this.distilled = config.family() == EncoderFamily.DISTILBERT;
        this.model = prefix(config.family());
    }

    /** The tensors of a model. */
    public static EncoderTensors of(EncoderConfig config) {
        return new EncoderTensors(config);
    }

    /** What precedes the names of all tensors but the head's. */
    static String prefix(EncoderFamily family) {
        return switch (family) {
            case BERT -> "bert.";
            case DISTILBERT -> "distilbert.";
            case ROBERTA -> "roberta.";
        };
    }

    /** [V, C]. */
    public ExpectedTensor words() {
        return embedding("word_embeddings", config.vocabularySize());
    }

    /** [P, C]. */
    public ExpectedTensor positions() {
        return embedding("position_embeddings", config.positions());
    }

    /** [Y, C]; none where the model has no token types. */
    public Optional<ExpectedTensor> types() {
        return config.tokenTypes() == 0
                ? Optional.empty()
                : Optional.of(embedding("token_type_embeddings", config.tokenTypes()));
    }

    /** The norm of the embeddings' sum. */
    public NormTensors norm() {
        return new NormTensors(model + "embeddings.LayerNorm", config.width());
    }

    /** What precedes the number of a layer in the names of its tensors. */
    public String layersStem() {
        return model + (distilled ? "transformer.layer." : "encoder.layer.");
    }

    /** One of the layers, counted from 0. */
    public LayerTensors layer(int number) {
        String layer = layersStem() + number + ".";
        int width = config.width();
        int inner = config.feedForwardSize();
        return distilled
                ? new LayerTensors(
                        linears(layer, "attention.q_lin", "attention.k_lin", "attention.v_lin"),
                        LinearTensors.of(layer + "attention.out_lin", width, width),
                        new NormTensors(layer + "sa_layer_norm", width),
                        LinearTensors.of(layer + "ffn.lin1", inner, width),
                        LinearTensors.of(layer + "ffn.lin2", width, inner),
                        new NormTensors(layer + "output_layer_norm", width))
                : new LayerTensors(
                        linears(layer, "attention.self.query", "attention.self.key", "attention.self.value"),
                        LinearTensors.of(layer + "attention.output.dense", width, width),
                        new NormTensors(layer + "attention.output.LayerNorm", width),
                        LinearTensors.of(layer + "intermediate.dense", inner, width),
                        LinearTensors.of(layer + "output.dense", width, inner),
                        new NormTensors(layer + "output.LayerNorm", width));
    }

    /** The dense layer of the head, C to C: BERT's pooler. */
    public LinearTensors headDense() {
        return LinearTensors.of(
                switch (config.family()) {
                    case BERT -> model + "pooler.dense";
                    case DISTILBERT -> "pre_classifier";
                    case ROBERTA -> "classifier.dense";
                },
                config.width(),
                config.width());
    }

    /** The classifier of the head, C to K. */
    public LinearTensors classifier(int labels) {
        String path = config.family() == EncoderFamily.ROBERTA ? "classifier.out_proj" : "classifier";
        return LinearTensors.of(path, labels, config.width());
    }

    /** The head: dense layer and classifier. */
    public List<ExpectedTensor> head(int labels) {
        return Stream.of(headDense(), classifier(labels))
                .flatMap(LinearTensors::all)
                .toList();
    }

    /** The modules that the head consists of, as transformers names them, sorted. */
    public List<String> headModules() {
        return switch (config.family()) {
            case BERT -> List.of("classifier", "pooler");
            case DISTILBERT -> List.of("classifier", "pre_classifier");
            case ROBERTA -> List.of("classifier");
        };
    }

    /** All but the head: what every file must hold. */
    public List<ExpectedTensor> body() {
        List<ExpectedTensor> tensors = new ArrayList<>(List.of(words(), positions()));
        types().ifPresent(tensors::add);
        tensors.add(norm().weight());
        tensors.add(norm().bias());
        for (int number = 0; number < config.layers(); number++) {
            layer(number).all().forEach(tensors::add);
        }
        return tensors;
    }

    private ExpectedTensor embedding(String name, long rows) {
        return new ExpectedTensor(model + "embeddings." + name + ".weight", List.of(rows, (long) config.width()));
    }

    private LinearTensors linears(String layer, String query, String key, String value) {
        return new LinearTensors(List.of(layer + query, layer + key, layer + value), config.width(), config.width());
    }
}
