package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file of a resource. It is looked at once it is due, by whoever asks first. Guarded by the service that owns it. */
final class StoredFile {
    static final String TRAINING = "fine-tune";
    static final String RESULTS = "fine-tune-results";

    private final String id;
    private final String name;
    private final String purpose;
    private final byte[] content;
    private final Instant createdAt;
    private final Instant dueAt;
    private @Nullable List<Example> examples;
    private String wrong = "";

    /**
     * A file.
     *
     * @param dueAt when the service looks at it
     */
    StoredFile(String id, String name, String purpose, byte[] content, Instant createdAt, Instant dueAt) {
        this.id = id;
        this.name = name;
        this.purpose = purpose;
        this.content = content;
        this.createdAt = createdAt;
        this.dueAt = dueAt;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    String purpose() {
        return purpose;
    }

    byte[] content() {
        return content;
    }

    Instant createdAt() {
        return createdAt;
    }

    /** Where it is in its life. */
    String status(Instant now) {
        if (dueAt.isAfter(now)) {
            return "pending";
        }
        return wrong().isEmpty() ? "processed" : "error";
    }

    /** The rows of a file that is processed. */
    List<Example> examples(Instant now) {
        if (!status(now).equals("processed") || examples == null) {
            throw new IllegalStateException(id + " has no rows that can be trained on");
        }
        return examples;
    }

    private String wrong() {
        if (purpose.equals(TRAINING) && examples == null && wrong.isEmpty()) {
            try {
                examples = Example.read(content);
            } catch (Example.Refusal e) {
                wrong = String.valueOf(e.getMessage());
            }
        }
        return wrong;
    }

    /** As the service tells of it. */
    ObjectNode described(Instant now) {
        String status = status(now);
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("object", "file")
                .put("id", id)
                .put("purpose", purpose)
                .put("filename", name)
                .put("bytes", content.length)
                .put("created_at", createdAt.getEpochSecond())
                .put("status", status);
        if (status.equals("error")) {
            told.put("status_details", wrong);
        } else {
            told.putNull("status_details");
        }
        return told;
    }
}
