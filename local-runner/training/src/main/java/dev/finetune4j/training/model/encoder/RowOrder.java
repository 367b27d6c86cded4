package dev.finetune4j.training.model.encoder;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Puts the rows of a classifier, of which each is for one label, into another order of the labels.
 *
 * @param rows for each row the one that it was before
 */
record RowOrder(List<Integer> rows) {
    /** Copies the list. */
    RowOrder {
        rows = List.copyOf(rows);
    }

    /**
     * From one order of labels into another.
     *
     * @param before the labels as the rows are
     * @param after the same labels as the rows shall be
     */
    static RowOrder of(List<String> before, List<String> after) {
        return new RowOrder(after.stream().map(before::indexOf).toList());
    }

    /** Moves the rows of a weight, or the elements of a bias. */
    void apply(FloatBuffer tensor) {
        int columns = tensor.remaining() / rows.size();
        float[] before = new float[tensor.remaining()];
        tensor.get(0, before);
        for (int row = 0; row < rows.size(); row++) {
            tensor.put(row * columns, before, rows.get(row) * columns, columns);
        }
    }

    /** A copy, little-endian float32, with its rows moved. */
    ByteBuffer copy(ByteBuffer tensor) {
        ByteBuffer copy = ByteBuffer.allocate(tensor.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(tensor.duplicate());
        copy.flip();
        apply(copy.asFloatBuffer());
        return copy;
    }
}
