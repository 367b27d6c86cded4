package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.LaunchTarget;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;

/** Bedrock with a job of some rows. */
public final class BedrockTarget implements LaunchTarget {
    private final TuningPlace place;
    private final Submission job;

    /** The service, with its files in a folder. */
    public BedrockTarget(Path home) throws IOException {
        place = new TuningPlace(home, TuningPlace.SETTINGS);
        job = place.job("ordeal");
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
        return "CreateModelCustomizationJob";
    }

    @Override
    public void close() {
        place.close();
    }
}
