package dev.finetune4j.engine.report;

import dev.finetune4j.data.RowRef;
import org.jspecify.annotations.Nullable;

/**
 * A held-out row that base and tuned model do not answer equally well.
 *
 * @param row the row
 * @param prompt what was asked, shortened where it is long; empty where rows have no prompt
 * @param reference the right answer, shortened where it is long
 * @param baseAnswer what the zero-shot base model answered, or null where nothing was generated
 * @param tunedAnswer what the tuned model answered, or null where nothing was generated
 * @param baseScore the row's score by the base model
 * @param tunedScore the row's score by the tuned model
 * @param effect what tuning did to the row
 */
public record ChangedRow(
        RowRef row,
        String prompt,
        String reference,
        @Nullable String baseAnswer,
        @Nullable String tunedAnswer,
        double baseScore,
        double tunedScore,
        Effect effect) {
    /** What tuning did to a row. */
    public enum Effect {
        /** The tuned model answers it better. */
        FIXED,
        /** The tuned model answers it worse. */
        BROKEN
    }
}
