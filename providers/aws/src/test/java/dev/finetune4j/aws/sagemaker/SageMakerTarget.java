package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.LaunchTarget;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** SageMaker with a job of an hour. */
public final class SageMakerTarget implements LaunchTarget {
    private final OfflinePlace place;
    private final Submission job;

    /** The service, with its files in a folder. */
    public SageMakerTarget(Path home) throws IOException {
        place = new OfflinePlace(home);
        job = place.job("ordeal", 1).timeLimit(Duration.ofHours(3)).build();
    }

    @Override
    public OfflineAws aws() {
        return place.aws;
    }

    @Override
    public VirtualClock clock() {
        return place.clock;
    }

    @Override
    public Provider openBehind(String endpoint) {
        return place.openBehind(endpoint);
    }

    @Override
    public Submission job() {
        return job;
    }

    @Override
    public String create() {
        return "CreateTrainingJob";
    }

    @Override
    public void close() {
        place.close();
    }
}
