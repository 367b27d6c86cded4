package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.util.ArrayList;
import java.util.List;

/**
 * What a search asks of a training job.
 *
 * @param conditions what it asks
 * @param isAnyEnough whether one of them is enough
 */
record SearchExpression(List<Condition> conditions, boolean isAnyEnough) {
    private static final int MOST_CONDITIONS = 50;

    /** One thing that is asked. */
    interface Condition {
        /** Whether a job, with its tags, meets it. */
        boolean isMetBy(JsonNode job) throws ServiceError;
    }

    /** @throws ServiceError if the service would not take it */
    static SearchExpression of(ServiceModel model, JsonNode expression) throws ServiceError {
        List<JsonNode> filters = expression.findParents("Name");
        if (filters.size() > MOST_CONDITIONS) {
            throw ServiceError.invalid("A search expression can have " + MOST_CONDITIONS + " conditions at most");
        }
        if (filters.stream()
                        .filter(filter -> filter.path("Operator").asText().equals("Contains"))
                        .count()
                > 1) {
            throw ServiceError.invalid("'CONTAINS' operator usage limit of 1 exceeded.");
        }
        return parse(model, expression);
    }

    private static SearchExpression parse(ServiceModel model, JsonNode expression) throws ServiceError {
        List<Condition> conditions = new ArrayList<>();
        for (JsonNode filter : expression.path("Filters")) {
            conditions.add(SearchFilter.of(model, filter)::isMetBy);
        }
        for (JsonNode nested : expression.path("NestedFilters")) {
            conditions.add(ofOneElement(model, nested));
        }
        for (JsonNode part : expression.path("SubExpressions")) {
            conditions.add(parse(model, part)::isMetBy);
        }
        if (conditions.isEmpty()) {
            throw ServiceError.invalid(
                    "A search expression needs at least one subexpression, filter, or nested filter");
        }
        return new SearchExpression(
                conditions, expression.path("Operator").asText().equals("Or"));
    }

    /** Nested filters are met where one element of a list meets all of them. */
    private static Condition ofOneElement(ServiceModel model, JsonNode nested) throws ServiceError {
        String list = nested.path("NestedPropertyName").asText();
        List<SearchFilter> filters = new ArrayList<>();
        for (JsonNode filter : nested.path("Filters")) {
            if (!filter.path("Name").asText().startsWith(list + ".")) {
                throw ServiceError.invalid("Nested filters of " + list + " are about its properties, not "
                        + filter.path("Name").asText());
            }
            filters.add(SearchFilter.of(model, filter));
        }
        return job -> {
            for (JsonNode element : job.path(list)) {
                ObjectNode alone = Json.records().createObjectNode();
                alone.putArray(list).add(element);
                boolean meetsAll = true;
                for (SearchFilter filter : filters) {
                    meetsAll &= filter.isMetBy(alone);
                }
                if (meetsAll) {
                    return true;
                }
            }
            return false;
        };
    }

    boolean isMetBy(JsonNode job) throws ServiceError {
        for (Condition condition : conditions) {
            if (condition.isMetBy(job) == isAnyEnough) {
                return isAnyEnough;
            }
        }
        return !isAnyEnough;
    }
}
