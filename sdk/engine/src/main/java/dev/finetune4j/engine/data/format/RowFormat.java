package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;

/** The row formats that are read, by the names that {@code data.format} has. */
public enum RowFormat {
    /** {@code {"messages": [{"role": "user", "content": "..."}, ...]}}: OpenAI and Azure OpenAI chat fine-tuning. */
    OPENAI_CHAT("openai-chat", "rows have messages whose content is text"),
    /** {@code {"input": {"messages": [...]}, "preferred_output": [...], "non_preferred_output": [...]}}: direct preference optimization. */
    OPENAI_PREFERENCE("openai-preference", "rows have input, preferred_output and non_preferred_output"),
    /** {@code {"prompt": "...", "completion": "..."}}. */
    BEDROCK_PROMPT_COMPLETION("bedrock-prompt-completion", "rows have prompt and completion"),
    /** {@code {"schemaVersion": "bedrock-conversation-2024", "system": [...], "messages": [...]}} with content lists. */
    BEDROCK_CONVERSE("bedrock-converse", "rows have messages whose content is a list of texts"),
    /** {@code {"instruction": "...", "context": "...", "response": "..."}}, with template.json beside the file if there is one. */
    JUMPSTART("jumpstart", "rows have instruction and response"),
    /** {@code {"instruction": "...", "input": "...", "output": "..."}}. */
    ALPACA("alpaca", "rows have instruction and output"),
    /** {@code {"conversations": [{"from": "human", "value": "..."}, ...]}}. */
    SHAREGPT("sharegpt", "rows have conversations with from and value"),
    /** {@code {"text": "..."}}, learned as a whole. */
    TEXT("text", "rows have text and no answer"),
    /** Any columns; which are input and answer is said by {@code task.prompt} and {@code task.answer}, or by their names. */
    COLUMNS("columns", "rows have columns for input and answer");

    private final String id;
    private final String sign;

    RowFormat(String id, String sign) {
        this.id = id;
        this.sign = sign;
    }

    /** The name in {@code data.format}. */
    public String id() {
        return id;
    }

    /** By what the format is recognised, in words. */
    String sign() {
        return sign;
    }

    /** The format of a name. */
    public static Optional<RowFormat> of(String id) {
        return Arrays.stream(values()).filter(format -> format.id.equals(id)).findFirst();
    }

    /** Whether rows are conversations rather than columns. */
    boolean isConversation() {
        return this == OPENAI_CHAT || this == OPENAI_PREFERENCE || this == BEDROCK_CONVERSE || this == SHAREGPT;
    }

    /** The conversation format that a row looks like, if any. */
    static Optional<RowFormat> conversationFormat(ObjectNode row) {
        if (row.has(PreferenceMapper.PREFERRED) || row.has(PreferenceMapper.REJECTED)) {
            return Optional.of(OPENAI_PREFERENCE);
        }
        if (row.path("conversations").isArray()) {
            return Optional.of(SHAREGPT);
        }
        if (!row.path("messages").isArray()) {
            return Optional.empty();
        }
        JsonNode content = row.path("messages").path(0).path("content");
        boolean converse = row.has("schemaVersion")
                || (content.isArray()
                        && !content.path(0).has("type")
                        && content.path(0).has("text"));
        return Optional.of(converse ? BEDROCK_CONVERSE : OPENAI_CHAT);
    }
}
