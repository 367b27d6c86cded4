package dev.finetune4j.offlinecloud.prices;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.JsonService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Amazon's price list, with the prices of SageMaker's and Bedrock's training that the product knows from the real one, each since the
 * day on which it was seen. Safe for use by several threads.
 */
public final class OfflinePrices implements JsonService {
    private static final ServiceModel MODEL = ServiceModel.resource(OfflinePrices.class, "service-model.json");
    private static final String FORMAT = "aws_v1";
    private static final int PAGE = 100;

    private final Map<String, Product> products = new TreeMap<>();

    private OfflinePrices(List<Product> products) {
        products.forEach(this::put);
    }

    /** The list that comes along. */
    public static OfflinePrices shipped() {
        return new OfflinePrices(Json.resource(OfflinePrices.class, "products.json", new TypeReference<>() {}));
    }

    /** From now on a product costs this; one of the same service and usage type is replaced. */
    public synchronized OfflinePrices put(Product product) {
        products.put(product.service() + " " + product.usageType(), product);
        return this;
    }

    @Override
    public String signingName() {
        return "pricing";
    }

    /** Few regions answer, for all of them. */
    @Override
    public Optional<String> ownRegion() {
        return Optional.of("us-east-1");
    }

    @Override
    public ServiceModel model() {
        return MODEL;
    }

    /** IAM knows no resource for prices. */
    @Override
    public List<Access> accesses(String operation, ObjectNode request) {
        return List.of(Access.to("pricing:" + operation, "*"));
    }

    @Override
    public synchronized ObjectNode answer(String operation, ObjectNode request) throws ServiceError {
        if (!request.path("FormatVersion").asText(FORMAT).equals(FORMAT)) {
            throw invalid("Invalid format version");
        }
        return switch (operation) {
            case "GetProducts" -> products(request);
            case "DescribeServices" -> services(request);
            case "GetAttributeValues" -> values(request);
            default -> throw new IllegalArgumentException("the model has " + operation + ", the service has not");
        };
    }

    private ObjectNode products(ObjectNode request) throws ServiceError {
        List<Product> found = new ArrayList<>();
        for (Product product : sold(request)) {
            boolean meetsAll = true;
            for (JsonNode filter : request.path("Filters")) {
                meetsAll &= meets(product.attributes(), filter);
            }
            if (meetsAll) {
                found.add(product);
            }
        }
        ObjectNode answer = Json.records().createObjectNode().put("FormatVersion", FORMAT);
        ArrayNode list = answer.putArray("PriceList");
        page(found, request, answer).forEach(product -> list.add(product.json()));
        return answer;
    }

    private static boolean meets(Map<String, String> attributes, JsonNode filter) {
        String own = attributes.getOrDefault(filter.path("Field").asText(), "");
        String wanted = filter.path("Value").asText();
        return switch (filter.path("Type").asText()) {
            case "CONTAINS" -> own.contains(wanted);
            case "ANY_OF" -> List.of(wanted.split(",")).contains(own);
            case "NONE_OF" -> !List.of(wanted.split(",")).contains(own);
            default -> own.equals(wanted);
        };
    }

    private ObjectNode services(ObjectNode request) throws ServiceError {
        List<String> codes = request.has("ServiceCode")
                ? List.of(sold(request).get(0).service())
                : List.copyOf(new TreeSet<>(
                        products.values().stream().map(Product::service).toList()));
        ObjectNode answer = Json.records().createObjectNode().put("FormatVersion", FORMAT);
        ArrayNode list = answer.putArray("Services");
        for (String code : page(codes, request, answer)) {
            ArrayNode names = list.addObject().put("ServiceCode", code).putArray("AttributeNames");
            TreeSet<String> all = new TreeSet<>();
            products.values().stream()
                    .filter(product -> product.service().equals(code))
                    .forEach(product -> all.addAll(product.attributes().keySet()));
            all.forEach(names::add);
        }
        return answer;
    }

    private ObjectNode values(ObjectNode request) throws ServiceError {
        String name = request.path("AttributeName").asText();
        List<String> values = List.copyOf(new TreeSet<>(sold(request).stream()
                .map(product -> product.attributes().get(name))
                .filter(Objects::nonNull)
                .toList()));
        if (values.isEmpty()) {
            throw ServiceError.of("NotFoundException", "Attribute " + name + " is not found");
        }
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode list = answer.putArray("AttributeValues");
        page(values, request, answer).forEach(value -> list.addObject().put("Value", value));
        return answer;
    }

    /** What a service sells; never empty. */
    private List<Product> sold(ObjectNode request) throws ServiceError {
        String service = request.path("ServiceCode").asText();
        List<Product> sold = products.values().stream()
                .filter(product -> product.service().equals(service))
                .toList();
        if (sold.isEmpty()) {
            throw invalid("Service code: [" + service + "] is invalid");
        }
        return sold;
    }

    private static <T> List<T> page(List<T> found, ObjectNode request, ObjectNode answer) throws ServiceError {
        String token = request.path("NextToken").asText("0");
        if (!token.matches("\\d{1,9}") || Integer.parseInt(token) > found.size()) {
            throw ServiceError.of("InvalidNextTokenException", "The pagination token is invalid");
        }
        int start = Integer.parseInt(token);
        int end = Math.min(found.size(), start + request.path("MaxResults").asInt(PAGE));
        if (end < found.size()) {
            answer.put("NextToken", Integer.toString(end));
        }
        return found.subList(start, end);
    }

    private static ServiceError invalid(String message) {
        return ServiceError.of("InvalidParameterException", message);
    }
}
