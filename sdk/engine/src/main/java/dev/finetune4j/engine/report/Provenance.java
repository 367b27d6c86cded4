package dev.finetune4j.engine.report;

import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.value.ProviderId;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the figures of a report came from, so that they can be had again.
 *
 * @param provider where it ran
 * @param attempt how many runs of the same job this machine had before, plus 1
 * @param digests SHA-256 in lower-case hex by what was digested, such as job, data, each part of the split, model and adapter; only
 *     what is known
 * @param versions version by what has one, such as finetune4j, Java, DJL and libtorch; only what is known
 * @param host what it ran on, or null where the place does not tell
 * @param writtenAt when the report was written
 * @param answersIn number format in which held-out rows were answered, such as {@code fp32}, which may be another than that of training; several
 *     with commas between; null where the place does not tell, and in reports from before it was kept
 */
public record Provenance(
        ProviderId provider,
        int attempt,
        Map<String, String> digests,
        Map<String, String> versions,
        @Nullable Host host,
        Instant writtenAt,
        @Nullable String answersIn) {
    /** Copies the maps in their order. */
    public Provenance {
        digests = Collections.unmodifiableMap(new LinkedHashMap<>(digests));
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    }

    /** The number format of answers by a run's events; null where none tells. */
    public static @Nullable String answersIn(List<RunEvent> events) {
        String formats = events.stream()
                .filter(RunEvent.StateChanged.class::isInstance)
                .map(event -> ((RunEvent.StateChanged) event).answersIn())
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining(", "));
        return formats.isEmpty() ? null : formats;
    }
}
