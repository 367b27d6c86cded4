package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Weights in Hugging Face layout that the configuration does not call for though they are part of what was trained: further layers, and
 * biases of its projections. transformers leaves both out with a warning, and what is left answers otherwise. Other tensors that nobody
 * needs, such as tables of positions, do no harm.
 */
final class UnusedWeights {
    private static final String STEM = "model.layers.";
    private static final FurtherLayers LAYERS =
            new FurtherLayers("num_hidden_layers", List.of(STEM), "AutoModelForCausalLM");
    private static final String WEIGHT = ".weight";
    private static final int PIECE_ELEMENTS = 1 << 14;

    private UnusedWeights() {}

    /**
     * Passes weights without such ones, and biases that are zero, which some tools write for every projection.
     *
     * @param expected what the configuration calls for
     * @throws FineTuneException with FT0421, once for layers and once for biases
     */
    static void refuseAny(ModelFolder folder, WeightFile weights, ModelConfig config, List<ExpectedTensor> expected) {
        List<Problem> problems = new ArrayList<>();
        LAYERS.refusal(folder, weights, config.layers()).ifPresent(problems::add);
        List<String> biases = biases(weights, expected);
        if (!biases.isEmpty()) {
            problems.add(ModelFilesProblems.CONFIG_INVALID
                    .error("the weights hold " + biases.get(0) + ", which the configuration does not call for")
                    .at(Location.of(folder.path().resolve("config.json").toString()))
                    .because((biases.size() == 1 ? "it" : "it and " + (biases.size() - 1) + " more such biases")
                            + " would not be used")
                    .build());
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private static List<String> biases(WeightFile weights, List<ExpectedTensor> expected) {
        Set<String> calledFor = expected.stream().map(ExpectedTensor::name).collect(Collectors.toSet());
        return calledFor.stream()
                .filter(name -> name.startsWith(STEM) && name.endsWith(WEIGHT))
                .map(name -> name.substring(0, name.length() - WEIGHT.length()) + ".bias")
                .filter(name -> weights.tensors().containsKey(name) && !calledFor.contains(name))
                .filter(name -> !isZero(weights, name))
                .sorted()
                .toList();
    }

    /** As a value: some tools write a minus before the zero. */
    private static boolean isZero(WeightFile weights, String name) {
        TensorEntry tensor = weights.entry(name);
        if (!Dequantization.isSupported(tensor.type())) {
            return false;
        }
        for (long from = 0; from < tensor.elements(); from += PIECE_ELEMENTS) {
            int count = (int) Math.min(PIECE_ELEMENTS, tensor.elements() - from);
            for (float value : Dequantization.read(weights, tensor, from, count)) {
                if (value != 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
