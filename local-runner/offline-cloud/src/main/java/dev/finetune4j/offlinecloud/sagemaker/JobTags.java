package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Tags of jobs, by the jobs' ARNs. Guarded by the service that owns it. */
final class JobTags {
    private static final int MOST = 50;

    private final Map<String, Map<String, String>> tagsByArn = new HashMap<>();

    /** Begins to keep the tags of a job, with those of the request that makes it. */
    void keep(String arn, JsonNode request) {
        tagsByArn.put(arn, told(request));
    }

    void forget(String arn) {
        tagsByArn.remove(arn);
    }

    /** A job's tags, as the service tells them. */
    ArrayNode of(String arn) {
        ArrayNode list = Json.records().createArrayNode();
        tagsByArn
                .getOrDefault(arn, Map.of())
                .forEach((key, value) -> list.addObject().put("Key", key).put("Value", value));
        return list;
    }

    ObjectNode add(ObjectNode request) throws ServiceError {
        Map<String, String> own = existing(request);
        Map<String, String> all = new TreeMap<>(own);
        all.putAll(told(request));
        if (all.size() > MOST) {
            throw ServiceError.of("ResourceLimitExceeded", "A resource can have " + MOST + " tags, not " + all.size());
        }
        own.putAll(all);
        return list(request);
    }

    ObjectNode list(ObjectNode request) throws ServiceError {
        existing(request);
        ObjectNode answer = Json.records().createObjectNode();
        answer.set("Tags", of(request.path("ResourceArn").asText()));
        return answer;
    }

    ObjectNode delete(ObjectNode request) throws ServiceError {
        Map<String, String> own = existing(request);
        request.path("TagKeys").forEach(key -> own.remove(key.asText()));
        return Json.records().createObjectNode();
    }

    private static Map<String, String> told(JsonNode request) {
        Map<String, String> told = new TreeMap<>();
        request.path("Tags")
                .forEach(tag ->
                        told.put(tag.path("Key").asText(), tag.path("Value").asText()));
        return told;
    }

    private Map<String, String> existing(ObjectNode request) throws ServiceError {
        Map<String, String> own = tagsByArn.get(request.path("ResourceArn").asText());
        if (own == null) {
            throw OfflineSageMaker.notFound();
        }
        return own;
    }
}
