package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import java.util.Map;

/** Tokens that a model reads behind a prompt to score all labels of some rows: of each all but its last, the end of its turn. */
final class LabelTokens {
    private LabelTokens() {}

    /** Told from characters; 0 where there are no labels. */
    static double byCharacters(PreparedData data) {
        return data.labels().stream()
                .mapToDouble(label -> CharacterFigures.tokens(label))
                .sum();
    }

    /**
     * The same where tokens were counted: by characters, in the proportion in which the answers of the rows have others.
     *
     * @param answerTokens tokens of the mean answer, the end of its turn among them
     */
    static double counted(PreparedData data, double answerTokens) {
        double rows = 0;
        double told = 0;
        for (SplitRecord.PartShare part : data.record().parts().values()) {
            for (Map.Entry<String, Long> label : part.rowsByLabel().entrySet()) {
                rows += label.getValue();
                told += label.getValue() * CharacterFigures.tokens(label.getKey());
            }
        }
        return rows == 0 ? byCharacters(data) : byCharacters(data) * Math.max(1, answerTokens - 1) * rows / told;
    }
}
