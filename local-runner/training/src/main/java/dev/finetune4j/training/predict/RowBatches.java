package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.training.rows.ExampleReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of their file, those that are scored against labels several at a time. Where a batch ends is decided by the file
 * alone, so that a row has the same neighbours, and a score of the same bits, in a process that goes on where another one ended.
 */
final class RowBatches {
    private static final int ROWS = 16;

    /** About 1,500 tokens: a few seconds at most between two looks at the stop signal. */
    private static final int CHARACTERS = 6000;

    private final ExampleReader reader;
    private final boolean labelled;
    private @Nullable Example ahead;

    RowBatches(ExampleReader reader, boolean labelled) {
        this.reader = reader;
        this.labelled = labelled;
        ahead = reader.next();
    }

    /** The next rows: at least one, none at the end. More than one only of conversations that are scored against labels. */
    List<Example> next() {
        List<Example> batch = new ArrayList<>();
        int characters = 0;
        for (Example row = ahead; row != null; row = ahead) {
            boolean alone = !labelled || !(row instanceof Conversation);
            characters += alone ? 0 : characters((Conversation) row);
            if (!batch.isEmpty() && (alone || batch.size() == ROWS || characters > CHARACTERS)) {
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

    private static int characters(Conversation row) {
        return row.prompt().stream()
                .map(Message::content)
                .mapToInt(String::length)
                .sum();
    }
}
