package dev.finetune4j.offlinecloud.quotas;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Requests for larger quotas, each of which has become a case of Amazon's support and stays one. */
final class QuotaRequests {
    private static final String STATUS = "CASE_OPENED";

    private final Map<String, ObjectNode> requests = new LinkedHashMap<>();

    /**
     * Takes one.
     *
     * @param quota as it is told
     * @param seconds since 1970, when it is asked for
     */
    synchronized ObjectNode open(ObjectNode quota, double desired, BigDecimal seconds) throws ServiceError {
        if (desired <= quota.path("Value").asDouble()) {
            throw ServiceError.of(
                    "IllegalArgumentException", "You must provide a quota value greater than the current quota value.");
        }
        if (requests.values().stream().anyMatch(open -> open.path("QuotaArn").equals(quota.path("QuotaArn")))) {
            throw ServiceError.of(
                    "ResourceAlreadyExistsException",
                    "Only one open service quota increase request is allowed per quota.");
        }
        int number = requests.size() + 1;
        ObjectNode request = quota.deepCopy();
        request.remove(List.of("Value", "Adjustable"));
        request.put("Id", String.format(Locale.ROOT, "%040d", number))
                .put("CaseId", String.format(Locale.ROOT, "%012d", number))
                .put("DesiredValue", desired)
                .put("Status", STATUS)
                .put("Created", seconds)
                .put("LastUpdated", seconds);
        requests.put(request.path("Id").asText(), request);
        return told(request);
    }

    synchronized ObjectNode get(ObjectNode asked) throws ServiceError {
        ObjectNode request = requests.get(asked.path("RequestId").asText());
        if (request == null) {
            throw ServiceError.of(
                    "NoSuchResourceException", "The request failed because the specified request does not exist.");
        }
        return told(request);
    }

    synchronized ObjectNode list(ObjectNode asked) throws ServiceError {
        List<ObjectNode> found = requests.values().stream()
                .filter(request ->
                        !asked.has("ServiceCode") || request.path("ServiceCode").equals(asked.path("ServiceCode")))
                .filter(request -> asked.path("Status").asText(STATUS).equals(STATUS))
                .toList();
        return OfflineQuotas.page("RequestedQuotas", found, asked);
    }

    private static ObjectNode told(ObjectNode request) {
        ObjectNode answer = Json.records().createObjectNode();
        answer.set("RequestedQuota", request);
        return answer;
    }
}
