package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A deployment, by which a model answers.
 *
 * @param id path in the resource manager
 * @param name by which it is asked
 * @param model the service's name of the model
 * @param sku the service's word for the scope in which it answers
 * @param provisioning where it stands, in the service's words
 * @param since when it was made; {@link Instant#EPOCH} where the service does not tell
 * @param tags what whoever made it wrote on it
 * @param failure why it failed; empty while it did not, or where the service does not tell
 */
record Deployed(
        String id,
        String name,
        String model,
        String sku,
        String provisioning,
        Instant since,
        Map<String, String> tags,
        String failure) {
    /** The tag by which somebody's order is known again. */
    static final String ORDER_TAG = "finetune4j-hosting";

    /** The tag of a base model's deployment, which is there to be compared with the tuned model of a run. */
    static final String BASE_TAG = "finetune4j-base-of";

    Deployed {
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }

    static Deployed of(JsonNode deployment) {
        Map<String, String> tags = new LinkedHashMap<>();
        deployment
                .path("tags")
                .properties()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
        return new Deployed(
                deployment.path("id").asText(),
                deployment.path("name").asText(),
                deployment.at("/properties/model/name").asText(),
                deployment.at("/sku/name").asText(),
                deployment.at("/properties/provisioningState").asText(),
                time(deployment.at("/systemData/createdAt").asText()),
                tags,
                "");
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /** The same, of which it is known why it failed. */
    Deployed failed(String reason) {
        return new Deployed(id, name, model, sku, "Failed", since, tags, reason);
    }

    /** The run whose tuned model it is; empty where it is none of finetune4j's. */
    Optional<RunId> run() {
        return tags.containsKey(ORDER_TAG)
                ? Optional.ofNullable(tags.get(Submission.RUN_LABEL)).flatMap(RunId::of)
                : Optional.empty();
    }

    /** The run with whose tuned model this base model is compared; empty where it is none of finetune4j's. */
    Optional<RunId> comparedWith() {
        return Optional.ofNullable(tags.get(BASE_TAG)).flatMap(RunId::of);
    }

    boolean isOurs() {
        return run().isPresent() || comparedWith().isPresent();
    }

    /** Where it stands. A state that the service adds later is one in which nobody knows that it answers. */
    HostedModel.State state() {
        return switch (provisioning) {
            case "Succeeded" -> HostedModel.State.ACTIVE;
            case "Failed", "Canceled", "Disabled" -> HostedModel.State.FAILED;
            default -> HostedModel.State.CREATING;
        };
    }

    /** Whether somebody has it ended already. */
    boolean isGoing() {
        return provisioning.equals("Deleting");
    }
}
