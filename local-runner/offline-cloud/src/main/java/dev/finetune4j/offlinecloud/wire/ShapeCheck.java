package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One walk over a value beside the shape that it must have. */
final class ShapeCheck {
    private final Map<String, Shape> shapes;
    private final List<Violation> violations = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    ShapeCheck(Map<String, Shape> shapes) {
        this.shapes = shapes;
    }

    /** Walks over a value; one without a shape has nothing to violate. */
    ShapeCheck run(Shape.@Nullable Ref ref, JsonNode value) throws ServiceError {
        if (ref != null) {
            check(shape(ref), value, "");
        }
        return this;
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }

    List<String> unknown() {
        return List.copyOf(unknown);
    }

    List<String> flaws() {
        return Stream.concat(
                        violations.stream().map(Violation::toString),
                        unknown.stream().map(path -> "no member " + path))
                .toList();
    }

    private void check(Shape shape, JsonNode value, String path) throws ServiceError {
        switch (shape.type()) {
            case "structure" -> structure(shape, value, path);
            case "list" -> list(shape, value, path);
            case "map" -> map(shape, value, path);
            case "string" -> string(shape, value, path);
            case "boolean" -> expect(value.isBoolean(), value, path, "Boolean");
            case "integer" -> {
                expect(value.isIntegralNumber() && value.canConvertToInt(), value, path, "Integer");
                number(shape, value, path);
            }
            case "long" -> {
                expect(value.isIntegralNumber() && value.canConvertToLong(), value, path, "Long");
                number(shape, value, path);
            }
            case "float", "double" -> expect(value.isNumber(), value, path, "Double");
            case "timestamp" ->
                expect(shape.isIsoTime() ? isIsoTime(value) : value.isNumber(), value, path, "Timestamp");
            default -> throw new IllegalArgumentException("the model has a shape of unknown type " + shape.type());
        }
    }

    private void structure(Shape shape, JsonNode value, String path) throws ServiceError {
        expect(value.isObject(), value, path, "structure");
        for (String name : shape.required()) {
            if (isAbsent(value.get(name))) {
                violations.add(new Violation("null", below(path, name), "Member must not be null"));
            }
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            Shape.Ref ref = shape.members().get(member.getKey());
            if (ref == null) {
                unknown.add(below(path, member.getKey()));
            } else if (!isAbsent(member.getValue())) {
                check(shape(ref), member.getValue(), below(path, member.getKey()));
            }
        }
    }

    private void list(Shape shape, JsonNode value, String path) throws ServiceError {
        expect(value.isArray(), value, path, "list");
        length(shape, value.size(), value, path);
        for (int i = 0; i < value.size(); i++) {
            check(shape(Objects.requireNonNull(shape.member())), value.get(i), path + "." + (i + 1) + ".member");
        }
    }

    private void map(Shape shape, JsonNode value, String path) throws ServiceError {
        expect(value.isObject(), value, path, "map");
        length(shape, value.size(), value, path);
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String shown = "{" + entry.getKey() + "=" + entry.getValue().asText() + "}";
            part(shape(Objects.requireNonNull(shape.key())), entry.getKey(), shown, path, "Map keys");
            Shape of = shape(Objects.requireNonNull(shape.value()));
            if (of.type().equals("string")) {
                expect(entry.getValue().isTextual(), entry.getValue(), path, "String");
                part(of, entry.getValue().asText(), shown, path, "Map value");
            } else {
                check(of, entry.getValue(), path + "." + entry.getKey() + ".value");
            }
        }
    }

    private void part(Shape shape, String text, String shown, String path, String which) {
        List<String> constraints = constraints(shape, text);
        if (!constraints.isEmpty()) {
            violations.add(new Violation(
                    shown, path, which + " must satisfy constraint: [" + String.join(", ", constraints) + "]"));
        }
    }

    private void string(Shape shape, JsonNode value, String path) throws ServiceError {
        expect(value.isTextual(), value, path, "String");
        for (String constraint : constraints(shape, value.asText())) {
            violations.add(new Violation(value.asText(), path, constraint));
        }
    }

    private static List<String> constraints(Shape shape, String text) {
        List<String> violated = new ArrayList<>();
        if (!shape.values().isEmpty() && !shape.values().contains(text)) {
            violated.add("Member must satisfy enum value set: [" + String.join(", ", shape.values()) + "]");
        }
        int length = text.codePointCount(0, text.length());
        if (shape.min() != null && length < shape.min()) {
            violated.add("Member must have length greater than or equal to " + shape.min());
        }
        if (shape.max() != null && length > shape.max()) {
            violated.add("Member must have length less than or equal to " + shape.max());
        }
        if (shape.pattern() != null && !shape.pattern().matcher(text).matches()) {
            violated.add("Member must satisfy regular expression pattern: " + shape.pattern());
        }
        return violated;
    }

    private void length(Shape shape, int size, JsonNode value, String path) {
        if (shape.min() != null && size < shape.min()) {
            violations.add(new Violation(
                    value.toString(), path, "Member must have length greater than or equal to " + shape.min()));
        }
        if (shape.max() != null && size > shape.max()) {
            violations.add(new Violation(
                    value.toString(), path, "Member must have length less than or equal to " + shape.max()));
        }
    }

    private void number(Shape shape, JsonNode value, String path) {
        if (shape.min() != null && value.asLong() < shape.min()) {
            violations.add(new Violation(
                    value.asText(), path, "Member must have value greater than or equal to " + shape.min()));
        }
        if (shape.max() != null && value.asLong() > shape.max()) {
            violations.add(
                    new Violation(value.asText(), path, "Member must have value less than or equal to " + shape.max()));
        }
    }

    private Shape shape(Shape.Ref ref) {
        return Objects.requireNonNull(shapes.get(ref.shape()), ref.shape());
    }

    private static boolean isIsoTime(JsonNode value) {
        try {
            OffsetDateTime.parse(value.asText());
            return value.isTextual();
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isAbsent(@Nullable JsonNode value) {
        return value == null || value.isNull();
    }

    private static void expect(boolean isRight, JsonNode value, String path, String type) throws ServiceError {
        if (!isRight) {
            throw ServiceError.of(
                    "SerializationException",
                    "Value '" + value + "' at '" + (path.isEmpty() ? "/" : path) + "' can not be converted to " + type);
        }
    }

    /** The service begins members with a small letter. */
    private static String below(String path, String member) {
        String name = member.isEmpty() ? member : member.substring(0, 1).toLowerCase(Locale.ROOT) + member.substring(1);
        return path.isEmpty() ? name : path + "." + name;
    }
}
