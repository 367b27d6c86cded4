package dev.finetune4j.engine.check;

import dev.finetune4j.data.RowRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a row's texts tells, small enough to keep of every row of a chunk.
 *
 * @param row where it came from
 * @param label its label, or null
 * @param emptyField the first field that holds only white space, or null
 * @param isAnswerEmpty whether that field is what should be learned
 * @param specialTokens special tokens that the texts spell
 * @param privateSpans secrets and personal data in the texts
 * @param textHash hash of the compared text
 * @param answerHash hash of the answer that goes with it
 * @param sketch of the compared text
 * @param bandKeys of the sketch
 * @param bytes of all texts in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // never compared and never shared; lists would box every hash of every row
record RowFacts(
        RowRef row,
        @Nullable String label,
        @Nullable String emptyField,
        boolean isAnswerEmpty,
        List<FieldSpan> specialTokens,
        List<FieldSpan> privateSpans,
        long textHash,
        long answerHash,
        int[] sketch,
        int[] bandKeys,
        long bytes) {
    /**
     * A span of a field.
     *
     * @param field the field's name
     * @param start first character, from 0
     * @param end character after the span
     * @param subject what stands there: a token's spelling or a privacy rule's id, never a private value
     */
    record FieldSpan(String field, int start, int end, String subject) {}
}
