package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * A template with the values of its parameters: the resources that it asks for, each with what it needs before. What of the language it does not know
 * is refused by its name.
 */
final class Template {
    private static final Set<String> KNOWN =
            Set.of("$schema", "contentVersion", "metadata", "parameters", "variables", "resources", "outputs");
    private static final Set<String> OF_RESOURCES =
            Set.of("type", "apiVersion", "name", "scope", "dependsOn", "condition");
    private static final Set<String> SENT = Set.of("location", "kind", "sku", "identity", "tags", "properties");

    private final JsonNode json;
    private final Surroundings surroundings;
    private final Evaluation evaluation;
    private final Map<String, Asked> resources = new LinkedHashMap<>();

    /** Versions of the API by the ids of all that are in the template, in small letters, also of those whose condition does not hold. */
    private final Map<String, String> declared = new TreeMap<>();

    /**
     * A resource that is asked for.
     *
     * @param id as the resource manager writes it
     * @param version of the API by which it is made
     * @param body what it is made of, as the template says it
     * @param needs ids of others in the template, in small letters, without which it is not begun
     */
    record Asked(String id, String version, ObjectNode body, Set<String> needs) {}

    /**
     * Reads a template.
     *
     * @param given values of parameters, each in an object with {@code value}
     * @throws ServiceError {@code InvalidTemplate} if it is none, or a value is not one that it takes
     */
    Template(JsonNode json, JsonNode given, Surroundings surroundings, Evaluation.References references)
            throws ServiceError {
        this.json = json;
        this.surroundings = surroundings;
        refuseUnknown(json, KNOWN, "the template");
        evaluation = new Evaluation(
                surroundings,
                json.path("variables"),
                (id, version) -> references.find(id, version.isEmpty() ? versionOf(id) : version));
        readParameters(given);
        for (JsonNode resource : json.path("resources")) {
            declared.put(
                    id(resource).toLowerCase(Locale.ROOT),
                    resource.path("apiVersion").asText());
        }
        for (JsonNode resource : json.path("resources")) {
            read(resource);
        }
        for (Asked asked : resources.values()) {
            asked.needs().retainAll(resources.keySet());
        }
        refuseCircles();
    }

    /** A template that is wrong. */
    static ServiceError invalid(String why) {
        return AzureErrors.invalid("InvalidTemplate", "Deployment template validation failed: '" + why + "'.");
    }

    /** A reference to what is not there. */
    static ServiceError absent(String id) {
        return AzureErrors.notFound("ResourceNotFound", "The Resource '" + id + "' was not found.");
    }

    private static void refuseUnknown(JsonNode node, Set<String> known, String where) throws ServiceError {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!known.contains(member.getKey())) {
                throw invalid("The offline cloud does not know '" + member.getKey() + "' in " + where + ".");
            }
        }
    }

    private String versionOf(String id) throws ServiceError {
        String version = declared.get(id.toLowerCase(Locale.ROOT));
        if (version == null) {
            throw invalid("The reference to '" + id + "', which is not in the template, needs a version of the API.");
        }
        return version;
    }

    private void readParameters(JsonNode given) throws ServiceError {
        JsonNode declared = json.path("parameters");
        for (Map.Entry<String, JsonNode> one : given.properties()) {
            if (!declared.has(one.getKey())) {
                throw invalid("The following parameters were supplied, but do not correspond to any parameters defined"
                        + " in the template: '" + one.getKey() + "'");
            }
        }
        for (Map.Entry<String, JsonNode> one : declared.properties()) {
            JsonNode value = given.path(one.getKey()).path("value");
            JsonNode usual = one.getValue().path("defaultValue");
            if (value.isMissingNode() && usual.isMissingNode()) {
                throw invalid("The value for the template parameter '" + one.getKey() + "' is not provided");
            }
            JsonNode taken = value.isMissingNode() ? evaluation.evaluate(usual) : value;
            check(one.getKey(), one.getValue(), taken);
            evaluation.setParameter(one.getKey(), taken);
        }
    }

    private static void check(String name, JsonNode declared, JsonNode value) throws ServiceError {
        String type = declared.path("type").asText();
        boolean isOfType = switch (type.toLowerCase(Locale.ROOT)) {
            case "string", "securestring" -> value.isTextual();
            case "int" -> value.isInt();
            case "bool" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default ->
                throw invalid("The template parameter '" + name + "' has the type '" + type + "', which there is not.");
        };
        if (!isOfType) {
            throw invalid("Template parameter JToken type is not valid. Expected '" + type + "'. The value of '" + name
                    + "' is " + value + ".");
        }
        JsonNode allowed = declared.path("allowedValues");
        if (!allowed.isMissingNode()
                && StreamSupport.stream(allowed.spliterator(), false).noneMatch(value::equals)) {
            throw invalid("The provided value for the template parameter '" + name + "' is not valid. The value '"
                    + value.asText() + "' is not part of the allowed value(s): '" + allowed + "'");
        }
        int size = value.isInt()
                ? value.asInt()
                : value.isTextual() ? value.asText().length() : value.size();
        String kind = value.isInt() ? "Value" : "Length";
        if (size < declared.path("min" + kind).asInt(Integer.MIN_VALUE)
                || size > declared.path("max" + kind).asInt(Integer.MAX_VALUE)) {
            throw invalid("The provided value for the template parameter '" + name + "' is not valid. " + kind
                    + " must be " + declared.path("min" + kind).asText("any") + " to "
                    + declared.path("max" + kind).asText("any") + ", was " + size);
        }
    }

    private void read(JsonNode resource) throws ServiceError {
        Set<String> known = new TreeSet<>(OF_RESOURCES);
        known.addAll(SENT);
        refuseUnknown(resource, known, "a resource");
        if (resource.has("condition")
                && !evaluation.evaluate(resource.path("condition")).asBoolean()) {
            return;
        }
        String id = id(resource);
        Set<String> needs = new TreeSet<>();
        for (JsonNode needed : resource.path("dependsOn")) {
            String need = evaluation.text(needed).toLowerCase(Locale.ROOT);
            if (!declared.containsKey(need)) {
                throw invalid("The resource '" + need + "' is not defined in the template");
            }
            needs.add(need);
        }
        ObjectNode body = Json.records().createObjectNode();
        for (String member : SENT) {
            if (resource.has(member)) {
                body.set(member, resource.path(member));
            }
        }
        needs.addAll(referred(body));
        Asked asked = new Asked(id, resource.path("apiVersion").asText(), body, needs);
        if (resources.put(id.toLowerCase(Locale.ROOT), asked) != null) {
            throw invalid("The resource '" + id + "' is defined multiple times in a template");
        }
    }

    /** What a body refers to it needs, though it does not say so. */
    private Set<String> referred(ObjectNode body) throws ServiceError {
        evaluation.referenced().clear();
        for (JsonNode member : body) {
            whatIsTold(member);
        }
        return Set.copyOf(evaluation.referenced());
    }

    private String id(JsonNode resource) throws ServiceError {
        String[] types = resource.path("type").asText().split("/", -1);
        String[] names = evaluation.text(resource.path("name")).split("/", -1);
        if (types.length != names.length + 1) {
            throw invalid("The template resource '" + String.join("/", names) + "' for type '"
                    + String.join("/", types)
                    + "' has incorrect segment lengths. A nested resource type must have identical number of segments as"
                    + " its resource name");
        }
        String scope = resource.has("scope") ? evaluation.text(resource.path("scope")) : "";
        StringBuilder id = new StringBuilder(surroundings.group())
                .append(scope.isEmpty() ? "" : "/providers/" + scope)
                .append("/providers/")
                .append(types[0]);
        for (int i = 0; i < names.length; i++) {
            id.append('/').append(types[i + 1]).append('/').append(names[i]);
        }
        return id.toString();
    }

    /** All that are asked for, in the order of the template. */
    List<Asked> resources() {
        return List.copyOf(resources.values());
    }

    /**
     * What a resource is made of.
     *
     * @throws ServiceError {@code ResourceNotFound} if it refers to a resource that is not there
     */
    ObjectNode body(Asked asked) throws ServiceError {
        return (ObjectNode) evaluation.evaluate(asked.body());
    }

    /** The same as far as it can be told by now: what refers to a resource that is not there stands as the template says it. */
    ObjectNode foreseen(Asked asked) throws ServiceError {
        ObjectNode body = Json.records().createObjectNode();
        for (Map.Entry<String, JsonNode> member : asked.body().properties()) {
            body.set(member.getKey(), whatIsTold(member.getValue()));
        }
        return body;
    }

    private JsonNode whatIsTold(JsonNode node) throws ServiceError {
        if (node instanceof ObjectNode object) {
            ObjectNode all = Json.records().createObjectNode();
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                all.set(evaluation.text(TextNode.valueOf(member.getKey())), whatIsTold(member.getValue()));
            }
            return all;
        }
        try {
            return evaluation.evaluate(node);
        } catch (ServiceError e) {
            if (e.code().equals("ResourceNotFound")) {
                return node;
            }
            throw e;
        }
    }

    /** Values of the parameters as deployments tell them. */
    ObjectNode parameters() {
        ObjectNode told = Json.records().createObjectNode();
        evaluation
                .parameters()
                .properties()
                .forEach(one -> told.putObject(one.getKey())
                        .put(
                                "type",
                                json.at("/parameters/" + one.getKey() + "/type").asText())
                        .set("value", one.getValue()));
        return told;
    }

    /**
     * What the deployment tells in the end.
     *
     * @throws ServiceError {@code ResourceNotFound} if it refers to a resource that is not there
     */
    ObjectNode outputs() throws ServiceError {
        ObjectNode told = Json.records().createObjectNode();
        for (Map.Entry<String, JsonNode> one : json.path("outputs").properties()) {
            JsonNode value = evaluation.evaluate(one.getValue().path("value"));
            told.putObject(one.getKey())
                    .put("type", one.getValue().path("type").asText())
                    .set("value", value);
        }
        return told;
    }

    private void refuseCircles() throws ServiceError {
        Set<String> done = new TreeSet<>();
        List<Map.Entry<String, Asked>> left = new ArrayList<>(resources.entrySet());
        while (left.removeIf(one -> done.containsAll(one.getValue().needs()) && done.add(one.getKey()))) {
            // until none is ready
        }
        if (!left.isEmpty()) {
            throw invalid("Circular dependency detected on resource: '"
                    + left.get(0).getValue().id() + "'");
        }
    }
}
