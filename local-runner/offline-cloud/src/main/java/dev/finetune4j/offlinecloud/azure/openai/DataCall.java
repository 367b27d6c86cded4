package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One request to the service of a resource.
 *
 * @param account whose service it is
 * @param root where the client found the service: all of its address before the operation's own path
 * @param isV1 whether it came by the paths that have no dated version
 * @param labels what stands in the path in place of the route's labels
 * @param query what follows the path, decoded
 * @param contentType the header, empty if there is none
 * @param content the body
 */
record DataCall(
        Account account,
        String root,
        boolean isV1,
        Map<String, String> labels,
        Map<String, String> query,
        String contentType,
        Content content) {
    /** What the path has in place of a label. */
    String label(String name) {
        return labels.getOrDefault(name, "");
    }

    /** What the query has for a name; empty if nothing. */
    String query(String name) {
        return query.getOrDefault(name, "");
    }

    /**
     * The body as JSON.
     *
     * @throws ServiceError if it is no JSON object
     */
    ObjectNode json() throws ServiceError {
        try {
            if (Json.records().readTree(content.bytes()) instanceof ObjectNode body) {
                return body;
            }
        } catch (IOException e) {
            // said below
        }
        throw OpenAiErrors.invalid("The request body is no valid JSON object.");
    }

    /**
     * The body as a form of several parts.
     *
     * @throws ServiceError if it is none
     */
    List<Multipart.Part> parts() throws ServiceError {
        return Multipart.parse(contentType, content.bytes());
    }

    /**
     * How many things of a list are wanted.
     *
     * @param usual without a word
     * @param most at most
     * @throws ServiceError if it is no number from 1 to the most
     */
    int limit(int usual, int most) throws ServiceError {
        if (!query.containsKey("limit")) {
            return usual;
        }
        try {
            int limit = Integer.parseInt(query("limit"));
            if (limit >= 1 && limit <= most) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw OpenAiErrors.invalid("limit must be a number from 1 to " + most + ", was " + query("limit") + ".");
    }
}
