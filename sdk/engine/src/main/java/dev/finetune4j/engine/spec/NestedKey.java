package dev.finetune4j.engine.spec;

import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.engine.spec.YamlNode.Entry;
import dev.finetune4j.engine.spec.YamlNode.Mapping;
import dev.finetune4j.engine.spec.YamlNode.Scalar;
import dev.finetune4j.engine.spec.YamlNode.ScalarType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A key written with dots, as messages name it: {@code budget.max-cost: 5 USD}. YAML nests what is below another key. */
final class NestedKey {
    private static final Pattern DOT = Pattern.compile("\\.");

    private NestedKey() {}

    /**
     * How to write an entry whose key has dots, as an instruction.
     *
     * @param mapping in which it stands
     * @param shape what that mapping may have
     * @return empty where its path leads to no key
     */
    static Optional<String> advice(Mapping mapping, Fields shape, Entry entry) {
        List<String> path = List.of(DOT.split(entry.key().text(), -1));
        if (path.size() < 2 || !leads(path, shape)) {
            return Optional.empty();
        }
        Mapping at = mapping;
        Shape below = below(shape, path.get(0)).orElseThrow();
        int depth = 0;
        while (depth < path.size() - 1
                && value(at, path.get(depth)) instanceof Mapping deeper) { // a key stands there once
            at = deeper;
            depth++;
            below = below(below, path.get(depth)).orElseThrow();
        }
        String where = depth == 0 ? "write it " : "write it below " + String.join(".", path.subList(0, depth)) + " ";
        return Optional.of(where + written(path.subList(depth, path.size()), at, below, flow(entry.value())));
    }

    /**
     * What follows "write it": the path on one line, with what stands there for a whole mapping.
     *
     * @param shape of what is below the first key
     */
    private static String written(List<String> path, Mapping mapping, Shape shape, String value) {
        String key = path.get(0);
        YamlNode there = path.size() == 1 ? null : value(mapping, key);
        if (there == null) {
            return "as " + nested(path, value);
        }
        String rest = nested(path.subList(1, path.size()), value);
        String shorthand = shorthand(shape);
        String kept = shorthand == null || path.get(1).equals(shorthand) || isNothing(there)
                ? ""
                : shorthand + ": " + flow(there) + ", ";
        return "as " + key + ": {" + kept + rest + "} in place of the " + key + " that is there";
    }

    /** The path on one line: {@code budget: {max-cost: 5 USD}}. */
    private static String nested(List<String> path, String value) {
        String line = value;
        for (int i = path.size() - 1; i > 0; i--) {
            line = "{" + path.get(i) + ": " + line + "}";
        }
        return path.get(0) + ": " + line;
    }

    private static boolean leads(List<String> path, Shape shape) {
        return path.isEmpty()
                || below(shape, path.get(0))
                        .filter(below -> leads(path.subList(1, path.size()), below))
                        .isPresent();
    }

    private static Optional<Shape> below(Shape shape, String key) {
        if (shape instanceof Fields fields) {
            return fields.fields().stream()
                    .filter(field -> field.key().equals(key))
                    .map(Shape.Field::shape)
                    .findFirst();
        } else if (shape instanceof Variants variants) {
            return key.equals(Variants.KIND)
                    ? Optional.of(new Shape.Plain(variants.example()))
                    : variants.byKind().values().stream()
                            .flatMap(fields -> below(fields, key).stream())
                            .findFirst();
        } else if (shape instanceof Table table && key.matches(table.name().pattern())) {
            return Optional.of(table.element());
        }
        return Optional.empty();
    }

    private static @Nullable String shorthand(Shape shape) {
        return shape instanceof Variants ? Variants.KIND : shape instanceof Fields fields ? fields.shorthand() : null;
    }

    private static @Nullable YamlNode value(Mapping mapping, String key) {
        return mapping.entries().stream()
                .filter(entry -> entry.key().text().equals(key))
                .map(Entry::value)
                .findFirst()
                .orElse(null);
    }

    private static boolean isNothing(YamlNode node) {
        return node instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
    }

    /** A value on one line, as it is written; what is long or hides something is left out. */
    private static String flow(YamlNode node) {
        String flow;
        if (node instanceof Mapping mapping) {
            flow = mapping.entries().stream()
                    .map(entry -> flow(entry.key()) + ": " + flow(entry.value()))
                    .collect(Collectors.joining(", ", "{", "}"));
        } else if (node instanceof YamlNode.Sequence sequence) {
            flow = sequence.items().stream().map(NestedKey::flow).collect(Collectors.joining(", ", "[", "]"));
        } else {
            Scalar scalar = (Scalar) node;
            flow = scalar.type() == ScalarType.TEXT || isNothing(scalar) ? YamlText.flow(scalar.tree()) : scalar.text();
        }
        return Echo.bare(flow).equals(flow) ? flow : "...";
    }
}
