package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.training.model.SideBySide;
import dev.finetune4j.training.rows.ExampleReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of their file, those of one kind several at a time. Where a batch ends is decided by the file and the step alone, so that
 * a row has the same neighbours, and a score of the same bits, in a process that goes on where another one ended.
 */
final class RowBatches {
    private final ExampleReader reader;
    private final int most;
    private final IntUnaryOperator room;
    private final boolean passagesAlone;
    private int row;
    private @Nullable Example ahead;

    /**
     * Batches of rows that a reader gives.
     *
     * @param most tokens of a batch, padded to its longest row, but for that of one row
     * @param room tokens that a row takes beside others, by its place in the file from 0 on; may be 0
     * @param passagesAlone whether each passage is a batch of its own, since it is read only
     */
    RowBatches(ExampleReader reader, int most, IntUnaryOperator room, boolean passagesAlone) {
        this.reader = reader;
        this.most = most;
        this.room = room;
        this.passagesAlone = passagesAlone;
        ahead = reader.next();
    }

    /** The next rows, all of them conversations or all passages: at least one, none at the end. */
    List<Example> next() {
        List<Example> batch = new ArrayList<>();
        SideBySide beside = new SideBySide(most);
        for (Example example = ahead; example != null; example = ahead) {
            boolean alone = passagesAlone && example instanceof Passage;
            boolean isAlike = batch.isEmpty() || batch.get(0).getClass() == example.getClass();
            boolean hasRoom = isAlike && (alone ? batch.isEmpty() : beside.take(room.applyAsInt(row)));
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
