package dev.finetune4j.engine.data.format;

/** JSON Lines in each of the formats that are detected. */
public final class JsonLinesTarget extends RowsTarget {
    public JsonLinesTarget() {
        super(
                "jsonl",
                "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"c\",\"completion\":\"d\"}\n",
                "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"a\"},"
                        + "{\"role\":\"assistant\",\"content\":\"b\",\"weight\":0}]}\n",
                "{\"schemaVersion\":\"bedrock-conversation-2024\",\"system\":[{\"text\":\"s\"}],\"messages\":[{\"role\":"
                        + "\"user\",\"content\":[{\"text\":\"a\"}]},{\"role\":\"assistant\",\"content\":[{\"text\":\"b\"}]}]}\n",
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"a\"},{\"from\":\"gpt\",\"value\":\"b\"}]}\n",
                "{\"instruction\":\"a\",\"input\":\"\",\"output\":\"b\"}\n",
                "{\"question\":\"a\",\"context\":\"c\",\"answer\":\"b \\u00e4\"}\n\n{\"question\":1,\"answer\":null}");
    }
}
