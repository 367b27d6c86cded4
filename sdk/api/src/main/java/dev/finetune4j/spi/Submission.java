package dev.finetune4j.spi;

import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a provider needs to launch one job once. The name is the idempotency key: the same name and digest is the same job,
 * the same name and another digest is refused.
 *
 * @param id the job's name with the provider
 * @param order what the worker is to do; its digest goes with the job
 * @param channels input files and folders on this machine, by channel name
 * @param labels tags for the provider's own lists: run, job and version
 * @param timeLimit the provider's own limit of running time, or null for none
 */
public record Submission(
        RunId id,
        WorkOrder order,
        Map<String, Path> channels,
        Map<String, String> labels,
        @Nullable Duration timeLimit) {
    /** Copies the maps in their order. */
    public Submission {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }
}
