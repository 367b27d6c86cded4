package dev.finetune4j.offlinecloud.quotas;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Tells the quotas of services by their names, and takes requests for more, which nobody ever answers. Safe for use by several threads.
 */
public final class OfflineQuotas implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflineQuotas.class, "service-model.json");
    private static final Map<String, String> CODES =
            Json.resource(OfflineQuotas.class, "codes.json", new TypeReference<>() {});
    private static final Map<String, String> SERVICES =
            Map.of("bedrock", "Amazon Bedrock", "sagemaker", "Amazon SageMaker");
    private static final int PAGE = 100;

    private final String region;
    private final String account;
    private final Clock clock;
    private final Map<String, Supplier<Map<String, Integer>>> quotas;
    private final Map<String, Map<String, Integer>> defaults = new TreeMap<>();
    private final QuotaRequests requests = new QuotaRequests();

    /**
     * The service.
     *
     * @param region where
     * @param account whose
     * @param clock by which requests for more are dated
     * @param quotas of each service, by its code: what each quota is, by its name; what it is now is what a new account has
     */
    public OfflineQuotas(
            String region, String account, Clock clock, Map<String, Supplier<Map<String, Integer>>> quotas) {
        this.region = region;
        this.account = account;
        this.clock = clock;
        this.quotas = Map.copyOf(quotas);
        quotas.forEach((service, now) -> defaults.put(service, new TreeMap<>(now.get())));
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
        if (request.has("ServiceCode")
                && !quotas.containsKey(request.path("ServiceCode").asText())) {
            throw none("service");
        }
        return switch (operation) {
            case "ListServices" -> services(request);
            case "ListServiceQuotas" -> list(request, quotas(request));
            case "GetServiceQuota" -> get(request, quotas(request));
            case "ListAWSDefaultServiceQuotas" -> list(request, defaults(request));
            case "GetAWSDefaultServiceQuota" -> get(request, defaults(request));
            case "RequestServiceQuotaIncrease" -> requestMore(request);
            case "GetRequestedServiceQuotaChange" -> requests.get(request);
            case "ListRequestedServiceQuotaChangeHistory" -> requests.list(request);
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private static ServiceError none(String what) {
        return ServiceError.of(
                "NoSuchResourceException", "The request failed because the specified " + what + " does not exist.");
    }

    private ObjectNode services(ObjectNode request) throws ServiceError {
        List<ObjectNode> services = new TreeMap<>(quotas)
                .keySet().stream()
                        .map(code -> Json.records()
                                .createObjectNode()
                                .put("ServiceCode", code)
                                .put("ServiceName", SERVICES.getOrDefault(code, code)))
                        .toList();
        return page("Services", services, request);
    }

    private ObjectNode list(ObjectNode request, Map<String, Integer> of) throws ServiceError {
        return page(
                "Quotas",
                of.entrySet().stream().map(quota -> quota(request, quota)).toList(),
                request);
    }

    /** What is listed changes in its values only, so that a token may count. */
    static ObjectNode page(String member, List<ObjectNode> all, ObjectNode request) throws ServiceError {
        int start = start(request, all.size());
        int end = Math.min(all.size(), start + request.path("MaxResults").asInt(PAGE));
        ObjectNode answer = Json.records().createObjectNode();
        answer.putArray(member).addAll(all.subList(start, end));
        return end < all.size() ? answer.put("NextToken", Integer.toString(end)) : answer;
    }

    private static int start(ObjectNode request, int size) throws ServiceError {
        String token = request.path("NextToken").asText("0");
        if (!token.matches("\\d{1,6}") || Integer.parseInt(token) > size) {
            throw ServiceError.of("InvalidPaginationTokenException", "Invalid token was used.");
        }
        return Integer.parseInt(token);
    }

    private ObjectNode get(ObjectNode request, Map<String, Integer> of) throws ServiceError {
        ObjectNode answer = Json.records().createObjectNode();
        answer.set("Quota", quota(request, existing(request, of)));
        return answer;
    }

    private static Map.Entry<String, Integer> existing(ObjectNode request, Map<String, Integer> of)
            throws ServiceError {
        return of.entrySet().stream()
                .filter(quota ->
                        code(quota.getKey()).equals(request.path("QuotaCode").asText()))
                .findFirst()
                .orElseThrow(() -> none("quota"));
    }

    private ObjectNode requestMore(ObjectNode request) throws ServiceError {
        Map.Entry<String, Integer> quota = existing(request, quotas(request));
        return requests.open(
                quota(request, quota), request.path("DesiredValue").asDouble(), BigDecimal.valueOf(clock.millis(), 3));
    }

    private Map<String, Integer> defaults(ObjectNode request) {
        return defaults.getOrDefault(request.path("ServiceCode").asText(), Map.of());
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
