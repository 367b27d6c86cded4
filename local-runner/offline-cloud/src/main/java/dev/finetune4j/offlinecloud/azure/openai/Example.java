package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.learner.Exchange;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A row of a file.
 *
 * @param exchange what is said, and what is to be said to it
 * @param rejected what is not to be said; empty where a row shows no preference
 * @param isPreference whether it shows which of two answers is better
 * @param tokens how much it counts
 */
record Example(Exchange exchange, String rejected, boolean isPreference, long tokens) {
    /** The fewest rows that a file has. */
    static final int LEAST = 10;

    /** The service counts by the model's own tokenizer; here a token is so many bytes of the texts. */
    static final int BYTES_A_TOKEN = 4;

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final int MARK = 0xfeff;

    /** A file that nothing can be trained on, with the words in which the service says so. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    /**
     * The rows of a file.
     *
     * @throws Refusal if one is no example, or they are too few
     */
    static List<Example> read(byte[] content) throws Refusal {
        String text = decoded(content);
        List<Example> examples = new ArrayList<>();
        int line = 0;
        for (String row : (Iterable<String>) text.lines()::iterator) {
            line++;
            if (!row.isBlank()) {
                examples.add(example(row, line));
            }
        }
        if (examples.size() < LEAST) {
            throw new Refusal("The file has " + examples.size() + " example(s), but must have at least " + LEAST + ".");
        }
        return examples;
    }

    private static String decoded(byte[] content) throws Refusal {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new Refusal("The file is not encoded in UTF-8.");
        }
    }

    private static Example example(String row, int line) throws Refusal {
        JsonNode read;
        try {
            read = Json.records().readTree(row);
        } catch (JsonProcessingException e) {
            throw new Refusal("Validation of jsonl data failed: line " + line + " is no valid JSON.");
        }
        if (read.has("input")) {
            return preference(read, line);
        }
        JsonNode messages = read.path("messages");
        check(messages, "messages", line);
        if (!messages.path(messages.size() - 1).path("role").asText().equals("assistant")) {
            throw new Refusal(refused(line, "the last message must be from the assistant"));
        }
        return new Example(new Exchange(said(messages, "user"), said(messages, "assistant")), "", false, tokens(read));
    }

    private static Example preference(JsonNode read, int line) throws Refusal {
        JsonNode messages = read.path("input").path("messages");
        check(messages, "input.messages", line);
        for (String side : List.of("preferred_output", "non_preferred_output")) {
            check(read.path(side), side, line);
            if (said(read.path(side), "assistant").isBlank()) {
                throw new Refusal(refused(line, side + " must have a message from the assistant"));
            }
        }
        return new Example(
                new Exchange(said(messages, "user"), said(read.path("preferred_output"), "assistant")),
                said(read.path("non_preferred_output"), "assistant"),
                true,
                tokens(read));
    }

    private static void check(JsonNode messages, String where, int line) throws Refusal {
        if (!messages.isArray() || messages.isEmpty()) {
            throw new Refusal(refused(line, where + " must be a list of messages"));
        }
        for (JsonNode message : messages) {
            if (!ROLES.contains(message.path("role").asText())) {
                throw new Refusal(refused(line, "a message has the role " + message.path("role")));
            }
            JsonNode content = message.path("content");
            boolean hasCalls = message.path("tool_calls").isArray() || message.has("function_call");
            if (!content.isTextual() && !content.isArray() && !hasCalls) {
                throw new Refusal(refused(line, "a message has neither content nor tool_calls"));
            }
        }
    }

    private static String refused(int line, String why) {
        return "Validation of jsonl data failed: line " + line + ": " + why + ".";
    }

    /** All that a role says, a line for each message. What is trained on without weight is left out. */
    private static String said(JsonNode messages, String role) {
        StringBuilder said = new StringBuilder();
        for (JsonNode message : messages) {
            if (message.path("role").asText().equals(role)
                    && message.path("weight").asInt(1) != 0) {
                said.append(text(message)).append('\n');
            }
        }
        return said.toString();
    }

    /** The texts of a message; calls of tools are texts too, as they are to the model. Null is no text, as beside such calls. */
    static String text(JsonNode message) {
        StringBuilder text = new StringBuilder(message.path("content").asText(""));
        for (JsonNode part : message.path("content")) {
            text.append(part.path("text").asText(""));
        }
        for (JsonNode call : message.path("tool_calls")) {
            text.append(call.path("function"));
        }
        return text.toString();
    }

    private static long tokens(JsonNode row) {
        long bytes = 0;
        for (JsonNode message : messages(row)) {
            bytes += text(message).getBytes(StandardCharsets.UTF_8).length;
        }
        return (bytes + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
    }

    /** How many tokens a text counts. */
    static int tokens(String text) {
        return (text.getBytes(StandardCharsets.UTF_8).length + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
    }

    private static List<JsonNode> messages(JsonNode row) {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode list : List.of(
                row.path("messages"),
                row.path("input").path("messages"),
                row.path("preferred_output"),
                row.path("non_preferred_output"))) {
            list.forEach(all::add);
        }
        return all;
    }
}
