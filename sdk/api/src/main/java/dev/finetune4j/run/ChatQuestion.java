package dev.finetune4j.run;

import dev.finetune4j.data.Message;
import dev.finetune4j.evaluation.Variant;
import java.util.List;

/**
 * What a model is asked in a conversation.
 *
 * @param variant which model answers
 * @param messages the conversation so far, what the person says last at its end
 * @param sampling how tokens are chosen
 */
public record ChatQuestion(Variant variant, List<Message> messages, Sampling sampling) {
    /** Copies the list. */
    public ChatQuestion {
        messages = List.copyOf(messages);
    }
}
