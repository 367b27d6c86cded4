package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a job told so far. Guarded by the service that owns it. */
final class JobEvents {
    /** By id, the oldest first. */
    private final Map<String, ObjectNode> events = new LinkedHashMap<>();

    Map<String, ObjectNode> all() {
        return events;
    }

    void info(Instant at, String message) {
        add(at, "info", message, "message");
    }

    void error(Instant at, String message) {
        add(at, "error", message, "message");
    }

    void step(Instant at, Tuning.Step step, int steps) {
        String message = String.format(
                Locale.ROOT,
                "Step %d/%d: training loss=%.4f, training token accuracy=%.4f%s",
                step.number(),
                steps,
                step.training().loss(),
                step.training().accuracy(),
                step.validation()
                        .map(figures -> String.format(Locale.ROOT, ", validation loss=%.4f", figures.loss()))
                        .orElse(""));
        add(at, "info", message, "metrics").set("data", metrics(step));
    }

    /** The figures of a step, as events and checkpoints have them. */
    static ObjectNode metrics(Tuning.Step step) {
        ObjectNode metrics = Json.records()
                .createObjectNode()
                .put("step", step.number())
                .put("train_loss", step.training().loss())
                .put("train_mean_token_accuracy", step.training().accuracy());
        step.validation()
                .ifPresent(figures ->
                        metrics.put("valid_loss", figures.loss()).put("valid_mean_token_accuracy", figures.accuracy()));
        step.full()
                .ifPresent(figures -> metrics.put("full_valid_loss", figures.loss())
                        .put("full_valid_mean_token_accuracy", figures.accuracy()));
        return metrics;
    }

    private ObjectNode add(Instant at, String level, String message, String type) {
        String id = "ftevent-" + Files.hex();
        ObjectNode event = Json.records()
                .createObjectNode()
                .put("object", "fine_tuning.job.event")
                .put("id", id)
                .put("created_at", at.getEpochSecond())
                .put("level", level)
                .put("message", message)
                .put("type", type);
        events.put(id, event);
        return event;
    }
}
