package dev.finetune4j.training.model.adapter;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.training.model.ModelProblems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The linear layers that a LoRA method adapts, after its names and numbers were looked up. */
final class TargetModules {
    private final Set<String> names;
    private final Set<Integer> layers;

    private TargetModules(Set<String> names, Set<Integer> layers) {
        this.names = names;
        this.layers = layers;
    }

    /**
     * Looks names and layers up.
     *
     * @param method names modules, or says {@code all-linear}
     * @param known the names of the linear layers of a layer
     * @param layers layers of the model
     * @throws FineTuneException with FT0472 for each unknown name or number
     */
    static TargetModules of(LoraTuning method, List<String> known, int layers) {
        List<String> asked = method.targetModules();
        boolean isAll = asked.contains(LoraTuning.ALL_LINEAR);
        List<Problem> problems = new ArrayList<>();
        for (String name : asked) {
            if (!name.equals(LoraTuning.ALL_LINEAR) && !known.contains(name)) {
                problems.add(unknown(name, known));
            }
        }
        problems.addAll(withoutAdapter("ranks", method.ranks(), isAll ? known : asked, known));
        problems.addAll(withoutAdapter("alphas", method.alphas(), isAll ? known : asked, known));
        method.layers().stream().filter(layer -> layer >= layers).forEach(layer -> problems.add(beyond(layer, layers)));
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new TargetModules(isAll ? Set.copyOf(known) : Set.copyOf(asked), Set.copyOf(method.layers()));
    }

    boolean contains(int layer, String name) {
        return names.contains(name) && (layers.isEmpty() || layers.contains(layer));
    }

    private static Problem unknown(String name, List<String> known) {
        String nearest = nearest(name, known);
        return ModelProblems.TARGET_MODULE
                .error("the model has no linear layer " + name)
                .at(Location.ofKey("method.target-modules"))
                .because("its linear layers are " + String.join(", ", known))
                .remedy("method.target-modules: [" + nearest + "]")
                .remedy("method.target-modules: [" + LoraTuning.ALL_LINEAR + "]")
                .build();
    }

    /** A setting for a module that has no adapter would go unnoticed. */
    private static List<Problem> withoutAdapter(
            String key, Map<String, ?> values, List<String> adapted, List<String> known) {
        return values.entrySet().stream()
                .filter(entry -> !adapted.contains(entry.getKey()))
                .map(entry -> {
                    String name = entry.getKey();
                    Problem.Builder problem = ModelProblems.TARGET_MODULE
                            .error("method." + key + " names " + name + ", which gets no adapter")
                            .at(Location.ofKey("method." + key))
                            .because("adapters are given to " + String.join(", ", adapted))
                            .remedy("method." + key + ": {" + nearest(name, adapted) + ": " + entry.getValue() + "}");
                    if (known.contains(name)) {
                        problem.remedy("method.target-modules: [" + LoraTuning.ALL_LINEAR + "]");
                    }
                    return problem.build();
                })
                .toList();
    }

    private static Problem beyond(int layer, int layers) {
        return ModelProblems.TARGET_MODULE
                .error("the model has no layer " + layer)
                .at(Location.ofKey("method.layers"))
                .because("its layers are 0 to " + (layers - 1))
                .remedy("method.layers: [" + (layers - 1) + "]")
                .build();
    }

    private static String nearest(String name, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> editDistance(name, candidate)))
                .orElse(LoraTuning.ALL_LINEAR);
    }

    /** Levenshtein distance. */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
