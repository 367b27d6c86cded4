package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.spec.Shape.Choice;
import dev.finetune4j.engine.spec.Shape.Field;
import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Flag;
import dev.finetune4j.engine.spec.Shape.Listing;
import dev.finetune4j.engine.spec.Shape.Numeric;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Text;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.util.Arrays;
import java.util.List;

/**
 * The JSON Schema (draft 2020-12) of the job file, for editors and for tools that are not Java. Made from the very shapes that
 * {@link JobFile} reads by, so the two can't drift apart.
 */
public final class JobSchema {
    /** The schema's name; a name, not an address: the file is printed by {@code finetune schema}. */
    public static final String ID = "urn:finetune4j:job";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String ENVIRONMENT = "#/$defs/environment";

    private JobSchema() {}

    /** The schema as indented JSON that ends with a line break. */
    public static String json() {
        ObjectNode schema = NODES.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", ID);
        schema.put("title", "finetune4j job");
        schema.setAll(mapping(Shapes.job()));
        ((ObjectNode) schema.get("properties"))
                .putObject(JobReader.SCHEMA_KEY)
                .put("description", "Where this schema lies, for editors.")
                .put("type", "string");
        schema.set("allOf", rules());
        schema.putObject("$defs")
                .putObject("environment")
                .put("description", "A text with environment variables in it, such as ${env:NAME}.")
                .put("type", "string")
                .put("pattern", "\\$\\{env:[A-Za-z_][A-Za-z0-9_]*}");
        return schema.toPrettyString() + "\n";
    }

    private static ObjectNode schema(Shape shape) {
        if (shape instanceof Fields fields) {
            return fields.shorthand() == null
                    ? mapping(fields)
                    : anyOf(schema(fields.field(fields.shorthand()).shape()), mapping(fields));
        } else if (shape instanceof Variants variants) {
            return variants(variants);
        } else if (shape instanceof Listing listing) {
            ObjectNode list = typed("array");
            list.set("items", schema(listing.element()));
            return anyOf(schema(listing.element()), listing.allowsNone() ? list : list.put("minItems", 1));
        } else if (shape instanceof Table table) {
            ObjectNode mapping = typed("object");
            mapping.putObject("propertyNames").put("pattern", "^" + table.name().pattern() + "$");
            mapping.set("additionalProperties", schema(table.element()));
            return mapping;
        } else if (shape instanceof Choice choice) {
            ObjectNode values = NODES.objectNode();
            values.set("enum", strings(choice.values()));
            return orEnvironment(values);
        } else if (shape instanceof Numeric numeric) {
            return orEnvironment(number(numeric));
        } else if (shape instanceof Flag) {
            return orEnvironment(typed("boolean"));
        }
        if (shape instanceof Shape.Plain) {
            ObjectNode plain = NODES.objectNode();
            plain.set("type", strings(List.of("string", "number", "boolean")));
            return plain.put("pattern", "\\S");
        }
        Text text = (Text) shape;
        return orEnvironment(typed("string").put("pattern", "^(?:" + text.pattern() + ")$"));
    }

    private static ObjectNode mapping(Fields shape) {
        ObjectNode schema = typed("object");
        ObjectNode properties = schema.putObject("properties");
        for (Field field : shape.fields()) {
            properties.set(field.key(), property(field));
        }
        List<String> required = shape.fields().stream()
                .filter(Field::isRequired)
                .map(Field::key)
                .toList();
        if (!required.isEmpty()) {
            schema.set("required", strings(required));
        }
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode property(Field field) {
        ObjectNode property = NODES.objectNode().put("description", field.description());
        boolean isHolder = !(field.isRequired() || JobReader.isLeaf(field.shape()));
        ObjectNode value = schema(field.shape());
        property.setAll(field.isNullable() || isHolder ? anyOf(value, typed("null")) : value);
        if (field.byDefault() != null && JobReader.isLeaf(field.shape())) {
            property.set("default", field.byDefault());
        }
        return property;
    }

    private static ObjectNode variants(Variants shape) {
        ObjectNode anyOf = NODES.objectNode();
        ArrayNode choices = anyOf.putArray("anyOf");
        choices.add(schema(new Choice(List.copyOf(shape.byKind().keySet()))));
        shape.byKind().forEach((kind, fields) -> {
            ObjectNode mapping = mapping(fields);
            ((ObjectNode) mapping.get("properties"))
                    .set(Variants.KIND, NODES.objectNode().put("const", kind));
            if (!kind.equals(shape.example())) {
                mapping.withArrayProperty("required").add(Variants.KIND);
            }
            choices.add(mapping);
        });
        return anyOf;
    }

    private static ObjectNode number(Numeric shape) {
        ObjectNode number = typed(shape.isWhole() ? "integer" : "number");
        if (!Double.isInfinite(shape.min())) {
            number.set("minimum", bound(shape, shape.min()));
        }
        if (!Double.isInfinite(shape.max())) {
            number.set("maximum", bound(shape, shape.max()));
        }
        return number;
    }

    private static JsonNode bound(Numeric shape, double value) {
        return shape.isWhole() ? NODES.numberNode((long) value) : NODES.numberNode(value);
    }

    /** The rules between keys that a schema can say; the others are found by {@code finetune check} alone. */
    private static ArrayNode rules() {
        ArrayNode rules = NODES.arrayNode();
        ObjectNode data = rules.addObject().putObject("properties").putObject("data");
        ArrayNode ways = data.putArray("anyOf");
        ways.addObject().put("type", "string");
        ObjectNode query = ways.addObject();
        query.set("required", strings(List.of("query", "sources")));
        query.putObject("not").set("required", strings(List.of("file")));
        ObjectNode file = ways.addObject();
        file.set("required", strings(List.of("file")));
        file.putObject("not").set("required", strings(List.of("query")));
        for (TaskKind kind : TaskKind.values()) {
            rules.add(metricsOf(kind));
        }
        List<String> unlabelled = Arrays.stream(TaskKind.values())
                .filter(kind -> !kind.hasLabels())
                .map(Shapes::word)
                .toList();
        ObjectNode labels = rules.addObject();
        labels.set("if", taskIs(unlabelled));
        at(labels.putObject("then"), "task", "labels").put("type", "array").put("maxItems", 0);
        return rules;
    }

    private static ObjectNode metricsOf(TaskKind kind) {
        ObjectNode rule = NODES.objectNode();
        rule.set("if", taskIs(List.of(Shapes.word(kind))));
        ArrayNode names = NODES.arrayNode();
        MetricName.of(kind).forEach(metric -> names.add(metric.value()));
        ObjectNode metric = NODES.objectNode();
        metric.set("enum", names.add(NODES.nullNode()));
        at(rule.putObject("then"), "evaluation", "gate", "metric").setAll(orEnvironment(metric));
        return rule;
    }

    private static ObjectNode taskIs(List<String> kinds) {
        ObjectNode text = NODES.objectNode();
        text.set("enum", strings(kinds));
        ObjectNode mapping = typed("object");
        mapping.putObject("properties").set("kind", text);
        mapping.set("required", strings(List.of("kind")));
        ObjectNode condition = NODES.objectNode();
        condition.putObject("properties").set("task", anyOf(text.deepCopy(), mapping));
        condition.set("required", strings(List.of("task")));
        return condition;
    }

    private static ObjectNode at(ObjectNode schema, String... path) {
        ObjectNode inner = schema;
        for (String key : path) {
            inner = inner.putObject("properties").putObject(key);
        }
        return inner;
    }

    private static ObjectNode orEnvironment(ObjectNode schema) {
        return anyOf(schema, NODES.objectNode().put("$ref", ENVIRONMENT));
    }

    private static ObjectNode anyOf(ObjectNode... schemas) {
        ObjectNode any = NODES.objectNode();
        ArrayNode choices = any.putArray("anyOf");
        for (ObjectNode schema : schemas) {
            if (schema.size() == 1 && schema.path("anyOf").isArray()) {
                schema.get("anyOf").forEach(choice -> addOnce(choices, choice));
            } else {
                addOnce(choices, schema);
            }
        }
        return any;
    }

    private static void addOnce(ArrayNode choices, JsonNode choice) {
        for (JsonNode present : choices) {
            if (present.equals(choice)) {
                return;
            }
        }
        choices.add(choice);
    }

    private static ObjectNode typed(String type) {
        return NODES.objectNode().put("type", type);
    }

    private static ArrayNode strings(List<String> texts) {
        ArrayNode strings = NODES.arrayNode();
        texts.forEach(strings::add);
        return strings;
    }
}
