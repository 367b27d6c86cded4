package dev.finetune4j.evaluation;

import dev.finetune4j.data.RowRef;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one model answered to one held-out row.
 *
 * @param row the row
 * @param reference the right answer: the label, or the reference text; a passage as a whole
 * @param answer the label that was chosen, or the generated text, of a passage what its beginning was continued with; null where nothing was
 *     generated
 * @param scoreByLabel the score of each label that the decision was taken on, in the order of the labels; empty without labels
 * @param negativeLogLikelihood of the reference's tokens, summed, in nats
 * @param referenceTokens tokens of the reference, end of turn included
 * @param complete whether the generated text ended by itself rather than by the token limit; null where that is not known, where nothing was
 *     generated, and of a passage, which need not end within the limit
 */
public record Prediction(
        RowRef row,
        String reference,
        @Nullable String answer,
        Map<String, Double> scoreByLabel,
        double negativeLogLikelihood,
        int referenceTokens,
        @Nullable Boolean complete) {
    /** Copies the scores in their order. */
    public Prediction {
        scoreByLabel = Collections.unmodifiableMap(new LinkedHashMap<>(scoreByLabel));
    }

    /** Without what is known of the answer's end. */
    public Prediction(
            RowRef row,
            String reference,
            @Nullable String answer,
            Map<String, Double> scoreByLabel,
            double negativeLogLikelihood,
            int referenceTokens) {
        this(row, reference, answer, scoreByLabel, negativeLogLikelihood, referenceTokens, null);
    }
}
