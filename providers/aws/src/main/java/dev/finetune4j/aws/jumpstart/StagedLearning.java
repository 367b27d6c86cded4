package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.jobs.Launches;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job whose rows lie in S3 as a script of the hub reads them.
 *
 * @param id the job
 * @param launch which launch of it, from 1: the service runs no name twice
 * @param digest {@link WorkOrder#digest()}
 * @param trainingPrefix S3 prefix of the rows to learn
 * @param validationPrefix S3 prefix of those to compare with, or null for none
 * @param hyperParameters what the script is told, by name
 * @param labels tags for people
 * @param timeLimit the most time that it may run, or null for as long as the service lets a job run
 */
record StagedLearning(
        RunId id,
        int launch,
        String digest,
        String trainingPrefix,
        @Nullable String validationPrefix,
        Map<String, String> hyperParameters,
        Map<String, String> labels,
        @Nullable Duration timeLimit) {
    /** Copies the maps in their order. */
    StagedLearning {
        hyperParameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperParameters));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** The service's name of this launch. */
    String name() {
        return Launches.name(id, launch);
    }
}
