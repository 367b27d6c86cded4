package dev.finetune4j.junit.baseline;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The recorded answer to one held-out row.
 *
 * @param id names the row by what stands in it, see {@link CaseIds}
 * @param reference the right answer
 * @param answer the label that was chosen or the text that was generated, or null where rows are only read
 * @param negativeLogLikelihood of the reference's tokens, summed, in nats, to four digits after the point: later ones differ between
 *     machines
 * @param referenceTokens tokens of the reference
 * @param complete whether the generated text ended by itself, or null where that was not known
 */
public record BaselineCase(
        String id,
        String reference,
        @Nullable String answer,
        double negativeLogLikelihood,
        int referenceTokens,
        @Nullable Boolean complete) {
    private static final double DIGITS = 1e4;

    /** Refuses a case without its name or its right answer, as a damaged file has it. */
    public BaselineCase {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(reference, "reference");
    }

    /** Without what is known of the answer's end. */
    public BaselineCase(
            String id, String reference, @Nullable String answer, double negativeLogLikelihood, int referenceTokens) {
        this(id, reference, answer, negativeLogLikelihood, referenceTokens, null);
    }

    static BaselineCase of(String id, Prediction answer) {
        double rounded = Math.round(answer.negativeLogLikelihood() * DIGITS) / DIGITS;
        return new BaselineCase(
                id, answer.reference(), answer.answer(), rounded, answer.referenceTokens(), answer.complete());
    }

    /** This answer as one to a row of today. */
    Prediction at(RowRef row) {
        return new Prediction(row, reference, answer, Map.of(), negativeLogLikelihood, referenceTokens, complete);
    }
}
