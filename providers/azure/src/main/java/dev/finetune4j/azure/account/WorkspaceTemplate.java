package dev.finetune4j.azure.account;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The template of {@code infra/azure}.
 *
 * @param json in the language of the resource manager
 */
record WorkspaceTemplate(JsonNode json) {
    /** The one inside the product. */
    static WorkspaceTemplate shipped() {
        return new WorkspaceTemplate(
                Json.resource(WorkspaceTemplate.class, "finetune4j.json", new TypeReference<>() {}));
    }

    /** What can be set. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        json.path("parameters").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * Values of parameters as the resource manager takes them.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0955 if there is no such parameter, or one is a number and the value is none
     */
    ObjectNode parameters(Map<String, String> values) {
        ObjectNode parameters = Json.records().createObjectNode();
        values.forEach((name, value) -> {
            if (!names().contains(name)) {
                throw AzureAccountProblems.NOT_MADE
                        .error("there is nothing to set by " + name)
                        .because("there are resource-group, subscription, cloud, credential, "
                                + String.join(", ", names()))
                        .remedy("leave " + name + " out")
                        .asException();
            }
            ObjectNode parameter = parameters.putObject(name);
            if (!json.path("parameters").path(name).path("type").asText().equals("int")) {
                parameter.put("value", value);
            } else if (value.matches("\\d{1,9}")) {
                parameter.put("value", Integer.parseInt(value));
            } else {
                throw AzureAccountProblems.NOT_MADE
                        .error(name + " must be a whole number, was " + value)
                        .remedy("finetune bootstrap azure --set " + name + "=1")
                        .asException();
            }
        });
        return parameters;
    }
}
