package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.jobs.Launches;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job whose files lie in S3.
 *
 * @param id the job
 * @param launch which launch of it, from 1: the service runs no name twice
 * @param digest {@link WorkOrder#digest()}
 * @param channels S3 prefix of each channel of the submission
 * @param orderPrefix S3 prefix of {@link ContainerOrder}
 * @param codePrefix S3 prefix of the worker
 * @param labels tags for people
 * @param timeLimit the most time that it may run over all restarts, or null for as long as the service lets a job run
 */
record StagedJob(
        RunId id,
        int launch,
        String digest,
        Map<String, String> channels,
        String orderPrefix,
        String codePrefix,
        Map<String, String> labels,
        @Nullable Duration timeLimit) {
    /** Copies the maps in their order. */
    StagedJob {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** The service's name of this launch. */
    String name() {
        return Launches.name(id, launch);
    }
}
