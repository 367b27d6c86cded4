package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.LaunchTarget;
import java.io.IOException;
import java.nio.file.Path;

/** Bedrock with a job of some rows. */
public final class BedrockTarget {
    private BedrockTarget() {}

    /** The service, with its files in a folder. */
    public static LaunchTarget open(Path home) throws IOException {
        TuningPlace place = new TuningPlace(home, TuningPlace.SETTINGS);
        return new LaunchTarget(
                place.aws, place.clock, place::openBehind, place.job("ordeal"), "CreateModelCustomizationJob");
    }
}
