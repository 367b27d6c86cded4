package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;

/** Forms of a record. */
enum RecordForm {
    CONVERSE(
            "{\"schemaVersion\": \"bedrock-conversation-2024\", \"system\": [{\"text\": \"<system>\"}], \"messages\": [{\"role\": \"user\","
                    + " \"content\": [{\"text\": \"<input text>\"}]}, {\"role\": \"assistant\", \"content\": [{\"text\": \"<output text>\"}]}]}") {
        @Override
        Optional<String> answer(JsonNode record, boolean seesImages) {
            JsonNode system = record.path("system");
            boolean isRight = record.path("schemaVersion").asText().equals("bedrock-conversation-2024")
                    && (system.isMissingNode() || (system.isArray() && system.size() <= 1 && areTexts(system)));
            return isRight ? turns(record, seesImages) : Optional.empty();
        }

        @Override
        Optional<String> text(JsonNode message, boolean seesImages) {
            JsonNode content = message.path("content");
            if (!content.isArray() || content.isEmpty()) {
                return Optional.empty();
            }
            StringBuilder text = new StringBuilder();
            for (JsonNode part : content) {
                boolean isPicture = part.has("image") || part.has("video");
                boolean mayBePicture =
                        seesImages && message.path("role").asText().equals("user");
                if (isPicture ? !mayBePicture : !isText(part.path("text"))) {
                    return Optional.empty();
                }
                text.append(part.path("text").asText());
            }
            return Optional.of(text.toString());
        }
    },

    CLAUDE(
            "{\"system\": \"<system>\", \"messages\": [{\"role\": \"user\", \"content\": \"<input text>\"}, {\"role\": \"assistant\","
                    + " \"content\": \"<output text>\"}]}") {
        @Override
        Optional<String> answer(JsonNode record, boolean seesImages) {
            JsonNode system = record.path("system");
            return system.isMissingNode() || system.isTextual() ? turns(record, seesImages) : Optional.empty();
        }

        @Override
        Optional<String> text(JsonNode message, boolean seesImages) {
            JsonNode content = message.path("content");
            return isText(content) ? Optional.of(content.asText()) : Optional.empty();
        }
    },

    PROMPT_COMPLETION("{\"prompt\": \"<input text>\", \"completion\": \"<output text>\"}") {
        @Override
        Optional<String> answer(JsonNode record, boolean seesImages) {
            boolean isRight = record.size() == 2 && isText(record.path("prompt"));
            return isRight ? text(record, seesImages) : Optional.empty();
        }

        @Override
        String question(JsonNode record, boolean seesImages) {
            return record.path("prompt").asText();
        }

        @Override
        Optional<String> text(JsonNode record, boolean seesImages) {
            JsonNode completion = record.path("completion");
            return isText(completion) ? Optional.of(completion.asText()) : Optional.empty();
        }
    };

    private final String shown;

    RecordForm(String shown) {
        this.shown = shown;
    }

    /** The form with a name. */
    static RecordForm of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** How the service shows it. */
    String shown() {
        return shown;
    }

    /** What the user says in a record of this form. */
    String question(JsonNode record, boolean seesImages) {
        StringBuilder questions = new StringBuilder();
        for (JsonNode message : record.path("messages")) {
            if (message.path("role").asText().equals("user")) {
                questions.append(text(message, seesImages).orElse("")).append('\n');
            }
        }
        return questions.toString();
    }

    /** What a record has the model say; empty if it has another form. */
    abstract Optional<String> answer(JsonNode record, boolean seesImages);

    /** Text of a part of a record. */
    abstract Optional<String> text(JsonNode message, boolean seesImages);

    /** User and assistant speak in turns, the user first and the assistant last. */
    Optional<String> turns(JsonNode record, boolean seesImages) {
        JsonNode messages = record.path("messages");
        if (!messages.isArray() || messages.isEmpty() || messages.size() % 2 != 0) {
            return Optional.empty();
        }
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < messages.size(); i++) {
            boolean isAnswer = i % 2 == 1;
            Optional<String> text = text(messages.get(i), seesImages);
            if (!messages.get(i).path("role").asText().equals(isAnswer ? "assistant" : "user") || text.isEmpty()) {
                return Optional.empty();
            }
            if (isAnswer) {
                answers.append(text.get()).append('\n');
            }
        }
        return Optional.of(answers.toString());
    }

    static boolean isText(JsonNode node) {
        return node.isTextual() && !node.asText().isBlank();
    }

    static boolean areTexts(JsonNode list) {
        for (JsonNode part : list) {
            if (!isText(part.path("text"))) {
                return false;
            }
        }
        return true;
    }
}
