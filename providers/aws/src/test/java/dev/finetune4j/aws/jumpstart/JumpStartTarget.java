package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.LaunchTarget;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;

/** JumpStart with a job of an hour. */
public final class JumpStartTarget implements LaunchTarget {
    private final VirtualClock clock = new VirtualClock();
    private final OfflineHubPlace place;
    private final Submission job;

    /** The service, with its files in a folder. */
    public JumpStartTarget(Path home) throws IOException {
        place = new OfflineHubPlace(home, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, home));
        job = place.job("ordeal", 1).build();
    }

    @Override
    public OfflineAws aws() {
        return place.aws;
    }

    @Override
    public VirtualClock clock() {
        return clock;
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
