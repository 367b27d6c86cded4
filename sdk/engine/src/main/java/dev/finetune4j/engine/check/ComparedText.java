package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.job.TaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text by which two rows are the same. Where the answer follows from the prompt it is the prompt, without the system message:
 * a test row leaks whatever its answer. Where many answers are right (generation, chat, preference) it is the whole row.
 *
 * @param text what is compared
 * @param answer what else must be equal for one row to repeat another; empty where the text holds all
 */
record ComparedText(String text, String answer) {
    /** The compared text of a row. */
    static ComparedText of(Example example, TaskKind kind) {
        if (example instanceof Example.Passage passage) {
            return new ComparedText(passage.text(), "");
        }
        Example.Conversation conversation = (Example.Conversation) example;
        return switch (kind) {
            case CLASSIFICATION, SENTIMENT, QUESTION_ANSWERING, SUMMARIZATION, TRANSLATION ->
                new ComparedText(joined(conversation.prompt()), conversation.answer());
            case GENERATION, CHAT, PREFERENCE -> new ComparedText(joined(said(conversation)), "");
        };
    }

    /** All that a row says, the rejected answer last. */
    private static List<Message> said(Example.Conversation conversation) {
        List<Message> said = new ArrayList<>(conversation.messages());
        Optional.ofNullable(conversation.rejected())
                .ifPresent(rejected -> said.add(new Message(Role.ASSISTANT, rejected)));
        return said;
    }

    private static String joined(List<Message> messages) {
        List<String> spoken = messages.stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .map(Message::content)
                .toList();
        return spoken.size() == 1 ? spoken.get(0) : spoken.stream().collect(Collectors.joining("\n"));
    }
}
