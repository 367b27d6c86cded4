package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file at the service.
 *
 * @param id the service's
 * @param name as it was sent; files of finetune4j's jobs hold run and digest in it, by which their jobs are known
 * @param purpose what the service keeps it for, in its words
 * @param status as the service calls it
 * @param details what the service says of a file that it does not take; empty if nothing
 * @param bytes its size
 * @param createdAt when it was sent
 */
record TuningFile(
        String id, String name, String purpose, String status, String details, long bytes, Instant createdAt) {
    /** Purpose of what jobs train on and are compared with. */
    static final String TUNING = "fine-tune";

    private static final Pattern NAME =
            Pattern.compile("finetune4j\\.([a-zA-Z0-9-]{1,63})\\.([a-zA-Z0-9]{1,128})\\.(train|validation)\\.jsonl");

    /** What a file of ours is named by. */
    private record Parts(RunId run, String digest, boolean isTraining) {}

    static TuningFile of(JsonNode file) {
        return new TuningFile(
                file.path("id").asText(),
                file.path("filename").asText(),
                file.path("purpose").asText(),
                file.path("status").asText(),
                file.path("status_details").isTextual()
                        ? file.path("status_details").asText()
                        : file.at("/error/message").asText(),
                file.path("bytes").asLong(),
                Instant.ofEpochSecond(file.path("created_at").asLong()));
    }

    /** The name of the file of a job: the same each time, so that it is found again whatever became of the call that sent it. */
    static String name(RunId run, String digest, boolean isTraining) {
        return "finetune4j." + run + "." + digest + (isTraining ? ".train.jsonl" : ".validation.jsonl");
    }

    private Optional<Parts> parts() {
        Matcher parts = NAME.matcher(name);
        return parts.matches()
                ? RunId.of(parts.group(1))
                        .map(run ->
                                new Parts(run, parts.group(2), parts.group(3).equals("train")))
                : Optional.empty();
    }

    /** Whose it is; empty where it is none of finetune4j's. */
    Optional<RunId> run() {
        return parts().map(Parts::run);
    }

    /** Digest of the order that it was sent for; empty where it is none of finetune4j's. */
    String digest() {
        return parts().map(Parts::digest).orElse("");
    }

    /** Whether it is what a job of finetune4j's trains on. */
    boolean isTraining() {
        return parts().filter(Parts::isTraining).isPresent();
    }

    /** Whether a job may have it. */
    boolean isProcessed() {
        return status.equals("processed");
    }

    /** Whether no job will ever have it. */
    boolean isUnusable() {
        return status.equals("error") || status.equals("deleting") || status.equals("deleted");
    }
}
