package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.util.Map;

/** Writes a job the way a person would: without what equals the defaults. */
final class JobWriter {
    private JobWriter() {}

    static String write(FineTuneJob job) {
        ObjectNode tree = JobTree.of(job);
        String kind = tree.at("/method/kind").asText();
        boolean isDefaultMethod = Shapes.defaults().at("/method/kind").asText().equals(kind);
        ObjectNode said = difference(tree, Shapes.defaults(kind));
        if (!isDefaultMethod) {
            said.withObjectProperty("method").put("kind", kind);
        }
        return YamlText.block(said, path -> "");
    }

    private static ObjectNode difference(ObjectNode tree, JsonNode defaults) {
        ObjectNode said = Json.jobs().createObjectNode();
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            JsonNode byDefault = defaults.path(entry.getKey());
            if (entry.getValue() instanceof ObjectNode mapping) {
                ObjectNode inner = difference(mapping, byDefault);
                if (!inner.isEmpty()) {
                    said.set(entry.getKey(), inner);
                }
            } else if (!entry.getValue().equals(byDefault)) {
                said.set(entry.getKey(), escape(entry.getValue()));
            }
        }
        return said;
    }

    private static JsonNode escape(JsonNode value) {
        if (value instanceof ArrayNode list) {
            ArrayNode escaped = Json.jobs().createArrayNode();
            list.forEach(item -> escaped.add(escape(item)));
            return escaped;
        }
        return value.isTextual() ? TextNode.valueOf(EnvironmentText.escape(value.textValue())) : value;
    }
}
