package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import java.util.List;
import java.util.Map;

/**
 * Tokens that a model which speaks reads behind a prompt to score labels: of each all but its last, the end of its turn.
 *
 * @param labels how many labels there are; 0 where rows have none
 * @param apart tokens of all labels, each read by itself, as the engine on transformers and PEFT does
 * @param together the same where what several labels begin with is read once for them, as the core does
 */
public record LabelTokens(int labels, double apart, double together) {
    /** Where rows have no labels. */
    public static final LabelTokens NONE = new LabelTokens(0, 0, 0);

    /** Told from characters. */
    static LabelTokens byCharacters(PreparedData data) {
        List<String> labels = data.labels().stream().sorted().toList();
        if (labels.isEmpty()) {
            return NONE;
        }
        double apart = labels.stream().mapToDouble(CharacterFigures::tokens).sum();
        double characters = labels.stream().mapToInt(String::length).sum();
        return new LabelTokens(labels.size(), apart, apart * (1 - alike(labels) / Math.max(1, characters)));
    }

    /**
     * The same where tokens were counted: by characters, in the proportion in which the answers of the rows have others.
     *
     * @param answerTokens tokens of the mean answer, the end of its turn among them
     */
    static LabelTokens counted(PreparedData data, double answerTokens) {
        LabelTokens told = byCharacters(data);
        double rows = 0;
        double ofRows = 0;
        for (SplitRecord.PartShare part : data.record().parts().values()) {
            for (Map.Entry<String, Long> label : part.rowsByLabel().entrySet()) {
                rows += label.getValue();
                ofRows += label.getValue() * CharacterFigures.tokens(label.getKey());
            }
        }
        return rows == 0 ? told : told.times(Math.max(1, answerTokens - 1) * rows / ofRows);
    }

    private LabelTokens times(double factor) {
        return new LabelTokens(labels, apart * factor, together * factor);
    }

    /** Characters that labels in alphabetical order begin with as the one before them does. */
    private static int alike(List<String> sorted) {
        int alike = 0;
        for (int i = 1; i < sorted.size(); i++) {
            alike += alike(sorted.get(i - 1), sorted.get(i));
        }
        return alike;
    }

    private static int alike(String one, String other) {
        int alike = 0;
        while (alike < Math.min(one.length(), other.length()) && one.charAt(alike) == other.charAt(alike)) {
            alike++;
        }
        return alike;
    }
}
