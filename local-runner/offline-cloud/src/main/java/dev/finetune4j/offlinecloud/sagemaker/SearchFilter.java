package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.util.List;
import java.util.Set;

/**
 * What a search asks of one property.
 *
 * @param property the property
 * @param operator how it is compared
 * @param value with what; empty for those that ask only whether it is there
 */
record SearchFilter(SearchProperty property, String operator, String value) {
    private static final Set<String> ABOUT_BEING_THERE = Set.of("Exists", "NotExists");
    private static final Set<String> FOR_TEXTS = Set.of("Contains", "In");
    private static final Set<String> FOR_TEXTS_AND_NUMBERS = Set.of("Equals", "NotEquals");

    /** @throws ServiceError if such a property cannot be asked so */
    static SearchFilter of(ServiceModel model, JsonNode filter) throws ServiceError {
        String name = filter.path("Name").asText();
        String operator = filter.path("Operator").asText("Equals");
        SearchProperty property = SearchProperty.of(model, name);
        boolean fits = ABOUT_BEING_THERE.contains(operator)
                || FOR_TEXTS_AND_NUMBERS.contains(operator)
                || FOR_TEXTS.contains(operator) == property.isText();
        if (!fits) {
            throw ServiceError.invalid(
                    "Operator " + operator + " is not supported for the " + property.type() + " property " + name);
        }
        if (ABOUT_BEING_THERE.contains(operator) == filter.has("Value")) {
            throw ServiceError.invalid(
                    filter.has("Value")
                            ? "Operator " + operator + " takes no value: " + name
                            : "Operator " + operator + " needs a value: " + name);
        }
        return new SearchFilter(property, operator, filter.path("Value").asText());
    }

    boolean isMetBy(JsonNode job) throws ServiceError {
        List<JsonNode> values = property.in(job);
        return switch (operator) {
            case "Exists" -> !values.isEmpty();
            case "NotExists" -> values.isEmpty();
            case "NotEquals" -> !isMetByOneOf(values, "Equals");
            default -> isMetByOneOf(values, operator);
        };
    }

    private boolean isMetByOneOf(List<JsonNode> values, String how) throws ServiceError {
        for (JsonNode own : values) {
            boolean fits = switch (how) {
                case "Equals" -> property.compare(own, value) == 0;
                case "Contains" -> own.asText().contains(value);
                case "In" -> List.of(value.split(",")).contains(own.asText());
                case "GreaterThan" -> property.compare(own, value) > 0;
                case "GreaterThanOrEqualTo" -> property.compare(own, value) >= 0;
                case "LessThan" -> property.compare(own, value) < 0;
                case "LessThanOrEqualTo" -> property.compare(own, value) <= 0;
                default -> throw new IllegalArgumentException("the model has no operator " + how);
            };
            if (fits) {
                return true;
            }
        }
        return false;
    }
}
