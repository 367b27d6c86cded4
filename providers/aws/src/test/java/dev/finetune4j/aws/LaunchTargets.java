package dev.finetune4j.aws;

import dev.finetune4j.aws.bedrock.BedrockTarget;
import dev.finetune4j.aws.jumpstart.JumpStartTarget;
import dev.finetune4j.aws.sagemaker.SageMakerTarget;
import java.io.IOException;
import java.nio.file.Path;

/** Amazon's places by their names. */
final class LaunchTargets {
    private LaunchTargets() {}

    /** One of them, with its files in a folder; the caller closes it. */
    static LaunchTarget open(String name, Path home) throws IOException {
        return switch (name) {
            case "SageMaker" -> SageMakerTarget.open(home);
            case "JumpStart" -> JumpStartTarget.open(home);
            case "Bedrock" -> BedrockTarget.open(home);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
