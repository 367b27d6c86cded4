package dev.finetune4j.training.rows;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.training.model.TokenBatch;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in front of each of which the model computes virtual tokens of its own: they are longer than what is in them, which decides how
 * many of them are computed together.
 *
 * @param rows the rows
 * @param virtualTokens tokens that the model adds to each
 */
public record RowsAfterVirtualTokens(TrainingRows rows, int virtualTokens) implements TrainingRows {
    @Override
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    @Override
    public int[] lengths() {
        return Arrays.stream(rows.lengths())
                .map(length -> length + virtualTokens)
                .toArray();
    }

    @Override
    public int tokensInFront() {
        return virtualTokens;
    }

    @Override
    public int[] ownLengths() {
        return rows.ownLengths();
    }

    @Override
    public TokenBatch batch(int[] indices) {
        return rows.batch(indices);
    }

    @Override
    public List<RowRef> leftOut() {
        return rows.leftOut();
    }

    @Override
    public String digest() {
        return rows.digest();
    }
}
