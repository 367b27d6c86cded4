package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.run.WorkStep.Predict;
import dev.finetune4j.training.rows.ExampleReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of their file, conversations several at a time. Where a batch ends is decided by the file and the step alone, so that
 * a row has the same neighbours, and a score of the same bits, in a process that goes on where another one ended.
 */
final class RowBatches {
    private final ExampleReader reader;
    private final int most;
    private final ToIntFunction<Conversation> room;
    private @Nullable Example ahead;

    /**
     * Batches of rows that a reader gives.
     *
     * @param most tokens of a batch, but for that of one row
     * @param room tokens that a row takes beside others
     */
    RowBatches(ExampleReader reader, int most, ToIntFunction<Conversation> room) {
        this.reader = reader;
        this.most = most;
        this.room = room;
        ahead = reader.next();
    }

    /** The next rows: at least one, none at the end. More than one only of conversations. */
    List<Example> next() {
        List<Example> batch = new ArrayList<>();
        int tokens = 0;
        for (Example row = ahead; row != null; row = ahead) {
            boolean alone = !(row instanceof Conversation);
            tokens += alone ? 0 : room.applyAsInt((Conversation) row);
            boolean isFull = batch.size() == Predict.MOST_ROWS_BESIDE || tokens > most;
            if (!batch.isEmpty() && (alone || isFull)) {
                break;
            }
            batch.add(row);
            ahead = reader.next();
            if (alone) {
                break;
            }
        }
        return batch;
    }
}
