package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.training.model.SideBySide;
import dev.finetune4j.training.rows.ExampleReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of their file, conversations several at a time. Where a batch ends is decided by the file and the step alone, so that
 * a row has the same neighbours, and a score of the same bits, in a process that goes on where another one ended.
 */
final class RowBatches {
    private final ExampleReader reader;
    private final int most;
    private final IntUnaryOperator room;
    private int row;
    private @Nullable Example ahead;

    /**
     * Batches of rows that a reader gives.
     *
     * @param most tokens of a batch, padded to its longest row, but for that of one row
     * @param room tokens that a conversation takes beside others, by its place in the file from 0 on; may be 0
     */
    RowBatches(ExampleReader reader, int most, IntUnaryOperator room) {
        this.reader = reader;
        this.most = most;
        this.room = room;
        ahead = reader.next();
    }

    /** The next rows: at least one, none at the end. More than one only of conversations. */
    List<Example> next() {
        List<Example> batch = new ArrayList<>();
        SideBySide beside = new SideBySide(most);
        for (Example example = ahead; example != null; example = ahead) {
            boolean alone = !(example instanceof Conversation);
            boolean hasRoom = alone ? batch.isEmpty() : beside.take(room.applyAsInt(row));
            if (!hasRoom) {
                break;
            }
            batch.add(example);
            row++;
            ahead = reader.next();
            if (alone) {
                break;
            }
        }
        return batch;
    }
}
