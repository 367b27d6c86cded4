package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.nio.charset.StandardCharsets;

/** The body of a request that is JSON. */
public final class JsonBody {
    private JsonBody() {}

    /**
     * Reads it.
     *
     * @throws ServiceError with {@code SerializationException} if it is not a structure
     */
    public static ObjectNode parse(byte[] body) throws ServiceError {
        try {
            JsonNode read = Json.records().readTree(new String(body, StandardCharsets.UTF_8));
            if (read instanceof ObjectNode request) {
                return request;
            }
        } catch (JsonProcessingException e) {
            throw ServiceError.of("SerializationException", "the request is not JSON");
        }
        throw ServiceError.of("SerializationException", "the request is not a structure");
    }
}
