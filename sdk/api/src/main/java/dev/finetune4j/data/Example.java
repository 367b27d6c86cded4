package dev.finetune4j.data;

import dev.finetune4j.value.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One row, in the one shape that check, training and evaluation share. */
public sealed interface Example {
    /** Where it came from. */
    RowRef row();

    /**
     * Messages of which every assistant message is learned, its end of turn included. In evaluation the last message is the
     * reference answer and what precedes it is the prompt.
     *
     * @param row where it came from
     * @param messages at least a user and an assistant message; the last is the assistant's
     * @param label the answer as one of the task's labels, or null where the task has none
     * @param rejected what would be a worse answer to the same prompt than the last message, or null where the row compares none
     */
    @Kind("conversation")
    record Conversation(
            RowRef row,
            List<Message> messages,
            @Nullable String label,
            @Nullable String rejected) implements Example {
        /** Copies the messages; refuses a conversation that does not end with an answer. */
        public Conversation {
            messages = List.copyOf(messages);
            if (messages.size() < 2 || messages.get(messages.size() - 1).role() != Role.ASSISTANT) {
                throw new IllegalArgumentException("a conversation must end with an assistant message: " + row);
            }
        }

        /** A conversation whose answer is compared with no other. */
        public Conversation(RowRef row, List<Message> messages, @Nullable String label) {
            this(row, messages, label, null);
        }

        /** The messages before the last. */
        public List<Message> prompt() {
            return messages.subList(0, messages.size() - 1);
        }

        /** The content of the last message. */
        public String answer() {
            return messages.get(messages.size() - 1).content();
        }

        /** The answer as a label, if the task has labels. */
        public Optional<String> labelIfAny() {
            return Optional.ofNullable(label);
        }

        /** The same prompt with the rejected answer, as a conversation of its own; empty where the row compares none. */
        public Optional<Conversation> rejectedConversation() {
            if (rejected == null) {
                return Optional.empty();
            }
            List<Message> turns = new ArrayList<>(prompt());
            turns.add(new Message(Role.ASSISTANT, rejected));
            return Optional.of(new Conversation(row, turns, label));
        }
    }

    /**
     * Text without roles, learned whole and without a chat template.
     *
     * @param row where it came from
     * @param text the text
     */
    @Kind("passage")
    record Passage(RowRef row, String text) implements Example {}
}
