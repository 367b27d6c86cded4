package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;

/**
 * Two rows that have to do with each other.
 *
 * @param relation what is between them
 * @param part the part of the later row
 * @param row the later row, or the evaluation row of an overlap
 * @param otherPart the part of the earlier row
 * @param other the earlier row, or the training row of an overlap
 * @param similarity Jaccard similarity of their word pairs, 1 for equal texts
 */
public record RowPair(Relation relation, Part part, RowRef row, Part otherPart, RowRef other, double similarity) {
    /** What is between two rows. */
    public enum Relation {
        /** The later row says the same, word for word. */
        EXACT_DUPLICATE,
        /** The later row says nearly the same. */
        NEAR_DUPLICATE,
        /** The same text has two labels. */
        CONFLICT,
        /** A validation or test row's text stands, or nearly stands, in a training row. */
        OVERLAP
    }
}
