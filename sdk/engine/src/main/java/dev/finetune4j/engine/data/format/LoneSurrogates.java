package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.WholeText;
import java.util.Map;
import java.util.Optional;

/** Finds halves of characters, which JSON can escape but UTF-8 cannot write: neither file nor tokenizer could keep them. */
final class LoneSurrogates {
    private LoneSurrogates() {}

    /** The first field of a row in whose texts there is one. */
    static Optional<String> fieldOf(ObjectNode row) {
        return row.properties().stream()
                .filter(field -> !WholeText.isWhole(field.getKey()) || isIn(field.getValue()))
                .map(Map.Entry::getKey)
                .map(LoneSurrogates::shown)
                .findFirst();
    }

    private static boolean isIn(JsonNode value) {
        if (value.isTextual()) {
            return !WholeText.isWhole(value.textValue());
        }
        for (JsonNode child : value) {
            if (isIn(child)) {
                return true;
            }
        }
        return value.properties().stream().anyMatch(field -> !WholeText.isWhole(field.getKey()));
    }

    /** A name that can be printed. */
    private static String shown(String field) {
        return WholeText.isWhole(field) ? field : "a name";
    }
}
