package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layers in Hugging Face layout beyond those that the configuration calls for. transformers leaves them out with a warning, and what is
 * left answers otherwise.
 *
 * @param key what config.json calls the number of layers
 * @param stems what may precede the number of a layer in the names of its tensors, such as {@code model.layers.}
 * @param autoClass the class of transformers that loads such a model as it is
 */
public record FurtherLayers(String key, List<String> stems, String autoClass) {
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,9})\\..*");

    /** Copies the stems. */
    public FurtherLayers {
        stems = List.copyOf(stems);
    }

    /**
     * FT0421 where there are any.
     *
     * @param layers how many the configuration calls for
     */
    public Optional<Problem> refusal(ModelFolder folder, WeightFile weights, int layers) {
        NavigableSet<Integer> further = in(weights, layers);
        if (further.isEmpty()) {
            return Optional.empty();
        }
        int last = further.last();
        Problem.Builder problem = ModelFilesProblems.CONFIG_INVALID
                .error(key + " is " + layers + ", and the weights hold "
                        + (further.size() == 1 ? "layer " + last : "layers " + further.first() + " to " + last))
                .at(Location.of(folder.path().resolve("config.json").toString()))
                .because("layers count from 0; those beyond the configuration would not be used")
                .remedy(ModelFilesProblems.CONFIG_INVALID.remedy());
        if (further.size() == last - layers + 1) {
            problem.remedy("\"" + key + "\": " + (last + 1) + "    # in config.json, to use all that the weights hold");
        }
        return Optional.of(problem.remedy("python3 -c 'from transformers import " + autoClass + " as M;"
                        + " M.from_pretrained(\".\", torch_dtype=\"auto\").save_pretrained(\"cut\")'"
                        + "    # in the model's folder, if no more than " + layers
                        + " are meant; then copy tokenizer files to cut/")
                .build());
    }

    private NavigableSet<Integer> in(WeightFile weights, int layers) {
        NavigableSet<Integer> further = new TreeSet<>();
        for (String name : weights.tensors().keySet()) {
            for (String stem : stems) {
                Matcher ofLayer = NUMBER.matcher(name.startsWith(stem) ? name.substring(stem.length()) : "");
                if (ofLayer.matches() && Integer.parseInt(ofLayer.group(1)) >= layers) {
                    further.add(Integer.valueOf(ofLayer.group(1)));
                }
            }
        }
        return further;
    }
}
