package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Tags of all that there is, by ARN. Guarded by the service that owns it. */
final class Tags {
    private static final int MOST = 200;

    private final Map<String, TreeMap<String, String>> byArn = new HashMap<>();

    /** Begins with a thing and the tags that it comes with. */
    void begin(String arn, JsonNode list) {
        TreeMap<String, String> own = new TreeMap<>();
        read(list, own);
        byArn.put(arn, own);
    }

    /** Forgets a thing. */
    void forget(String arn) {
        byArn.remove(arn);
    }

    /** Those of a thing; none where there is no such. */
    Map<String, String> of(String arn) {
        return byArn.getOrDefault(arn, new TreeMap<>());
    }

    ObjectNode add(ObjectNode request) throws ServiceError {
        TreeMap<String, String> all = new TreeMap<>(of(request));
        read(request.path("tags"), all);
        if (all.size() > MOST) {
            throw ServiceError.of("TooManyTagsException", "A resource can have " + MOST + " tags, not " + all.size());
        }
        byArn.put(arn(request), all);
        return Json.records().createObjectNode();
    }

    ObjectNode remove(ObjectNode request) throws ServiceError {
        Map<String, String> own = of(request);
        request.path("tagKeys").forEach(key -> own.remove(key.asText()));
        return Json.records().createObjectNode();
    }

    ObjectNode list(ObjectNode request) throws ServiceError {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("tags");
        of(request).forEach((key, value) -> list.addObject().put("key", key).put("value", value));
        return answer;
    }

    private Map<String, String> of(ObjectNode request) throws ServiceError {
        Map<String, String> own = byArn.get(arn(request));
        if (own == null) {
            throw OfflineBedrock.notFound(arn(request));
        }
        return own;
    }

    private static void read(JsonNode list, Map<String, String> into) {
        list.forEach(tag -> into.put(tag.path("key").asText(), tag.path("value").asText()));
    }

    private static String arn(ObjectNode request) {
        return request.path("resourceARN").asText();
    }
}
