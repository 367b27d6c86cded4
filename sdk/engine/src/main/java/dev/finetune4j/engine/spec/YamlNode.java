package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Collectors;

/** A YAML document as a tree that knows where each node stands. Aliases are followed, tags resolved, keys unique. */
sealed interface YamlNode {
    /** Where the node begins. */
    Mark mark();

    /** What a person would call this node in a sentence. */
    String describe();

    /** The node as it is written: a scalar is a text whatever it stands for, or null where there is none. */
    JsonNode tree();

    /**
     * A place in the text.
     *
     * @param line from 1
     * @param column from 1, in characters
     */
    record Mark(long line, long column) {
        /** The first character of a file. */
        static final Mark START = new Mark(1, 1);
    }

    /** What a scalar is under the JSON schema of YAML 1.2. */
    enum ScalarType {
        /** A text, quoted or not. */
        TEXT,
        /** An integer or a floating-point number. */
        NUMBER,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** {@code null} or nothing at all. */
        NULL
    }

    /**
     * A single value.
     *
     * @param text as written, without quotes and escapes
     */
    record Scalar(String text, ScalarType type, Mark mark) implements YamlNode {
        @Override
        public String describe() {
            return switch (type) {
                case TEXT -> "the text " + Echo.of(text);
                case NUMBER -> "the number " + Echo.bare(text);
                case BOOLEAN -> text;
                case NULL -> "empty";
            };
        }

        @Override
        public JsonNode tree() {
            return type == ScalarType.NULL ? NullNode.getInstance() : TextNode.valueOf(text);
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Mark mark) implements YamlNode {
        @Override
        public String describe() {
            return items.size() == 1 ? "a list of 1 value" : "a list of " + items.size() + " values";
        }

        @Override
        public JsonNode tree() {
            return JsonNodeFactory.instance
                    .arrayNode()
                    .addAll(items.stream().map(YamlNode::tree).toList());
        }
    }

    /** Keys with values, in the order of the file. */
    record Mapping(List<Entry> entries, Mark mark) implements YamlNode {
        @Override
        public String describe() {
            if (entries.isEmpty()) {
                return "an empty mapping";
            }
            String keys = entries.stream()
                    .limit(3)
                    .map(entry -> Echo.bare(entry.key().text()))
                    .collect(Collectors.joining(", "));
            return "a mapping with " + keys + (entries.size() > 3 ? ", ..." : "");
        }

        @Override
        public JsonNode tree() {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            entries.forEach(entry -> all.set(entry.key().text(), entry.value().tree()));
            return all;
        }
    }

    /** One key with its value. */
    record Entry(Scalar key, YamlNode value) {}
}
