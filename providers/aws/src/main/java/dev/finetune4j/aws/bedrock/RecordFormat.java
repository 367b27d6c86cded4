package dev.finetune4j.aws.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.json.Json;
import java.util.List;

/** Forms of a record, of which a model takes one. The conversation must be one system message at most and then user and assistant in turns. */
enum RecordFormat {
    /** The form of Converse: each text is a list of parts. */
    CONVERSE(true) {
        @Override
        ObjectNode record(Conversation conversation) {
            ObjectNode record = Json.records().createObjectNode().put("schemaVersion", "bedrock-conversation-2024");
            system(conversation)
                    .forEach(message -> record.putArray("system").addObject().put("text", message.content()));
            for (Message message : turns(conversation)) {
                ObjectNode node = record.withArray("/messages").addObject().put("role", role(message));
                node.putArray("content").addObject().put("text", message.content());
            }
            return record;
        }
    },

    /** Anthropic's form: texts are texts. */
    CLAUDE(true) {
        @Override
        ObjectNode record(Conversation conversation) {
            ObjectNode record = Json.records().createObjectNode();
            system(conversation).forEach(message -> record.put("system", message.content()));
            for (Message message : turns(conversation)) {
                record.withArray("/messages")
                        .addObject()
                        .put("role", role(message))
                        .put("content", message.content());
            }
            return record;
        }
    },

    /** One question and one answer; a system message goes in front of the question, with an empty line between. */
    PROMPT_COMPLETION(false) {
        @Override
        ObjectNode record(Conversation conversation) {
            StringBuilder prompt = new StringBuilder();
            system(conversation)
                    .forEach(message -> prompt.append(message.content()).append("\n\n"));
            prompt.append(turns(conversation).get(0).content());
            return Json.records()
                    .createObjectNode()
                    .put("prompt", prompt.toString())
                    .put("completion", conversation.answer());
        }
    };

    private final boolean takesTurns;

    RecordFormat(boolean takesTurns) {
        this.takesTurns = takesTurns;
    }

    /** Whether a record may have more than one question. */
    boolean takesTurns() {
        return takesTurns;
    }

    /** A conversation in this form. */
    abstract ObjectNode record(Conversation conversation);

    static List<Message> system(Conversation conversation) {
        return conversation.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .toList();
    }

    static List<Message> turns(Conversation conversation) {
        return conversation.messages().stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .toList();
    }

    private static String role(Message message) {
        return message.role() == Role.USER ? "user" : "assistant";
    }
}
