package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file that is sent in parts. Guarded by the service that owns it. */
final class Upload {
    private static final Duration LIFETIME = Duration.ofHours(2);

    private final String id;
    private final String name;
    private final String purpose;
    private final long bytes;
    private final Instant createdAt;
    private final Map<String, byte[]> parts = new LinkedHashMap<>();
    private boolean isCancelled;
    private @Nullable StoredFile file;

    /** @param bytes that all parts will have together */
    Upload(String id, String name, String purpose, long bytes, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.purpose = purpose;
        this.bytes = bytes;
        this.createdAt = createdAt;
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

    long bytes() {
        return bytes;
    }

    /** By id, in the order in which they came. */
    Map<String, byte[]> parts() {
        return parts;
    }

    /** Whether so many bytes more are too many: each part may come twice, as where an answer was lost. */
    boolean isFull(int more) {
        long sent = parts.values().stream().mapToLong(part -> part.length).sum();
        return sent + more > 2 * bytes;
    }

    void cancel() {
        isCancelled = true;
        parts.clear();
    }

    void complete(StoredFile made) {
        file = made;
        parts.clear();
    }

    String status(Instant now) {
        if (file != null) {
            return "completed";
        }
        if (isCancelled) {
            return "cancelled";
        }
        return createdAt.plus(LIFETIME).isAfter(now) ? "pending" : "expired";
    }

    /** As the service tells of it. */
    ObjectNode described(Instant now) {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("object", "upload")
                .put("id", id)
                .put("bytes", bytes)
                .put("created_at", createdAt.getEpochSecond())
                .put("filename", name)
                .put("purpose", purpose)
                .put("status", status(now))
                .put("expires_at", createdAt.plus(LIFETIME).getEpochSecond());
        if (file == null) {
            told.putNull("file");
        } else {
            told.set("file", file.described(now));
        }
        return told;
    }
}
