package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of a command job, or of one of the service's own fine-tuning jobs, no schema says. */
final class JobRules {
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\{(inputs|outputs)\\.([^}]*)}}");
    private static final Pattern MODEL =
            Pattern.compile("azureml://registries/[\\w-]+/models/[\\w.-]+/versions/[\\w.-]+|/subscriptions/.+");
    private static final List<String> TASKS = List.of(
            "ChatCompletion",
            "TextCompletion",
            "TextClassification",
            "QuestionAnswering",
            "TextSummarization",
            "TextTranslation");
    private static final String DEFAULT_SIZE = "Standard_DS3_v2";

    private final Workspace workspace;
    private final Assets codes;
    private final Assets environments;
    private final Computes computes;

    JobRules(Workspace workspace, Assets codes, Assets environments, Computes computes) {
        this.workspace = workspace;
        this.codes = codes;
        this.environments = environments;
        this.computes = computes;
    }

    /**
     * Refuses a job that cannot be one.
     *
     * @return the machines that it asks for
     */
    Machines check(String id, ObjectNode properties) throws ServiceError {
        if (!ID.matcher(id).matches()) {
            throw AzureErrors.user(
                    "The job name '" + id
                            + "' is invalid: it must be 1 to 255 letters, digits, '_' or '-' that begin with a letter or digit.");
        }
        if (properties.path("jobType").asText().equals(PlayedTuning.JOB_TYPE)) {
            checkTuning(properties);
            return machines(properties, properties.at("/resources/instanceTypes/0"));
        }
        checkEnvironment(properties.path("environmentId").asText());
        String code = properties.path("codeId").asText();
        if (!code.isEmpty() && codes.properties(code).isEmpty()) {
            throw AzureErrors.user("/properties/codeId", "Could not find asset with ID: " + code);
        }
        checkReferences(properties);
        checkTimeout(properties.path("limits").path("timeout").asText());
        return machines(properties, properties.at("/resources/instanceType"));
    }

    /** Models of Azure OpenAI, and machines that nobody names, which the service lends by the token, are other services. */
    private static void checkTuning(ObjectNode properties) throws ServiceError {
        JsonNode details = properties.path("fineTuningDetails");
        if (!details.path("modelProvider").asText().equals("Custom")) {
            throw AzureErrors.user(
                    "/properties/fineTuningDetails/modelProvider",
                    "The offline cloud runs fine-tuning jobs of the model provider Custom only.");
        }
        String model = details.at("/model/uri").asText();
        if (!MODEL.matcher(model).matches()) {
            throw AzureErrors.user("/properties/fineTuningDetails/model/uri", "Could not find asset with ID: " + model);
        }
        String task = details.path("taskType").asText();
        if (TASKS.stream().noneMatch(task::equalsIgnoreCase)) { // Microsoft's own client says chatCompletion
            throw AzureErrors.user(
                    "/properties/fineTuningDetails/taskType", "The offline cloud plays the tasks " + TASKS + " only.");
        }
        if (!properties.path("outputs").has("registered_model")) {
            throw AzureErrors.user("/properties/outputs", "A fine-tuning job has the output registered_model.");
        }
        if (properties.path("computeId").asText().isEmpty()
                && properties.at("/resources/instanceTypes").isEmpty()) {
            throw AzureErrors.user(
                    "/properties/resources/instanceTypes",
                    "The offline cloud plays fine-tuning jobs on machines that are named only.");
        }
    }

    private void checkEnvironment(String environment) throws ServiceError {
        boolean isThere = environment.startsWith("azureml://registries/")
                ? Curated.has(environment)
                : environments.properties(environment).isPresent();
        if (!isThere) {
            throw AzureErrors.user("/properties/environmentId", "Could not find asset with ID: " + environment);
        }
    }

    private static void checkReferences(ObjectNode properties) throws ServiceError {
        Matcher reference = REFERENCE.matcher(properties.path("command").asText());
        while (reference.find()) {
            if (!properties.path(reference.group(1)).has(reference.group(2))) {
                throw AzureErrors.user(
                        "/properties/command",
                        "The command refers to '" + reference.group(1) + "." + reference.group(2)
                                + "', which the job does not have.");
            }
        }
    }

    private static void checkTimeout(String timeout) throws ServiceError {
        try {
            if (!timeout.isEmpty() && Duration.parse(timeout).isNegative()) {
                throw AzureErrors.user("/properties/limits/timeout", "The timeout must not be negative.");
            }
        } catch (DateTimeParseException e) {
            throw AzureErrors.user(
                    "/properties/limits/timeout", "The timeout '" + timeout + "' is no ISO 8601 duration.");
        }
    }

    private Machines machines(ObjectNode properties, JsonNode asked) throws ServiceError {
        JsonNode resources = properties.path("resources");
        int nodes = resources.path("instanceCount").asInt(1);
        if (nodes < 1) {
            throw AzureErrors.user(
                    "/properties/resources/instanceCount", "instanceCount must be at least 1, was " + nodes);
        }
        String compute = properties.path("computeId").asText();
        if (!compute.isEmpty()) {
            String begin = workspace.id() + "/computes/";
            if (!compute.regionMatches(true, 0, begin, 0, begin.length())) {
                throw AzureErrors.user("/properties/computeId", "Unknown compute target '" + compute + "'.");
            }
            return computes.machines(compute.substring(begin.length()), nodes);
        }
        String size = asked.asText(DEFAULT_SIZE);
        VmSize found = VmSize.named(size)
                .orElseThrow(() -> AzureErrors.user(
                        "/properties/resources/instanceType",
                        "The instance type " + size + " is not supported in region " + workspace.region() + "."));
        return new Machines(
                found,
                nodes,
                properties.path("queueSettings").path("jobTier").asText().equalsIgnoreCase("Spot"),
                "");
    }
}
