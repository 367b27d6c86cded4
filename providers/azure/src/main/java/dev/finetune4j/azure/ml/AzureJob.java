package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job of a workspace as the resource manager describes it; what it has besides stays in it.
 *
 * @param name its name in the workspace
 * @param json the whole description
 */
record AzureJob(String name, JsonNode json) {
    /** Properties of a cluster's job: size of its machine, and whether that may be taken back. */
    static final String MACHINE = "finetune4j-machine";

    static final String SPOT = "finetune4j-spot";

    /** Property: the time that the launches before were billed, in ISO form, for when their records are gone. */
    static final String BILLED = "finetune4j-billed";

    /** Tag of a job that is removed, where its record may only be archived. */
    static final String REMOVED = "finetune4j-removed";

    /** The service's word for its own fine-tuning jobs. */
    static final String TUNING = "FineTuning";

    private static final Set<String> ENDED = Set.of("Completed", "Failed", "Canceled");

    static AzureJob of(JsonNode json) {
        return new AzureJob(json.path("name").asText(), json);
    }

    /** Its path in the resource manager. */
    String reference() {
        return json.path("id").asText(name);
    }

    private JsonNode properties() {
        return json.path("properties");
    }

    /** The service's own word for where it stands. */
    String status() {
        return properties().path("status").asText();
    }

    boolean hasEnded() {
        return ENDED.contains(status());
    }

    /** Whether it was removed, though its record stays. What somebody archived in the studio was not, and may go on. */
    boolean isRemoved() {
        return tag(REMOVED).equals("true");
    }

    boolean hasSucceeded() {
        return status().equals("Completed");
    }

    Instant createdAt() {
        return RunDetails.instant(json.at("/systemData/createdAt")).orElse(Instant.EPOCH);
    }

    /** {@link dev.finetune4j.run.WorkOrder#digest()} of what it was launched with; empty where the job is none of ours. */
    String digest() {
        String told = property(ContainerOrder.DIGEST_SETTING);
        // Properties can be changed by a later PUT, what a job does cannot.
        boolean isSo = isTuning()
                ? registeredModel().endsWith("-" + FineTuningJobMapper.mark(told))
                : properties().path("command").asText().contains("\"" + told + "\"");
        return isSo ? told : "";
    }

    /** Whether the service tunes by rules of its own, and no worker. */
    boolean isTuning() {
        return properties().path("jobType").asText().equals(TUNING);
    }

    /** The name by which the workspace keeps what a fine-tuning job tuned. */
    String registeredModel() {
        return registered("assetName");
    }

    /** The version of that name. */
    String registeredVersion() {
        return registered("assetVersion");
    }

    private String registered(String field) {
        return properties()
                .path("outputs")
                .path(FineTuningJobMapper.OUTPUT)
                .path(field)
                .asText();
    }

    /** What a fine-tuning job tunes. */
    String baseModel() {
        return properties().at("/fineTuningDetails/model/uri").asText();
    }

    /** One of those that it was launched with; empty where it has none of this name. */
    String property(String name) {
        return properties().path("properties").path(name).asText();
    }

    String tag(String key) {
        return properties().path("tags").path(key).asText();
    }

    /** The run that it is of, by its tag; empty where somebody else called a tag so. */
    Optional<RunId> run() {
        return RunId.of(tag(Submission.RUN_LABEL));
    }

    /** Addresses of the folders, and of what else it reads. */
    List<String> inputs() {
        List<String> inputs = new ArrayList<>();
        properties()
                .path("inputs")
                .forEach(input -> inputs.add(input.path("uri").asText()));
        for (String data : List.of("trainingData", "validationData")) {
            String file = properties()
                    .path("fineTuningDetails")
                    .path(data)
                    .path("uri")
                    .asText();
            inputs.add(file.substring(0, file.lastIndexOf('/') + 1));
        }
        return inputs;
    }

    String machine() {
        String asked = properties()
                .at(isTuning() ? "/resources/instanceTypes/0" : "/resources/instanceType")
                .asText();
        return asked.isEmpty() ? property(MACHINE) : asked;
    }

    boolean isSpot() {
        return properties().at("/queueSettings/jobTier").asText().equals("Spot")
                || property(SPOT).equals("true");
    }

    /** How long it may run; null for as long as the service lets it. */
    @Nullable
    Duration timeLimit() {
        return duration(properties().at("/limits/timeout").asText());
    }

    /** The time that the run's launches before it were billed, as it was known when this one was launched. */
    Duration billedBefore() {
        return Optional.ofNullable(duration(property(BILLED))).orElse(Duration.ZERO);
    }

    private static @Nullable Duration duration(String text) {
        try {
            return text.isEmpty() ? null : Duration.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
