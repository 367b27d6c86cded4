package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.engine.spec.Places.Place;
import dev.finetune4j.error.Location;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job with every default filled in, and where each value comes from. What came from the environment stays written as
 * {@code ${env:NAME}}: it is never shown.
 *
 * @param values every setting, in the order of the schema
 * @param yaml a job file that says everything and reads back to the same job as it was before its model was known; the origin of each
 *     value is a comment
 */
public record ResolvedJob(List<Value> values, String yaml) {
    /** Copies the values. */
    public ResolvedJob {
        values = List.copyOf(values);
    }

    /**
     * One setting.
     *
     * @param key its path, such as {@code training.epochs} or {@code targets[0]}
     * @param value as it stands in a job file
     * @param origin who said so
     */
    public record Value(String key, String value, Origin origin) {}

    /** Where each setting comes from, by its key, for people; a list counts as one setting. */
    public Map<String, String> origins() {
        Map<String, String> origins = new LinkedHashMap<>();
        for (Value value : values) {
            origins.putIfAbsent(
                    value.key().replaceFirst("\\[.*", ""), value.origin().toString());
        }
        return origins;
    }

    /** Whether the job leaves all that lies below a key to its default. */
    boolean leavesOpen(String key) {
        return values.stream()
                .filter(value -> isAtOrBelow(value, key))
                .allMatch(value -> value.origin() instanceof Origin.Default);
    }

    /** Whether nothing of a setting was taken from the environment or set in code, where it may be a secret. */
    public boolean isOfFile(String key) {
        return values.stream()
                .filter(value -> isAtOrBelow(value, key))
                .map(Value::origin)
                .noneMatch(origin -> origin instanceof Origin.FromEnvironment || origin instanceof Origin.InCode);
    }

    /** The same but for one key and what lies below it, which have a value that was chosen for the model. */
    ResolvedJob chosen(String key, Map<String, String> valueByKey) {
        List<Value> others =
                values.stream().filter(value -> !isAtOrBelow(value, key)).toList();
        List<Value> all = new ArrayList<>(others);
        valueByKey.forEach((own, value) -> all.add(new Value(own, value, new Origin.ByModel())));
        return new ResolvedJob(all, yaml);
    }

    private static boolean isAtOrBelow(Value value, String key) {
        return value.key().equals(key)
                || value.key().startsWith(key + ".")
                || value.key().startsWith(key + "[");
    }

    /** Where a key stands in the job's file: at its value, or at the first value below it; the file alone where nobody wrote it. */
    Location placeOf(String key, String source) {
        return values.stream()
                .filter(value -> isAtOrBelow(value, key))
                .map(Value::origin)
                .filter(Origin.InFile.class::isInstance)
                .map(Origin.InFile.class::cast)
                .findFirst()
                .map(place -> new Location.InFile(place.source(), place.line(), place.column(), key))
                .orElseGet(() -> new Location.InFile(source, 0, 0, key));
    }

    /** Settings and origins as one JSON object, for {@code check --resolved -o json}. */
    public String json() {
        ObjectNode root = Json.jobs().createObjectNode();
        ArrayNode settings = root.putArray("settings");
        for (Value value : values) {
            settings.addObject()
                    .put("key", value.key())
                    .put("value", value.value())
                    .put("origin", value.origin().toString());
        }
        return root.toPrettyString();
    }

    /** Resolves a job of a file. */
    static ResolvedJob of(FineTuneJob job, Places places, @Nullable Origin always) {
        JsonNode written = asWritten(JobTree.of(job), "", places);
        Map<String, Value> values = new LinkedHashMap<>();
        collect(written, "", "", places, always, values);
        String yaml = YamlText.block(written, path -> {
            Value value = values.get(path);
            return value == null ? "" : value.origin().toString();
        });
        return new ResolvedJob(List.copyOf(values.values()), yaml);
    }

    /** The tree with each text as it must stand in the file. */
    private static JsonNode asWritten(JsonNode value, String path, Places places) {
        if (value instanceof ObjectNode mapping) {
            mapping.properties()
                    .forEach(entry ->
                            entry.setValue(asWritten(entry.getValue(), YamlText.join(path, entry.getKey()), places)));
        } else if (value instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                list.set(i, asWritten(list.get(i), path + "[" + i + "]", places));
            }
        }
        Place place = places.get(path);
        if (place != null && place.written() != null) {
            return TextNode.valueOf(place.written());
        }
        return value.isTextual() ? TextNode.valueOf(EnvironmentText.escape(value.textValue())) : value;
    }

    private static void collect(
            JsonNode value,
            String path,
            String holder,
            Places places,
            @Nullable Origin always,
            Map<String, Value> values) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties().forEach(entry -> {
                String key = YamlText.join(path, entry.getKey());
                collect(entry.getValue(), key, key, places, always, values);
            });
        } else if (value.isArray() && !value.isEmpty()) {
            List<JsonNode> items = new ArrayList<>();
            value.forEach(items::add);
            for (int i = 0; i < items.size(); i++) {
                collect(items.get(i), path + "[" + i + "]", path, places, always, values);
            }
        } else {
            Place place = places.get(path) == null ? places.get(holder) : places.get(path);
            Origin origin = always == null ? origin(place) : always;
            values.put(path, new Value(path, YamlText.flow(value), origin));
        }
    }

    private static Origin origin(@Nullable Place place) {
        if (place == null) {
            return new Origin.Default();
        }
        String variable = place.variable();
        return variable == null
                ? new Origin.InFile(
                        place.source(), place.mark().line(), place.mark().column())
                : new Origin.FromEnvironment(variable);
    }
}
