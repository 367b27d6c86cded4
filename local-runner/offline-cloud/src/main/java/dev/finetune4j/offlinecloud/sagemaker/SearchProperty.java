package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A property of a training job by which jobs are searched.
 *
 * @param path names from the job down; of a tag {@code Tags} and its key, of a metric {@code Metrics} and its name
 * @param type what its values are, as the service's model says
 */
record SearchProperty(List<String> path, String type) {
    private static final String TAGS = "Tags";
    private static final String METRICS = "Metrics";
    private static final Set<String> NUMBERS = Set.of("integer", "long", "float", "double");
    private static final String TIME = "timestamp";

    /** @throws ServiceError if training jobs have no such property */
    static SearchProperty of(ServiceModel model, String name) throws ServiceError {
        if (name.startsWith(TAGS + ".")) {
            return new SearchProperty(List.of(TAGS, name.substring(TAGS.length() + 1)), "string");
        }
        if (name.startsWith(METRICS + ".")) {
            return new SearchProperty(List.of(METRICS, name.substring(METRICS.length() + 1)), "float");
        }
        List<String> path = List.of(name.split("\\."));
        return new SearchProperty(
                path,
                model.typeOf("TrainingJob", path)
                        .orElseThrow(() -> ServiceError.invalid("Unknown property name: " + name)));
    }

    boolean isText() {
        return !NUMBERS.contains(type) && !type.equals(TIME);
    }

    /** Its values in a job; several where a list is on the way. */
    List<JsonNode> in(JsonNode job) {
        if (path.get(0).equals(TAGS) && path.size() > 1) {
            return named(job.path(TAGS), "Key");
        }
        if (path.get(0).equals(METRICS)) {
            return named(job.path("FinalMetricDataList"), "MetricName");
        }
        return below(job, 0);
    }

    /** The value of the element that has the name. */
    private List<JsonNode> named(JsonNode elements, String nameMember) {
        for (JsonNode element : elements) {
            if (element.path(nameMember).asText().equals(path.get(1))) {
                return List.of(element.path("Value"));
            }
        }
        return List.of();
    }

    private List<JsonNode> below(JsonNode node, int depth) {
        if (node.isArray()) {
            List<JsonNode> all = new ArrayList<>();
            node.forEach(element -> all.addAll(below(element, depth)));
            return all;
        }
        if (depth == path.size()) {
            return node.isValueNode() ? List.of(node) : List.of();
        }
        return node.has(path.get(depth)) ? below(node.path(path.get(depth)), depth + 1) : List.of();
    }

    /** Brings a value of a job and one that is searched for into an order. */
    int compare(JsonNode own, String wanted) throws ServiceError {
        return isText()
                ? own.asText().compareTo(wanted)
                : own.decimalValue().compareTo(type.equals(TIME) ? seconds(wanted) : number(wanted));
    }

    private static BigDecimal number(String text) throws ServiceError {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw ServiceError.invalid("Invalid numeric value: " + text);
        }
    }

    /** Times without a zone are in UTC. */
    private static BigDecimal seconds(String text) throws ServiceError {
        try {
            OffsetDateTime at = text.matches(".*T.*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(text)
                    : LocalDateTime.parse(text).atOffset(ZoneOffset.UTC);
            return BigDecimal.valueOf(at.toInstant().toEpochMilli(), 3);
        } catch (DateTimeException e) {
            throw ServiceError.invalid("Invalid timestamp value: " + text);
        }
    }
}
