package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What bodies of requests must look like, by the schemas that Microsoft publishes of its API. */
public final class BodySchema {
    private static final List<String> STABLE = List.of("2024-10-01", "2026-05-01");
    private static final List<String> PREVIEW = List.of("2024-10-01-preview", "2026-05-15-preview");
    private static final List<String> COGNITIVE_SERVICES = List.of("2025-06-01", "2026-05-01");
    private static final String DISCRIMINATOR = "x-discriminator";
    private static final Map<String, JsonSchema> READ = new ConcurrentHashMap<>();
    private static final Comparator<ValidationMessage> BY_PLACE =
            Comparator.comparing(message -> message.getInstanceLocation().toString());

    private BodySchema() {}

    /**
     * Refuses a body that the schema of the nearest version refuses. Numbers among tags and properties become texts in it, as clients of
     * Microsoft's own send them and the service takes them.
     *
     * @param version of the API that the caller named
     * @param type below the workspace, such as {@code jobs}
     */
    public static void check(String version, String type, ObjectNode body) throws ServiceError {
        texts(body.path("properties").path("tags"));
        if (!type.equals("computes")) { // whose inner properties are settings
            texts(body.path("properties").path("properties"));
        }
        // Previews add to jobs only.
        List<String> published = version.endsWith("-preview") && type.equals("jobs") ? PREVIEW : STABLE;
        Set<ValidationMessage> wrong = violations(
                "machinelearningservices",
                published,
                version,
                "Microsoft.MachineLearningServices/workspaces/" + type,
                body);
        if (!wrong.isEmpty()) {
            throw AzureErrors.user(place(wrong), "The request is invalid: " + messages(wrong));
        }
    }

    /**
     * Refuses a body of a resource of Cognitive Services that the schema of the nearest version refuses.
     *
     * @param version of the API that the caller named
     * @param type such as {@code accounts}
     */
    public static void checkCognitive(String version, String type, ObjectNode body) throws ServiceError {
        Set<ValidationMessage> wrong = violations(
                "cognitiveservices", COGNITIVE_SERVICES, version, "Microsoft.CognitiveServices/" + type, body);
        if (!wrong.isEmpty()) {
            throw AzureErrors.invalid("InvalidRequestContent", "The request content was invalid: " + messages(wrong))
                    .with(AzureErrors.TARGET, place(wrong));
        }
    }

    private static Set<ValidationMessage> violations(
            String family, List<String> published, String version, String type, ObjectNode body) {
        String nearest = published.get(0);
        for (String one : published) {
            nearest = one.compareTo(version) <= 0 ? one : nearest;
        }
        String file = family + "-" + nearest + ".schema.json";
        return READ.computeIfAbsent(file + " " + type, key -> schema(file, type))
                .validate(body);
    }

    private static String place(Set<ValidationMessage> wrong) {
        return wrong.stream().min(BY_PLACE).orElseThrow().getInstanceLocation().toString();
    }

    private static String messages(Set<ValidationMessage> wrong) {
        return String.join(
                "; ",
                wrong.stream()
                        .sorted(BY_PLACE)
                        .map(ValidationMessage::getMessage)
                        .toList());
    }

    private static void texts(JsonNode pairs) {
        if (pairs instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> pair : object.properties()) {
                if (pair.getValue().isNumber() || pair.getValue().isBoolean()) {
                    pair.setValue(TextNode.valueOf(pair.getValue().asText()));
                }
            }
        }
    }

    private static JsonSchema schema(String name, String type) {
        try (InputStream in = Objects.requireNonNull(
                BodySchema.class.getResourceAsStream("/dev/finetune4j/offlinecloud/azure/rest/" + name))) {
            JsonNode all = Json.records().readTree(in);
            ObjectNode schema = (ObjectNode) picked(all.path("properties").path(type));
            schema.set("$defs", picked(all.path("$defs")));
            SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                    .pathType(PathType.JSON_POINTER)
                    .build();
            return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A schema in which a choice by a field's value names the field that is wrong, and not every choice. */
    private static JsonNode picked(JsonNode node) {
        if (node instanceof ArrayNode array) {
            ArrayNode all = Json.records().createArrayNode();
            array.forEach(item -> all.add(picked(item)));
            return all;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        if (object.has(DISCRIMINATOR)) {
            return choice(object.path(DISCRIMINATOR).asText(), object.path("x-values"), object.path("oneOf"));
        }
        ObjectNode all = Json.records().createObjectNode();
        object.properties().forEach(entry -> all.set(entry.getKey(), picked(entry.getValue())));
        return all;
    }

    private static ObjectNode choice(String field, JsonNode values, JsonNode branches) {
        ObjectNode choice = Json.records().createObjectNode().put("type", "object");
        choice.putArray("required").add(field);
        choice.putObject("properties").putObject(field).set("enum", values);
        ArrayNode all = choice.putArray("allOf");
        for (int i = 0; i < values.size(); i++) {
            ObjectNode branch = all.addObject();
            ObjectNode condition = branch.putObject("if");
            condition.putObject("properties").putObject(field).set("const", values.get(i));
            condition.putArray("required").add(field);
            branch.set("then", picked(branches.path(i)));
        }
        return choice;
    }
}
