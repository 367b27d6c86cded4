package dev.finetune4j.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model answered in a conversation.
 *
 * @param answer its answer; the likeliest label of a model that tells labels apart
 * @param droppedMessages oldest messages that were left out, since the conversation is longer than the model reads
 * @param interrupted whether the person ended the answer
 * @param probabilities probability by label, likeliest first, of a model that tells labels apart; empty where it speaks
 */
public record ChatReply(
        GeneratedText answer, int droppedMessages, boolean interrupted, Map<String, Double> probabilities) {
    /** Copies the map in its order. */
    public ChatReply {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }
}
