package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.LaunchTarget;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;

/** JumpStart with a job of an hour. */
public final class JumpStartTarget {
    private JumpStartTarget() {}

    /** The service, with its files in a folder. */
    public static LaunchTarget open(Path home) throws IOException {
        VirtualClock clock = new VirtualClock();
        OfflineHubPlace place =
                new OfflineHubPlace(home, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, home));
        Submission job = place.job("ordeal", 1).build();
        return new LaunchTarget(place.aws, clock, place::openBehind, job, "CreateTrainingJob");
    }
}
