package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs at SageMaker from their launch to what people read of them; their worker tells and leaves what a worker does, and computes nothing. */
@Tag("long")
class RunAtSageMakerTest {
    private static final String REGION = "eu-central-1";

    private final VirtualClock clock = new VirtualClock();

    @TempDir
    private Path folder;

    @Test
    void areFollowedToTheirFiguresReportsAndComparison() throws IOException {
        Path machines = Files.createDirectory(folder.resolve("machines"));
        try (CommandCloud cloud = new CommandCloud(
                folder,
                REGION,
                clock,
                (account, store) -> OfflineAws.start(
                        account, clock, Pace.LIFELIKE, new FakeWorkerContainer(store, machines), store))) {
            String one = launch(cloud, 1);
            String other = launch(cloud, 2);

            assertThat(cloud.aws().calls("CreateTrainingJob")).hasSize(2);
            assertThat(cloud.command("show", one).out()).contains("succeeded", "sagemaker", "ml.", REGION);
            CommandRun fetched = cloud.command("fetch", one);
            assertThat(fetched.exitCode()).as(fetched.err()).isZero();
            assertThat(folder.resolve("home/runs/" + one + "/output/adapter/adapter_config.json"))
                    .isNotEmptyFile();
            CommandRun report = cloud.command("report", one);
            assertThat(report.out())
                    .as(report.err())
                    .contains(
                            "## Does it pay?",
                            "## Foreseen and actual",
                            "| Steps alone |",
                            "| Spend |",
                            "Smoothed loss",
                            "It cost ");
            assertThat(cloud.command("logs", one).out()).doesNotContain("finetune4j-event");
            CommandRun comparison = cloud.command("compare", one, other);
            assertThat(comparison.exitCode()).as(comparison.err()).isZero();
            assertThat(comparison.out()).contains(one, other, "training.seed", "macro-F1");
        }
    }

    /** Launched by one process, and watched to its end by another. */
    private String launch(CommandCloud cloud, long seed) throws IOException {
        CommandRun launched = cloud.command(
                "launch", CommandCloud.sageMakerJob(folder, REGION, seed).toString(), "--yes", "--detach");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        String run = cloud.run();
        clock.advance(Duration.ofHours(1));
        CommandRun watched = cloud.command("watch", run);
        assertThat(watched.exitCode()).as(watched.err()).isZero();
        assertThat(oneLine(watched.err())).contains("step ", "loss ");
        assertThat(watched.out()).contains("MACRO-F1", "base zero-shot", "tuned - base");
        return run;
    }
}
