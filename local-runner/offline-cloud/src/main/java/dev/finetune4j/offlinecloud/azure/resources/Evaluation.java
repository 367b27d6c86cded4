package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the expressions of one deployment's template come to. Functions that it does not know are refused by their names. */
final class Evaluation {
    /** In which {@code guid} names things. */
    private static final UUID NAMESPACE = UUID.fromString("11fb06fb-712d-4ddd-98c7-e71bbd588830");

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int UNIQUE_LENGTH = 13;

    private final Surroundings surroundings;
    private final JsonNode variables;
    private final References references;

    /** Values of the parameters by their names. */
    private final ObjectNode parameters = Json.records().createObjectNode();

    private final Set<String> referenced = new LinkedHashSet<>();

    /** Tells of resources that are there. */
    @FunctionalInterface
    interface References {
        /**
         * A resource as the resource manager describes it.
         *
         * @param version of the API; empty for that of the template
         * @return empty if it is not there
         */
        Optional<ObjectNode> find(String id, String version) throws ServiceError;
    }

    /** @param variables as the template says them */
    Evaluation(Surroundings surroundings, JsonNode variables, References references) {
        this.surroundings = surroundings;
        this.variables = variables;
        this.references = references;
    }

    void setParameter(String name, JsonNode value) {
        parameters.set(name, value);
    }

    ObjectNode parameters() {
        return parameters;
    }

    /** Ids of the resources that were referred to so far, whether they are there or not. */
    Set<String> referenced() {
        return referenced;
    }

    /**
     * What something in a template comes to, with everything in it.
     *
     * @throws ServiceError {@code InvalidTemplate} if it comes to nothing, {@code ResourceNotFound} if it refers to a resource that is not there
     */
    JsonNode evaluate(JsonNode node) throws ServiceError {
        if (node instanceof ObjectNode object) {
            ObjectNode all = Json.records().createObjectNode();
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                all.set(text(TextNode.valueOf(member.getKey())), evaluate(member.getValue()));
            }
            return all;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode all = Json.records().createArrayNode();
            for (JsonNode one : array) {
                all.add(evaluate(one));
            }
            return all;
        }
        String text = node.asText();
        if (!node.isTextual() || !text.startsWith("[") || !text.endsWith("]")) {
            return node;
        }
        return text.startsWith("[[")
                ? TextNode.valueOf(text.substring(1))
                : valueOf(Expression.parse(text.substring(1, text.length() - 1)));
    }

    /** The same of what must be a text. */
    String text(JsonNode node) throws ServiceError {
        JsonNode value = evaluate(node);
        if (!value.isTextual()) {
            throw Template.invalid("A text is expected where the template has '" + node.asText() + "'.");
        }
        return value.asText();
    }

    private JsonNode valueOf(Expression expression) throws ServiceError {
        if (expression instanceof Expression.Text text) {
            return TextNode.valueOf(text.value());
        }
        if (expression instanceof Expression.Whole number) {
            return IntNode.valueOf(number.value());
        }
        if (expression instanceof Expression.Member member) {
            JsonNode found = valueOf(member.of()).path(member.name());
            if (found.isMissingNode()) {
                throw Template.invalid("The language expression property '" + member.name() + "' doesn't exist.");
            }
            return found;
        }
        return called((Expression.Call) expression);
    }

    private JsonNode called(Expression.Call call) throws ServiceError {
        if (call.function().equalsIgnoreCase("if")) { // the other branch may come to nothing
            boolean isSo = valueOf(argument(call, 0)).asBoolean();
            return valueOf(argument(call, isSo ? 1 : 2));
        }
        List<JsonNode> values = new ArrayList<>();
        for (Expression argument : call.arguments()) {
            values.add(valueOf(argument));
        }
        Arguments given = new Arguments(call.function(), values);
        return switch (call.function().toLowerCase(Locale.ROOT)) {
            case "parameters" -> named("parameter", parameters, given.text(0));
            case "variables" -> evaluate(named("variable", variables, given.text(0)));
            case "format" -> TextNode.valueOf(formatted(given));
            case "concat" -> TextNode.valueOf(given.joined(""));
            case "string" -> TextNode.valueOf(plain(given.get(0)));
            case "uniquestring" -> TextNode.valueOf(unique(given.joined("-")));
            case "guid" -> TextNode.valueOf(guid(given.joined("-")).toString());
            case "utcnow" ->
                TextNode.valueOf(DateTimeFormatter.ofPattern(given.text(0), Locale.ROOT)
                        .withZone(ZoneOffset.UTC)
                        .format(surroundings.now()));
            case "not" -> BooleanNode.valueOf(!given.get(0).asBoolean());
            case "and" -> BooleanNode.valueOf(values.stream().allMatch(JsonNode::asBoolean));
            case "or" -> BooleanNode.valueOf(values.stream().anyMatch(JsonNode::asBoolean));
            case "equals" -> BooleanNode.valueOf(given.get(0).equals(given.get(1)));
            case "greater" ->
                BooleanNode.valueOf(given.get(0).asInt() > given.get(1).asInt());
            case "empty" ->
                BooleanNode.valueOf(
                        given.get(0).isTextual()
                                ? given.text(0).isEmpty()
                                : given.get(0).isEmpty());
            case "contains" -> BooleanNode.valueOf(given.text(0).contains(given.text(1)));
            case "resourceid" -> TextNode.valueOf(surroundings.group() + id(given));
            case "subscriptionresourceid" -> TextNode.valueOf(surroundings.subscription() + id(given));
            case "reference" -> referred(given.text(0), values.size() > 1 ? given.text(1) : "");
            case "subscription" -> surroundings.subscriptionTold();
            case "resourcegroup" -> surroundings.groupTold();
            case "environment" -> surroundings.environmentTold();
            default -> throw Template.invalid("The template function '" + call.function() + "' is not valid here.");
        };
    }

    private static Expression argument(Expression.Call call, int index) throws ServiceError {
        if (index >= call.arguments().size()) {
            throw Template.invalid("The template function '" + call.function() + "' has too few arguments.");
        }
        return call.arguments().get(index);
    }

    /**
     * What a function is given.
     *
     * @param function its name, to say whose are wrong
     */
    private record Arguments(String function, List<JsonNode> values) {
        JsonNode get(int index) throws ServiceError {
            if (index >= values.size()) {
                throw Template.invalid("The template function '" + function + "' has too few arguments.");
            }
            return values.get(index);
        }

        String text(int index) throws ServiceError {
            JsonNode value = get(index);
            if (!value.isTextual()) {
                throw Template.invalid(
                        "The template function '" + function + "' expects a text as its argument " + (index + 1) + ".");
            }
            return value.asText();
        }

        String joined(String separator) {
            return values.stream().map(Evaluation::plain).collect(Collectors.joining(separator));
        }
    }

    private static String plain(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static JsonNode named(String kind, JsonNode all, String name) throws ServiceError {
        JsonNode found = all.path(name);
        if (found.isMissingNode()) {
            throw Template.invalid("The template " + kind + " '" + name + "' is not found.");
        }
        return found;
    }

    private static String formatted(Arguments given) throws ServiceError {
        String text = given.text(0);
        for (int i = 1; i < given.values().size(); i++) {
            text = text.replace("{" + (i - 1) + "}", plain(given.get(i)));
        }
        return text;
    }

    /** Types and names of a resource in turn, below the group or the subscription. */
    private static String id(Arguments given) throws ServiceError {
        String[] types = given.text(0).split("/");
        if (types.length != given.values().size()) {
            throw Template.invalid("The template function '" + given.function() + "' needs as many names as '"
                    + given.text(0) + "' has types.");
        }
        StringBuilder id = new StringBuilder("/providers/" + types[0]);
        for (int i = 1; i < types.length; i++) {
            id.append('/').append(types[i]).append('/').append(given.text(i));
        }
        return id.toString();
    }

    private JsonNode referred(String id, String version) throws ServiceError {
        referenced.add(id.toLowerCase(Locale.ROOT));
        return references
                .find(id, version)
                .orElseThrow(() -> Template.absent(id))
                .path("properties");
    }

    /** A version 5 UUID, as Azure makes them. */
    static UUID guid(String name) {
        byte[] bytes = digest(
                "SHA-1",
                ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(NAMESPACE.getMostSignificantBits())
                        .putLong(NAMESPACE.getLeastSignificantBits())
                        .array(),
                name.getBytes(StandardCharsets.UTF_8));
        bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x50);
        bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
        ByteBuffer read = ByteBuffer.wrap(bytes);
        return new UUID(read.getLong(), read.getLong());
    }

    /** Thirteen letters and digits that are the same for equal texts; Azure's are others. */
    private static String unique(String text) {
        byte[] bytes = digest("SHA-256", text.getBytes(StandardCharsets.UTF_8));
        StringBuilder unique = new StringBuilder();
        for (int i = 0; i < UNIQUE_LENGTH; i++) {
            unique.append(LETTERS.charAt((bytes[i] & 0xff) % LETTERS.length()));
        }
        return unique.toString();
    }

    private static byte[] digest(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + algorithm, e);
        }
    }
}
