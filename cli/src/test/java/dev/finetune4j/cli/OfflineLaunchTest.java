package dev.finetune4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.offlinecloud.TrainingAws;
import dev.finetune4j.offlinecloud.TrainingAzure;
import dev.finetune4j.run.RunOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launches in a team's own tests, as README shows them; ReadmeTest compares the text. */
@Tag("long")
class OfflineLaunchTest {
    /** Installed once for all modules. */
    private final Path azurite = Path.of("../target/azurite");

    @TempDir
    private Path folder;

    private Path jobFile = Path.of("");

    @BeforeEach
    void writeTheJob() throws IOException {
        jobFile = Files.writeString(TicketsJob.write(folder, 4801), """
                budget: {max-cost: 5 USD}
                targets: [bedrock]
                places:
                  bedrock:
                    role: "arn:aws:iam::123456789012:role/finetune4j-tuning"
                    store: "s3://my-bucket-us-east-1/jobs"
                    region: us-east-1
                    model: amazon.nova-micro-v1:0:128k
                    learningRate: 1e-5
                """, StandardOpenOption.APPEND);
    }

    @Test
    void tunesAtBedrockOnce() throws Exception {
        try (TrainingAws cloud = TrainingAws.start(folder);
                FineTuner tuner = FineTuner.builder()
                        .home(folder.resolve("home"))
                        .environment(cloud.variables())
                        .build()) {
            JobFile job = tuner.read(jobFile);
            RunHandle<RunOutcome> run = tuner.launch(tuner.plan(job, PlanRequest.atTargetsOf(job.job())));
            assertEquals(ExitCode.OK, run.await().exitCode());
            assertEquals(1, cloud.aws().calls("CreateModelCustomizationJob").size());
        }
    }

    @Test
    void tunesAtAzureOpenAiOnce() throws Exception {
        try (TrainingAzure cloud = TrainingAzure.start(folder, azurite);
                FineTuner tuner = FineTuner.builder()
                        .home(folder.resolve("home"))
                        .environment(cloud.variables())
                        .build()) {
            JobFile job = tuner.read(jobAt("azure-openai", cloud.places()));
            RunHandle<RunOutcome> run = tuner.launch(tuner.plan(job, PlanRequest.atTargetsOf(job.job())));
            assertEquals(ExitCode.OK, run.await().exitCode());
            assertEquals(1, cloud.azure().calls().of("FineTuning_Create").size());
        }
    }

    private Path jobAt(String place, Map<String, Map<String, String>> places) throws IOException {
        String settings = places.getOrDefault(place, Map.of()).entrySet().stream()
                .map(setting -> setting.getKey() + ": \"" + setting.getValue() + "\"")
                .collect(Collectors.joining(", "));
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), 4802),
                "budget: {max-cost: 5 USD}\ntargets: [" + place + "]\nplaces:\n  " + place + ": {" + settings + "}\n",
                StandardOpenOption.APPEND);
    }
}
