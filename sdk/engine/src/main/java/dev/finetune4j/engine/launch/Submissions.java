package dev.finetune4j.engine.launch;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a place is given of a run.
 *
 * @param version version of finetune4j, told to the place's lists
 * @param place whose abilities decide what goes along
 */
record Submissions(String version, Provider place) {
    /**
     * The submission; a worker that must come along is not in it yet.
     *
     * @param diskBytes what the disk of its machine must hold at most; null where nobody counted it
     * @param after the launch that it follows; null where it follows none
     */
    Submission of(
            RunId id,
            FineTuneJob job,
            WorkOrder order,
            Path data,
            Path model,
            @Nullable Duration timeLimit,
            @Nullable Long diskBytes,
            @Nullable String after) {
        Submission.Builder submission = Submission.builder(id, job.model(), order)
                .after(after)
                .diskBytes(diskBytes)
                .channel(WorkOrder.DATA_CHANNEL, data)
                .label(Submission.RUN_LABEL, id.value())
                .label("finetune4j-job", job.name())
                .label("finetune4j-version", version);
        if (place.capabilities().supportsCustomWork()) {
            submission.channel(WorkOrder.MODEL_CHANNEL, model);
        }
        if (place.capabilities().supportsTimeLimit()) {
            submission.timeLimit(timeLimit);
        }
        return submission.build();
    }
}
