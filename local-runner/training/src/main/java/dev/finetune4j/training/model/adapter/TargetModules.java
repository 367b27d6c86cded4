package dev.finetune4j.training.model.adapter;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.training.model.ModelProblems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The linear layers that a LoRA method adapts, after its names were looked up. */
final class TargetModules {
    private final Set<String> names;

    private TargetModules(Set<String> names) {
        this.names = names;
    }

    /**
     * Looks names up.
     *
     * @param asked names as the user gave them, or {@code all-linear}
     * @param known every linear layer of the decoder
     * @throws FineTuneException with FT0472 for each unknown name
     */
    static TargetModules of(List<String> asked, List<String> known) {
        List<Problem> problems = new ArrayList<>();
        for (String name : asked) {
            if (!name.equals(LoraTuning.ALL_LINEAR) && !known.contains(name)) {
                problems.add(unknown(name, known));
            }
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new TargetModules(asked.contains(LoraTuning.ALL_LINEAR) ? Set.copyOf(known) : Set.copyOf(asked));
    }

    boolean contains(String name) {
        return names.contains(name);
    }

    private static Problem unknown(String name, List<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt(candidate -> editDistance(name, candidate)))
                .orElse(LoraTuning.ALL_LINEAR);
        return ModelProblems.TARGET_MODULE
                .error("the model has no linear layer " + name + "; did you mean " + nearest + "?")
                .at(Location.ofKey("method.target-modules"))
                .because("its linear layers are " + String.join(", ", known))
                .remedy("method.target-modules: [" + nearest + "]")
                .remedy("method.target-modules: [" + LoraTuning.ALL_LINEAR + "]")
                .build();
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
