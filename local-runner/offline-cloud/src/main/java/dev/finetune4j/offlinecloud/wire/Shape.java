package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shape of a service model.
 *
 * @param type {@code structure}, {@code list}, {@code map}, {@code string}, {@code timestamp} or a kind of number
 * @param min least length, size or value, or null
 * @param max largest length, size or value, or null
 * @param pattern what the whole of a string must match, or null
 * @param values what a string may be; empty where that is open
 * @param required members that must be there
 * @param members of a structure, by name
 * @param member of a list, or null
 * @param key of a map, or null
 * @param value of a map, or null
 */
record Shape(
        String type,
        @Nullable Long min,
        @Nullable Long max,
        @Nullable String pattern,
        @JsonProperty("enum") List<String> values,
        List<String> required,
        Map<String, Ref> members,
        @Nullable Ref member,
        @Nullable Ref key,
        @Nullable Ref value) {
    /**
     * The use of another shape.
     *
     * @param shape its name
     */
    record Ref(String shape) {}

    /** Takes what a model leaves out as empty. */
    Shape {
        values = values == null ? List.of() : List.copyOf(values);
        required = required == null ? List.of() : List.copyOf(required);
        members = members == null ? Map.of() : new LinkedHashMap<>(members);
    }
}
