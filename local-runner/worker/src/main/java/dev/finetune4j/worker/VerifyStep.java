package dev.finetune4j.worker;

import dev.finetune4j.json.Json;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Does {@link WorkStep.Verify}: replays the last steps of a stopped training and says whether they came out the same. */
final class VerifyStep {
    private final WorkSite site;
    private final WorkStep.Verify step;

    VerifyStep(WorkSite site, WorkStep.Verify step) {
        this.site = site;
        this.step = step;
    }

    /** Whether an earlier worker finished it. */
    boolean isComplete() {
        return Files.exists(report());
    }

    /** Replays; the reason why it stopped before the end, if it did. */
    Optional<String> run() {
        Path checkpoints = site.channel(WorkOrder.CHECKPOINTS_CHANNEL);
        Optional<Replay> replay = new TrainStep(site, step.train()).replay(step.orderDigest(), checkpoints);
        if (replay.isEmpty()) {
            return site.surroundings().stop().reason();
        }
        try {
            DurableFiles.write(report(), Json.pretty(replay.get()));
        } catch (IOException e) {
            throw WriteFailure.of("report of the replay", report(), e);
        }
        return Optional.empty();
    }

    private Path report() {
        return site.folder().output().resolve(WorkOrder.REPLAY_FILE);
    }
}
