package dev.finetune4j.modelfiles.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.FurtherLayers;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a file calls a tensor: as transformers names it; without the model's prefix where the bare encoder was saved; and with
 * {@code gamma} and {@code beta} in norms that were converted from TensorFlow.
 */
public final class StoredNames {
    private final WeightFile file;
    private final String prefix;

    /** The names of one file. */
    public StoredNames(WeightFile file, EncoderConfig config) {
        this.file = file;
        this.prefix = EncoderTensors.prefix(config.family());
    }

    /** The tensor by its name in the file; by its own where the file has it under none. */
    public ExpectedTensor of(ExpectedTensor tensor) {
        return find(tensor).orElse(tensor);
    }

    /** The tensor by its name in the file, if it is there in whatever shape. */
    public Optional<ExpectedTensor> find(ExpectedTensor tensor) {
        String name = tensor.name();
        String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        return Stream.of(name, bare)
                .flatMap(candidate -> Stream.of(candidate, asInTensorFlow(candidate)))
                .filter(file.tensors()::containsKey)
                .findFirst()
                .map(stored -> new ExpectedTensor(stored, tensor.shape()));
    }

    private static String asInTensorFlow(String name) {
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
    }

    /**
     * Compares the headers of an encoder's weights with its configuration; reads no weight.
     *
     * @throws FineTuneException with FT0410, FT0471 or FT0409, each once for all of them, or FT0421 if there are
     *     layers that the configuration does not call for
     */
    public static void refuseUnfit(ModelFolder folder, EncoderConfig config) {
        try (WeightFile weights = folder.openWeights()) {
            StoredNames names = new StoredNames(weights, config);
            List<ExpectedTensor> body =
                    EncoderTensors.of(config).body().stream().map(names::of).toList();
            WeightCheck.refuseUnfit(weights, body);
            furtherLayers(config).refusal(folder, weights, config.layers()).ifPresent(problem -> {
                throw new FineTuneException(List.of(problem), null);
            });
        }
    }

    private static FurtherLayers furtherLayers(EncoderConfig config) {
        String stem = EncoderTensors.of(config).layersStem();
        String bare = stem.substring(EncoderTensors.prefix(config.family()).length());
        return new FurtherLayers(config.family().layersKey(), List.of(stem, bare), "AutoModel");
    }
}
