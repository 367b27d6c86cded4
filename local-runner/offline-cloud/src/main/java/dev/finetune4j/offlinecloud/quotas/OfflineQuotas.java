package dev.finetune4j.offlinecloud.quotas;

import com.fasterxml.jackson.core.type.TypeReference;
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
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Tells the quotas of services by their names. Safe for use by several threads. */
public final class OfflineQuotas implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineQuotas.class, "service-model.json");
    private static final Map<String, String> CODES =
            Json.resource(OfflineQuotas.class, "codes.json", new TypeReference<>() {});
    private static final Map<String, String> SERVICES =
            Map.of("bedrock", "Amazon Bedrock", "sagemaker", "Amazon SageMaker");
    private static final int PAGE = 100;

    private final String region;
    private final String account;
    private final Map<String, Supplier<Map<String, Integer>>> quotas;

    /**
     * The service.
     *
     * @param region where
     * @param account whose
     * @param quotas of each service, by its code: what each quota is, by its name
     */
    public OfflineQuotas(String region, String account, Map<String, Supplier<Map<String, Integer>>> quotas) {
        this.region = region;
        this.account = account;
        this.quotas = Map.copyOf(quotas);
    }

    @Override
    public String signingName() {
        return "servicequotas";
    }

    @Override
    public boolean isInEveryRegion() {
        return true;
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
        if (!quotas.containsKey(request.path("ServiceCode").asText())) {
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
        List<Map.Entry<String, Integer>> all = List.copyOf(quotas(request).entrySet());
        int start = start(request, all.size());
        int end = Math.min(all.size(), start + request.path("MaxResults").asInt(PAGE));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("Quotas");
        all.subList(start, end).forEach(quota -> list.add(quota(request, quota)));
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
        for (Map.Entry<String, Integer> quota : quotas(request).entrySet()) {
            if (code(quota.getKey()).equals(request.path("QuotaCode").asText())) {
                ObjectNode answer = Json.records().createObjectNode();
                answer.set("Quota", quota(request, quota));
                return answer;
            }
        }
        throw ServiceError.of(
                "NoSuchResourceException", "The request failed because the specified quota does not exist.");
    }

    private Map<String, Integer> quotas(ObjectNode request) {
        return new TreeMap<>(
                Objects.requireNonNull(quotas.get(request.path("ServiceCode").asText()))
                        .get());
    }

    private ObjectNode quota(ObjectNode request, Map.Entry<String, Integer> quota) {
        String service = request.path("ServiceCode").asText();
        String code = code(quota.getKey());
        return Json.records()
                .createObjectNode()
                .put("ServiceCode", service)
                .put("ServiceName", SERVICES.getOrDefault(service, service))
                .put("QuotaArn", "arn:aws:servicequotas:" + region + ":" + account + ":" + service + "/" + code)
                .put("QuotaCode", code)
                .put("QuotaName", quota.getKey())
                .put("Value", (double) quota.getValue())
                .put("Unit", "None")
                .put("Adjustable", true)
                .put("GlobalQuota", false);
    }

    /** The service's own where it is known; else one of the same form. */
    private static String code(String name) {
        return CODES.getOrDefault(name, String.format(Locale.ROOT, "L-%08X", name.hashCode()));
    }
}
