package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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
 * @param timestampFormat {@code iso8601} for times that are texts, or null for seconds since 1970
 * @param error of a structure that is an error: its HTTP status; null otherwise
 */
record Shape(
        String type,
        @Nullable Long min,
        @Nullable Long max,
        @Nullable Pattern pattern,
        @JsonProperty("enum") List<String> values,
        List<String> required,
        Map<String, Ref> members,
        @Nullable Ref member,
        @Nullable Ref key,
        @Nullable Ref value,
        @Nullable String timestampFormat,
        @Nullable Status error) {
    /** A time as a text. */
    private static final String ISO = "iso8601";

    /**
     * The use of another shape.
     *
     * @param shape its name
     * @param location where a REST service has it: {@link #PATH}, {@link #QUERY}, or null for the body
     * @param locationName what it is called there, or null where that is its own name
     */
    record Ref(
            String shape,
            @Nullable String location,
            @Nullable String locationName) {
        /** A part of the path. */
        static final String PATH = "uri";

        /** A parameter of the query. */
        static final String QUERY = "querystring";

        Optional<String> place() {
            return Optional.ofNullable(location);
        }

        String nameOr(String own) {
            return locationName == null ? own : locationName;
        }
    }

    /**
     * The HTTP status of an error.
     *
     * @param httpStatusCode the status
     */
    record Status(int httpStatusCode) {}

    /** Takes what a model leaves out as empty. */
    Shape {
        values = values == null ? List.of() : List.copyOf(values);
        required = required == null ? List.of() : List.copyOf(required);
        members = members == null ? Map.of() : new LinkedHashMap<>(members);
    }

    /** Whether a time is a text and not a number. */
    boolean isIsoTime() {
        return ISO.equals(timestampFormat);
    }
}
