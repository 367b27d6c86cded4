package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import java.util.ArrayList;
import java.util.List;

/** One page of the jobs that a search finds. */
final class JobSearch {
    /** What a job's own description has, and a search's record of it has not. */
    private static final List<String> NOT_RECORDED =
            List.of("InfraCheckConfig", "MlflowConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig");

    private final ServiceModel model;
    private final ObjectNode request;
    private final List<ObjectNode> jobs;

    /**
     * A search.
     *
     * @param jobs whole descriptions, with their tags
     */
    JobSearch(ServiceModel model, ObjectNode request, List<ObjectNode> jobs) {
        this.model = model;
        this.request = request;
        this.jobs = jobs;
    }

    ObjectNode answer() throws ServiceError {
        if (!request.path("Resource").asText().equals("TrainingJob")
                || request.path("CrossAccountFilterOption").asText().equals("CrossAccount")) {
            throw ServiceError.invalid("The offline cloud searches the account's own training jobs only");
        }
        List<ObjectNode> found = found();
        SearchProperty property =
                SearchProperty.of(model, request.path("SortBy").asText("LastModifiedTime"));
        boolean isDescending = !request.path("SortOrder").asText().equals("Ascending");
        ListPage<ObjectNode> page = ListPage.of(found, job -> place(property, job), isDescending, request);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode results = answer.putArray("Results");
        for (ObjectNode job : page.elements()) {
            results.addObject().set("TrainingJob", job.deepCopy().remove(NOT_RECORDED));
        }
        answer.putObject("TotalHits").put("Value", found.size()).put("Relation", "EqualTo");
        return page.tellNext(answer);
    }

    private List<ObjectNode> found() throws ServiceError {
        List<SearchExpression.Condition> conditions = new ArrayList<>();
        if (request.has("SearchExpression")) {
            conditions.add(SearchExpression.of(model, request.path("SearchExpression"))::isMetBy);
        }
        for (JsonNode visible : request.path("VisibilityConditions")) {
            SearchProperty tag = SearchProperty.of(model, visible.path("Key").asText());
            conditions.add(new SearchFilter(tag, "Equals", visible.path("Value").asText())::isMetBy);
        }
        List<ObjectNode> found = new ArrayList<>();
        for (ObjectNode job : jobs) {
            boolean meetsAll = true;
            for (SearchExpression.Condition condition : conditions) {
                meetsAll &= condition.isMetBy(job);
            }
            if (meetsAll) {
                found.add(job);
            }
        }
        return found;
    }

    /** Where a job stands among those that are sorted by a property, which it may not have. */
    private static Place place(SearchProperty property, ObjectNode job) {
        String name = job.path("TrainingJobName").asText();
        return property.in(job).stream()
                .findFirst()
                .map(value -> new Place(value, name))
                .orElse(Place.of(name));
    }
}
