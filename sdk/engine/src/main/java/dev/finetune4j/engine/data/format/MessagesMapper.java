package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows that are conversations: openai-chat, bedrock-converse and sharegpt. */
final class MessagesMapper implements ExampleMapper {
    private static final List<String> TOOLS = List.of("tools", "functions", "tool_calls", "function_call");

    private final String listField;
    private final String roleField;
    private final String contentField;
    private final AnswerRule rule;

    MessagesMapper(RowFormat format, TaskSpec task) {
        boolean isShareGpt = format == RowFormat.SHAREGPT;
        this.listField = isShareGpt ? "conversations" : "messages";
        this.roleField = isShareGpt ? "from" : "role";
        this.contentField = isShareGpt ? "value" : "content";
        this.rule = new AnswerRule(task);
    }

    @Override
    public Mapped map(RowRef ref, ObjectNode row) {
        List<Problem> problems = new ArrayList<>();
        List<Message> messages = new ArrayList<>();
        readSystem(ref, row, messages, problems);
        refuseTools(ref, row, "", problems);
        JsonNode list = row.path(listField);
        if (!list.isArray() || list.isEmpty()) {
            problems.add(wrong(ref, listField, "a list of messages", list));
            return new Mapped.Broken(problems);
        }
        for (int i = 0; i < list.size(); i++) {
            readMessage(ref, list.get(i), listField + "[" + i + "]", messages, problems);
        }
        if (problems.isEmpty()) {
            checkOrder(ref, messages).ifPresent(problems::add);
        }
        if (!problems.isEmpty()) {
            return new Mapped.Broken(problems);
        }
        return rule.finish(ref, messages, listField + "[" + (list.size() - 1) + "]." + contentField);
    }

    /** The system message that Converse rows (a list of texts) and some ShareGPT rows (a text) have beside the list. */
    private static void readSystem(RowRef ref, ObjectNode row, List<Message> messages, List<Problem> problems) {
        JsonNode system = row.path("system");
        if (system.isMissingNode() || system.isNull() || (system.isArray() && system.isEmpty())) {
            return;
        }
        String text = text(system);
        if (text == null) {
            problems.add(wrong(ref, "system", "a text or a list of texts", system));
        } else if (!text.isEmpty()) {
            messages.add(new Message(Role.SYSTEM, text));
        }
    }

    /** Adds a message, or what is wrong with it. */
    void readMessage(RowRef ref, JsonNode message, String place, List<Message> messages, List<Problem> problems) {
        Optional<Role> role = role(message.path(roleField));
        if (role.isEmpty()) {
            problems.add(wrong(
                    ref,
                    place + "." + roleField,
                    "system, user or assistant (tools are not supported)",
                    message.path(roleField)));
        }
        String text = text(message.path(contentField));
        if (text == null) {
            problems.add(wrong(ref, place + "." + contentField, "a text", message.path(contentField)));
        }
        if (message.path("weight").isNumber() && message.path("weight").doubleValue() == 0) {
            problems.add(DataProblems.ROW_SHAPE
                    .error(ref + " marks an answer as not to be learned, which is not supported")
                    .at(new Location.InRow(ref.source(), ref.row(), place + ".weight"))
                    .because("weight is 0; every assistant message is learned")
                    .remedy(
                            "Split the conversation so that only answers to be learned are the assistant's, or remove weight")
                    .build());
        }
        refuseTools(ref, message, place + ".", problems);
        if (role.isPresent() && text != null) {
            messages.add(new Message(role.get(), text));
        }
    }

    /**
     * Adds what is wrong with a row, or a message of it, that offers or calls tools: trained without them it would be another row.
     *
     * @param place where it is in the row, with a dot at the end; empty for the row itself
     */
    static void refuseTools(RowRef ref, JsonNode holder, String place, List<Problem> problems) {
        for (String field : TOOLS) {
            if (!holder.path(field).isEmpty()) {
                problems.add(DataProblems.ROW_SHAPE
                        .error(ref + ": " + place + field + " are not supported")
                        .at(new Location.InRow(ref.source(), ref.row(), place + field))
                        .because("there are " + holder.path(field).size())
                        .remedy("leave the row out, or " + place + field + " if the answer does without")
                        .build());
            }
        }
    }

    private static Optional<Role> role(JsonNode name) {
        return switch (name.asText()) {
            case "system", "developer" -> Optional.of(Role.SYSTEM);
            case "user", "human" -> Optional.of(Role.USER);
            case "assistant", "gpt", "model", "chatgpt" -> Optional.of(Role.ASSISTANT);
            default -> Optional.empty();
        };
    }

    /** The text of a content: a text itself, or a list of {@code {"text": ...}} joined; null for anything else. */
    private static @Nullable String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        if (!content.isArray() || content.isEmpty()) {
            return null;
        }
        StringBuilder joined = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("text").isTextual()) {
                return null;
            }
            joined.append(part.path("text").asText());
        }
        return joined.toString();
    }

    private Optional<Problem> checkOrder(RowRef ref, List<Message> messages) {
        for (int i = 1; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.SYSTEM) {
                return Optional.of(
                        order(ref, "a system message may only be the first", "message " + (i + 1) + " is one"));
            }
        }
        if (messages.get(messages.size() - 1).role() != Role.ASSISTANT) {
            return Optional.of(order(ref, "the last message must be the assistant's", "there is no answer to learn"));
        }
        if (messages.stream().noneMatch(message -> message.role() == Role.USER)) {
            return Optional.of(order(ref, "there must be a user message", "the answer answers nothing"));
        }
        return Optional.empty();
    }

    private Problem order(RowRef ref, String rule, String found) {
        return DataProblems.ROW_SHAPE
                .error(ref + ": " + rule)
                .at(new Location.InRow(ref.source(), ref.row(), listField))
                .because(found)
                .build();
    }

    static Problem wrong(RowRef ref, String field, String expected, JsonNode found) {
        return DataProblems.ROW_SHAPE
                .error(ref + ": " + field + " must be " + expected)
                .at(new Location.InRow(ref.source(), ref.row(), field))
                .because("found " + RowJson.typeOf(found))
                .build();
    }
}
