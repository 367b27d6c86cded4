package dev.finetune4j.offlinecloud.quotas;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Tells SageMaker's quotas, which are told by machine: one for training, one for training on spot. Safe for use by several threads. */
public final class OfflineQuotas implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineQuotas.class, "service-model.json");
    private static final String SERVICE = "sagemaker";
    private static final List<String> USES = List.of(" for spot training job usage", " for training job usage");
    private static final int PAGE = 100;

    private final String region;
    private final String account;
    private final Supplier<Map<String, Integer>> machines;

    /**
     * The service.
     *
     * @param region where
     * @param account whose
     * @param machines how many of which type may run at once
     */
    public OfflineQuotas(String region, String account, Supplier<Map<String, Integer>> machines) {
        this.region = region;
        this.account = account;
        this.machines = machines;
    }

    @Override
    public String signingName() {
        return "servicequotas";
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    /** IAM knows no resource for what is only looked at. */
    @Override
    public List<Access> accesses(String operation, ObjectNode request) {
        return List.of(Access.to("servicequotas:" + operation, "*"));
    }

    @Override
    public ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        if (!request.path("ServiceCode").asText().equals(SERVICE)) {
            throw ServiceError.of(
                    "NoSuchResourceException", "The request failed because the specified service does not exist.");
        }
        return switch (operation) {
            case "ListServiceQuotas" -> list(request);
            case "GetServiceQuota" -> get(request);
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private ObjectNode list(ObjectNode request) throws ServiceError {
        List<Map.Entry<String, Integer>> all = List.copyOf(quotas().entrySet());
        int start = start(request, all.size());
        int end = Math.min(all.size(), start + request.path("MaxResults").asInt(PAGE));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("Quotas");
        all.subList(start, end).forEach(quota -> list.add(quota(quota.getKey(), quota.getValue())));
        return end < all.size() ? answer.put("NextToken", Integer.toString(end)) : answer;
    }

    private static int start(ObjectNode request, int size) throws ServiceError {
        String token = request.path("NextToken").asText("0");
        if (!token.matches("\\d{1,6}") || Integer.parseInt(token) > size) {
            throw ServiceError.of("InvalidPaginationTokenException", "Invalid token was used.");
        }
        return Integer.parseInt(token);
    }

    private ObjectNode get(ObjectNode request) throws ServiceError {
        for (Map.Entry<String, Integer> quota : quotas().entrySet()) {
            if (code(quota.getKey()).equals(request.path("QuotaCode").asText())) {
                ObjectNode answer = Json.records().createObjectNode();
                answer.set("Quota", quota(quota.getKey(), quota.getValue()));
                return answer;
            }
        }
        throw ServiceError.of(
                "NoSuchResourceException", "The request failed because the specified quota does not exist.");
    }

    private Map<String, Integer> quotas() {
        Map<String, Integer> quotas = new TreeMap<>();
        machines.get().forEach((type, count) -> USES.forEach(use -> quotas.put(type + use, count)));
        return quotas;
    }

    private ObjectNode quota(String name, int value) {
        return Json.records()
                .createObjectNode()
                .put("ServiceCode", SERVICE)
                .put("ServiceName", "Amazon SageMaker")
                .put("QuotaArn", "arn:aws:servicequotas:" + region + ":" + account + ":" + SERVICE + "/" + code(name))
                .put("QuotaCode", code(name))
                .put("QuotaName", name)
                .put("Value", (double) value)
                .put("Unit", "None")
                .put("Adjustable", true)
                .put("GlobalQuota", false);
    }

    private static String code(String name) {
        return String.format(Locale.ROOT, "L-%08X", name.hashCode());
    }
}
