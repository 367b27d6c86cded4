package dev.finetune4j.aws;

import dev.finetune4j.aws.bedrock.BedrockFaults;
import dev.finetune4j.aws.jumpstart.JumpStartFaults;
import dev.finetune4j.aws.sagemaker.SageMakerFaults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Amazon's places by their names. */
final class FaultTargets {
    private static final Map<String, Opening> TARGETS = targets();

    private FaultTargets() {}

    private interface Opening {
        FaultTarget open(Path home) throws IOException;
    }

    private static Map<String, Opening> targets() {
        Map<String, Opening> targets = new LinkedHashMap<>();
        targets.put("SageMaker", SageMakerFaults::new);
        targets.put("JumpStart", JumpStartFaults::new);
        targets.put("Bedrock", BedrockFaults::new);
        return targets;
    }

    static List<String> names() {
        return List.copyOf(TARGETS.keySet());
    }

    /** One of them, with its files in a folder; the caller closes it. */
    static FaultTarget open(String name, Path home) throws IOException {
        return Objects.requireNonNull(TARGETS.get(name), name).open(home);
    }
}
