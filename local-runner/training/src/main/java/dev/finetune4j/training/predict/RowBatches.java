package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.run.WorkStep.Predict;
import dev.finetune4j.training.rows.ExampleReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of their file, conversations several at a time. Where a batch ends is decided by the file and the longest answer
 * alone, so that a row has the same neighbours, and a score of the same bits, in a process that goes on where another one ended.
 */
final class RowBatches {
    private static final int CHARACTERS_OF_A_TOKEN = 4;
    private static final int MOST_CHARACTERS = CHARACTERS_OF_A_TOKEN * Predict.MOST_TOKENS_BESIDE;

    private final ExampleReader reader;
    private final int newTokens;
    private @Nullable Example ahead;

    /**
     * Batches of rows that a reader gives.
     *
     * @param newTokens longest answer that is generated, 0 where none is
     */
    RowBatches(ExampleReader reader, int newTokens) {
        this.reader = reader;
        this.newTokens = newTokens;
        ahead = reader.next();
    }

    /** The next rows: at least one, none at the end. More than one only of conversations. */
    List<Example> next() {
        List<Example> batch = new ArrayList<>();
        int characters = 0;
        for (Example row = ahead; row != null; row = ahead) {
            boolean alone = !(row instanceof Conversation);
            characters += alone ? 0 : characters((Conversation) row);
            boolean isFull = batch.size() == Predict.MOST_ROWS_BESIDE || characters > MOST_CHARACTERS;
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

    private int characters(Conversation row) {
        return CHARACTERS_OF_A_TOKEN * newTokens
                + row.prompt().stream()
                        .map(Message::content)
                        .mapToInt(String::length)
                        .sum();
    }
}
