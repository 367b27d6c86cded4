package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** Finds halves of characters, which JSON can escape but UTF-8 cannot write: neither file nor tokenizer could keep them. */
final class LoneSurrogates {
    private LoneSurrogates() {}

    /** The first field of a row in whose texts there is one. */
    static Optional<String> fieldOf(ObjectNode row) {
        return row.properties().stream()
                .filter(field -> isIn(field.getKey()) || isIn(field.getValue()))
                .map(Map.Entry::getKey)
                .map(LoneSurrogates::shown)
                .findFirst();
    }

    private static boolean isIn(JsonNode value) {
        if (value.isTextual()) {
            return isIn(value.textValue());
        }
        for (JsonNode child : value) {
            if (isIn(child)) {
                return true;
            }
        }
        return value.properties().stream().anyMatch(field -> isIn(field.getKey()));
    }

    private static boolean isIn(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    /** A name that can be printed. */
    private static String shown(String field) {
        return isIn(field) ? "a name" : field;
    }
}
