package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.engine.spec.Shape.Choice;
import dev.finetune4j.engine.spec.Shape.Field;
import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Flag;
import dev.finetune4j.engine.spec.Shape.Listing;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Text;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.engine.spec.YamlNode.Entry;
import dev.finetune4j.engine.spec.YamlNode.Mapping;
import dev.finetune4j.engine.spec.YamlNode.Scalar;
import dev.finetune4j.engine.spec.YamlNode.ScalarType;
import dev.finetune4j.engine.spec.YamlNode.Sequence;
import dev.finetune4j.error.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a YAML tree against the shape of a job and turns what is valid into a tree of values. A value that is not valid is
 * reported and left out, so that one reading finds every problem.
 */
final class JobReader {
    /** Keys of the root that speak to editors, not to finetune. */
    static final String SCHEMA_KEY = "$schema";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,400}(\\.[0-9]{0,400})?([eE][-+]?[0-9]{1,4})?");

    private final Map<String, String> environment;
    private final ValueProblems report;
    private final Places places;

    JobReader(Map<String, String> environment, Places places, List<Problem> problems) {
        this.environment = environment;
        this.places = places;
        this.report = new ValueProblems(places, problems);
    }

    /** Every valid value of the document, without defaults. */
    ObjectNode read(YamlNode root) {
        if (root instanceof Mapping mapping) {
            return root(mapping, Shapes.job());
        }
        report.wrongType("", "a job file", root, Shapes.job(), "");
        return NODES.objectNode();
    }

    /** What a document says of places, which is all that it may say. */
    ObjectNode readPlaces(YamlNode root) {
        if (root instanceof Mapping mapping) {
            return root(mapping, Shapes.places());
        }
        report.wrongType("", "a profile", root, Shapes.places(), "");
        return NODES.objectNode();
    }

    private ObjectNode root(Mapping mapping, Fields shape) {
        return fields(mapping, shape, "", entry -> {
            if (!entry.key().text().equals(SCHEMA_KEY)) {
                report.unknownKey("", mapping, shape, entry);
            }
        });
    }

    private @Nullable JsonNode value(YamlNode node, Shape shape, String path, String example) {
        places.put(path, node.mark());
        if (shape instanceof Fields fields) {
            return record(node, fields, path);
        } else if (shape instanceof Variants variants) {
            return variant(node, variants, path);
        } else if (shape instanceof Table table && node instanceof Mapping mapping) {
            return table(mapping, table, path);
        } else if (shape instanceof Listing listing) {
            return listing(node, listing, path, example);
        } else if (node instanceof Scalar scalar && !(shape instanceof Table)) {
            return scalar(scalar, shape, path, example);
        }
        report.wrongType(path, path, node, shape, example);
        return null;
    }

    private @Nullable JsonNode record(YamlNode node, Fields shape, String path) {
        if (node instanceof Mapping mapping) {
            return fields(mapping, shape, path, entry -> report.unknownKey(path, mapping, shape, entry));
        }
        String shorthand = shape.shorthand();
        if (shorthand != null) {
            Field field = shape.field(shorthand);
            boolean isText = node instanceof Scalar scalar && scalar.type() == ScalarType.TEXT;
            if (isText || (node instanceof Sequence && field.shape() instanceof Listing)) {
                return NODES.objectNode()
                        .setAll(present(
                                shorthand, value(node, field.shape(), path + "." + shorthand, field.example())));
            }
        }
        report.wrongType(path, path, node, shape, shape.example());
        return null;
    }

    private ObjectNode fields(Mapping mapping, Fields shape, String path, Consumer<Entry> unknown) {
        ObjectNode values = NODES.objectNode();
        List<String> keys = shape.fields().stream().map(Field::key).toList();
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (keys.contains(key)) {
                values.setAll(present(key, field(entry, shape.field(key), YamlText.join(path, key))));
            } else {
                unknown.accept(entry);
            }
        }
        for (Field field : shape.fields()) {
            String at = YamlText.join(path, field.key());
            if (field.isRequired() && !places.has(at)) {
                report.missing(at, field, mapping.mark());
            }
        }
        return values;
    }

    private @Nullable JsonNode field(Entry entry, Field field, String path) {
        boolean isNull = entry.value() instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
        boolean mayBeEmpty = field.isNullable() || !(isLeaf(field.shape()) || field.isRequired());
        if (isNull && mayBeEmpty) {
            return null;
        }
        return value(entry.value(), field.shape(), path, hint(field));
    }

    /** What to write instead: the default, where there is one. */
    private static String hint(Field field) {
        JsonNode byDefault = field.byDefault();
        if (byDefault == null || byDefault.isObject() || (byDefault.isArray() && byDefault.isEmpty())) {
            return field.example();
        }
        return YamlText.flow(byDefault);
    }

    /** Whether a value of this shape stands on one line and can't be left empty. */
    static boolean isLeaf(Shape shape) {
        return !(shape instanceof Fields || shape instanceof Variants || shape instanceof Table);
    }

    private @Nullable JsonNode variant(YamlNode node, Variants shape, String path) {
        Choice kinds = new Choice(List.copyOf(shape.byKind().keySet()));
        String kindPath = path + "." + Variants.KIND;
        if (node instanceof Scalar scalar && scalar.type() == ScalarType.TEXT) {
            return NODES.objectNode().setAll(present(Variants.KIND, value(node, kinds, kindPath, kinds.example())));
        } else if (!(node instanceof Mapping mapping)) {
            report.wrongType(path, path, node, shape, shape.example());
            return null;
        } else {
            JsonNode kind = mapping.entries().stream()
                    .filter(entry -> entry.key().text().equals(Variants.KIND))
                    .findFirst()
                    .map(entry -> value(entry.value(), kinds, kindPath, kinds.example()))
                    .orElse(null);
            if (kind == null && places.has(kindPath)) {
                return null;
            }
            String name = kind == null ? shape.example() : kind.textValue();
            Fields fields = shape.byKind().getOrDefault(name, new Fields(List.of(), null));
            ObjectNode values = fields(mapping, fields, path, entry -> {
                if (!entry.key().text().equals(Variants.KIND)) {
                    report.unknownKeyOfKind(path, mapping, shape, name, entry);
                }
            });
            return values.put(Variants.KIND, name);
        }
    }

    private ObjectNode table(Mapping mapping, Table shape, String path) {
        ObjectNode values = NODES.objectNode();
        for (Entry entry : mapping.entries()) {
            String name = entry.key().text();
            if (name.matches(shape.name().pattern())) {
                values.setAll(present(
                        name,
                        value(
                                entry.value(),
                                shape.element(),
                                path + "." + name,
                                shape.element().example())));
            } else {
                report.malformed(
                        path, entry.key(), shape.name().wanted(), shape.name().example());
            }
        }
        return values;
    }

    private @Nullable JsonNode listing(YamlNode node, Listing shape, String path, String example) {
        ArrayNode values = NODES.arrayNode();
        List<YamlNode> items = new ArrayList<>();
        if (node instanceof Sequence sequence) {
            items.addAll(sequence.items());
        } else if (node instanceof Scalar scalar && mayStandAlone(scalar, shape)) {
            items.add(node);
        } else {
            report.wrongType(path, path, node, shape, example);
            return null;
        }
        if (items.isEmpty() && !shape.allowsNone()) {
            report.tooFew(path, node.mark(), example);
        }
        for (int i = 0; i < items.size(); i++) {
            JsonNode value = value(items.get(i), shape.element(), path + "[" + i + "]", example);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private static boolean mayStandAlone(Scalar scalar, Listing shape) {
        return scalar.type() == ScalarType.TEXT
                || (scalar.type() == ScalarType.NUMBER && shape.element() instanceof Shape.Numeric);
    }

    private @Nullable JsonNode scalar(Scalar scalar, Shape shape, String path, String example) {
        EnvironmentText text = EnvironmentText.of(scalar.text(), environment);
        boolean isText = scalar.type() == ScalarType.TEXT;
        if (!isText || !text.usesEnvironment()) {
            String value = isText ? text.value() : scalar.text();
            return typed(scalar, value, scalar.type(), shape, path, example);
        }
        places.putVariable(path, scalar.mark(), String.join(", ", text.names()), scalar.text());
        if (!text.faults().isEmpty()) {
            report.environment(path, scalar, text);
            return null;
        }
        return typed(scalar, text.value(), typeOf(text.value(), shape), shape, path, example);
    }

    /** A variable is always a text; where a number or a flag is wanted, it is read as one. */
    private static ScalarType typeOf(String value, Shape shape) {
        if (shape instanceof Shape.Numeric && NUMBER.matcher(value).matches()) {
            return ScalarType.NUMBER;
        } else if (shape instanceof Flag && (value.equals("true") || value.equals("false"))) {
            return ScalarType.BOOLEAN;
        }
        return ScalarType.TEXT;
    }

    private @Nullable JsonNode typed(
            Scalar scalar, String value, ScalarType type, Shape shape, String path, String example) {
        if (shape instanceof Shape.Plain && type != ScalarType.NULL && !value.isBlank()) {
            return TextNode.valueOf(value);
        } else if (shape instanceof Text text && type == ScalarType.TEXT) {
            try {
                text.parse().accept(value);
                return TextNode.valueOf(value);
            } catch (IllegalArgumentException e) {
                report.malformed(path, scalar, text.wanted(), example);
                return null;
            }
        } else if (shape instanceof Choice choice && type == ScalarType.TEXT) {
            if (choice.values().contains(value)) {
                return TextNode.valueOf(value);
            }
            report.unknownValue(path, scalar, value, choice.values());
            return null;
        } else if (shape instanceof Flag && type == ScalarType.BOOLEAN) {
            return BooleanNode.valueOf(Boolean.parseBoolean(value));
        } else if (shape instanceof Shape.Numeric number && type == ScalarType.NUMBER) {
            return number(scalar, value, number, path, example);
        }
        report.wrongType(path, path, scalar, shape, example);
        return null;
    }

    private @Nullable JsonNode number(Scalar scalar, String text, Shape.Numeric shape, String path, String example) {
        if (!NUMBER.matcher(text).matches()) {
            report.wrongType(path, path, scalar, shape, example);
            return null;
        }
        double value = Double.parseDouble(text);
        if (value < shape.min() || value > shape.max() || Double.isInfinite(value)) {
            report.outOfRange(path, scalar, value, shape, example);
            return null;
        } else if (!shape.isWhole()) {
            return DoubleNode.valueOf(value);
        }
        BigDecimal exact = new BigDecimal(text);
        if (exact.stripTrailingZeros().scale() > 0) {
            report.wrongType(path, path, scalar, shape, example);
            return null;
        } else if (exact.toBigInteger().bitLength() > Long.SIZE - 1) {
            report.outOfRange(path, scalar, value, shape, example);
            return null;
        }
        return LongNode.valueOf(exact.longValue());
    }

    private static ObjectNode present(String key, @Nullable JsonNode value) {
        ObjectNode values = NODES.objectNode();
        if (value != null) {
            values.set(key, value);
        }
        return values;
    }
}
