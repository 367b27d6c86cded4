package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Weights in Hugging Face layout that the configuration does not call for though they are part of what was trained: further layers, and
 * biases of its projections. transformers leaves both out with a warning, and what is left answers otherwise. Other tensors that nobody
 * needs, such as tables of positions, do no harm.
 */
final class UnusedWeights {
    private static final Pattern OF_LAYER = Pattern.compile("model\\.layers\\.([0-9]{1,9})\\..*");
    private static final String WEIGHT = ".weight";
    private static final int PIECE_BYTES = 1 << 16;

    private UnusedWeights() {}

    /**
     * Passes weights without such ones, and biases that are zero, which some tools write for every projection.
     *
     * @param expected what the configuration calls for
     * @throws FineTuneException with FT0421, once for layers and once for biases
     */
    static void refuseAny(ModelFolder folder, WeightFile weights, ModelConfig config, List<ExpectedTensor> expected) {
        List<Problem> problems = new ArrayList<>();
        NavigableSet<Integer> further = furtherLayers(weights, config);
        if (!further.isEmpty()) {
            String layers = further.size() == 1
                    ? "layer " + further.first()
                    : "layers " + further.first() + " to " + further.last();
            problems.add(problem(
                    folder,
                    "num_hidden_layers is " + config.layers() + ", and the weights hold " + layers,
                    "layers count from 0; those beyond the configuration would not be used"));
        }
        List<String> biases = biases(weights, expected);
        if (!biases.isEmpty()) {
            problems.add(problem(
                    folder,
                    "the weights hold " + biases.get(0) + ", which the configuration does not call for",
                    (biases.size() == 1 ? "it" : "it and " + (biases.size() - 1) + " more such biases")
                            + " would not be used"));
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private static NavigableSet<Integer> furtherLayers(WeightFile weights, ModelConfig config) {
        NavigableSet<Integer> further = new TreeSet<>();
        for (String name : weights.tensors().keySet()) {
            Matcher ofLayer = OF_LAYER.matcher(name);
            if (ofLayer.matches() && Integer.parseInt(ofLayer.group(1)) >= config.layers()) {
                further.add(Integer.valueOf(ofLayer.group(1)));
            }
        }
        return further;
    }

    private static List<String> biases(WeightFile weights, List<ExpectedTensor> expected) {
        Set<String> calledFor = expected.stream().map(ExpectedTensor::name).collect(Collectors.toSet());
        return calledFor.stream()
                .filter(name -> OF_LAYER.matcher(name).matches() && name.endsWith(WEIGHT))
                .map(name -> name.substring(0, name.length() - WEIGHT.length()) + ".bias")
                .filter(name -> weights.tensors().containsKey(name) && !calledFor.contains(name))
                .filter(name -> !isZero(weights, name))
                .sorted()
                .toList();
    }

    private static boolean isZero(WeightFile weights, String name) {
        long bytes = weights.entry(name).bytes();
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, bytes));
        for (long from = 0; from < bytes; from += PIECE_BYTES) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, bytes - from));
            weights.read(name, from, piece);
            piece.flip();
            while (piece.hasRemaining()) {
                if (piece.get() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Problem problem(ModelFolder folder, String summary, String cause) {
        return ModelFilesProblems.CONFIG_INVALID
                .error(summary)
                .at(Location.of(folder.path().resolve("config.json").toString()))
                .because(cause)
                .build();
    }
}
