package dev.finetune4j.aws.jumpstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A script of the hub that computes nothing: it takes its inputs from the store, prints what a trainer prints and leaves what a script leaves,
 * an hour of training for each epoch.
 */
record ScriptedScript(ObjectStore store, Path folder) implements Container {
    private static final int FIGURES = 10;

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        try {
            ObjectStore own = store.actingAs(
                    job.path("RoleArn").asText(),
                    job.path("TrainingJobArn").asText().split(":", -1)[3]);
            for (JsonNode channel : job.path("InputDataConfig")) {
                own.download(
                        channel.at("/DataSource/S3DataSource/S3Uri").asText(),
                        Files.createTempDirectory(folder, "channel"));
            }
            log.accept("INFO: loading the model");
            for (int i = 1; i <= FIGURES; i++) {
                log.accept("{'loss': " + 2.0 / i + ", 'learning_rate': 1e-04, 'epoch': " + i / 10.0 + "}");
            }
            log.accept("{'eval_loss': 0.3125, 'epoch': 1.0}");
            Path file = Files.writeString(Files.createTempFile(folder, "config", ""), "{}");
            own.upload(
                    file,
                    job.at("/OutputDataConfig/S3OutputPath").asText() + "/"
                            + job.path("TrainingJobName").asText() + "/output/model/config.json");
            Duration length =
                    Duration.ofHours(job.path("HyperParameters").path("epoch").asLong());
            return PlannedContainer.succeedingAfter(length).start(job, at, ranBefore, line -> {});
        } catch (IOException e) {
            return new PlannedContainer(
                            Duration.ZERO,
                            Container.Ending.NEVER_RAN,
                            String.valueOf(e.getMessage()),
                            false,
                            Duration.ZERO)
                    .start(job, at, ranBefore, log);
        }
    }
}
