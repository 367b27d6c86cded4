package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request to a service of Azure.
 *
 * @param base where the client found the services: scheme, host and port
 * @param path as the client wrote it
 * @param labels what stands in the path in place of the route's labels
 * @param query what follows the path, decoded
 * @param content the body
 */
public record AzureCall(
        String base, String path, Map<String, String> labels, Map<String, String> query, String content) {
    /** What the path has in place of a label; empty if the route has none of this name. */
    public String label(String name) {
        return labels.getOrDefault(name, "");
    }

    /** What the query has for a name; empty if nothing. */
    public String query(String name) {
        return query.getOrDefault(name, "");
    }

    /**
     * The body as JSON. What is null in it is left out, since Azure takes both for the same.
     *
     * @throws ServiceError if it is no JSON object
     */
    public ObjectNode json() throws ServiceError {
        try {
            if (Json.records().readTree(content) instanceof ObjectNode body) {
                return body.size() == 0 ? body : (ObjectNode) withoutNulls(body);
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        throw AzureErrors.invalid(
                "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
    }

    private static JsonNode withoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode kept = Json.records().createObjectNode();
            object.properties().forEach(entry -> {
                if (!entry.getValue().isNull()) {
                    kept.set(entry.getKey(), withoutNulls(entry.getValue()));
                }
            });
            return kept;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode kept = Json.records().createArrayNode();
            array.forEach(item -> kept.add(withoutNulls(item)));
            return kept;
        }
        return node;
    }

    /** The body as the fields of a form. */
    public Map<String, String> form() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : content.split("&", -1)) {
            int sign = field.indexOf('=');
            if (sign > 0) {
                fields.put(
                        URLDecoder.decode(field.substring(0, sign), StandardCharsets.UTF_8),
                        URLDecoder.decode(field.substring(sign + 1), StandardCharsets.UTF_8));
            }
        }
        return fields;
    }

    /** Text as it stands in a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The names and values of a query as it was written. */
    public static Map<String, String> parsed(String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String part : raw.split("&", -1)) {
            int sign = part.indexOf('=');
            if (sign > 0) {
                query.put(Route.decode(part.substring(0, sign)), Route.decode(part.substring(sign + 1)));
            }
        }
        return query;
    }
}
