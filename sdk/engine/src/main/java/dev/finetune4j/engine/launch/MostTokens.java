package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * How many tokens rows can have at most, whoever counts them: a service counts by a vocabulary that it does not publish, and bills what it
 * counts.
 */
public final class MostTokens {
    /** Why no count gives more. */
    public static final String BASIS = "a token is at least a byte of UTF-8, and 16 a message for the marks around it";

    /** A template writes some five tokens around a message; the rest is for those that nobody has published. */
    static final int MARKS_OF_A_MESSAGE = 16;

    private MostTokens() {}

    /** Of the rows that are trained on, once. */
    static long ofTraining(PreparedData data) {
        try (Stream<Example> rows = data.rows(Part.TRAIN).open()) {
            return rows.mapToLong(MostTokens::of).sum();
        }
    }

    /** Of one row. */
    static long of(Example row) {
        if (row instanceof Example.Conversation conversation) {
            long own = conversation.messages().stream()
                    .mapToLong(message -> MARKS_OF_A_MESSAGE + bytes(message.content()))
                    .sum();
            // Of a pair of answers nobody publishes whether the prompt is billed with each.
            return own + conversation.rejectedConversation().map(MostTokens::of).orElse(0L);
        }
        return MARKS_OF_A_MESSAGE + (row instanceof Example.Passage passage ? bytes(passage.text()) : 0);
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
