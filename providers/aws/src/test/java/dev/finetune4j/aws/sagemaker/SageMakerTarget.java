package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.LaunchTarget;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** SageMaker with a job of an hour. */
public final class SageMakerTarget {
    private SageMakerTarget() {}

    /** The service, with its files in a folder. */
    public static LaunchTarget open(Path home) throws IOException {
        OfflinePlace place = new OfflinePlace(home);
        Submission job = place.job("ordeal", 1).timeLimit(Duration.ofHours(3)).build();
        return new LaunchTarget(place.aws, place.clock, place::openBehind, job, "CreateTrainingJob");
    }
}
