package dev.finetune4j.training.rows;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.training.model.TokenBatch;
import java.util.Arrays;
import java.util.List;

/** The rows of a training as tokens, whatever is learned of them. Rows that teach nothing are left out and named. */
public interface TrainingRows {
    /** Whether there is no row. */
    boolean isEmpty();

    /** T of each row, tokens in front included. */
    int[] lengths();

    /** Tokens that the model computes in front of each row and that are none of its own. */
    default int tokensInFront() {
        return 0;
    }

    /** Tokens of each row itself, those in front left out. */
    default int[] ownLengths() {
        return Arrays.stream(lengths()).map(length -> length - tokensInFront()).toArray();
    }

    /** Some of the rows laid end to end. */
    TokenBatch batch(int[] indices);

    /** Where the rows came from that teach nothing. */
    List<RowRef> leftOut();

    /** SHA-256 over all that is learned, in order, lower-case hex. */
    String digest();
}
