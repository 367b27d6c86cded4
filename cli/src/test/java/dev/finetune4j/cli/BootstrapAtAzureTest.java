package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a resource group with nothing in it to a job that has ended, by commands: what bootstrap makes and writes down is all that a job needs. Its
 * worker tells and leaves what a worker does, and computes nothing.
 */
@Tag("long")
class BootstrapAtAzureTest {
    private static final Duration TICK = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final VirtualClock clock = new VirtualClock();

    @SuppressWarnings("NullAway.Init") // before each test
    private CommandAzure azure;

    @SuppressWarnings("NullAway.Init") // before each test
    private Path job;

    @BeforeEach
    void open() throws IOException {
        Path machines = Files.createDirectory(folder.resolve("machines"));
        azure = new CommandAzure(
                folder, clock, AzurePace.LIFELIKE, blobs -> new FakeWorkerCommand(blobs.store(), machines));
        job = Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), 7),
                "budget: {max-cost: 5 USD}\ntargets: [azure-ml]\n",
                StandardOpenOption.APPEND);
    }

    @AfterEach
    void close() {
        azure.close();
    }

    @Test
    void makesAllThatAJobNeeds() {
        CommandRun made = bootstrap();
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.err())
                .contains("create  finetune4j", "Microsoft.MachineLearningServices/workspaces", "profile.yaml says so");
        assertThat(made.out()).contains("workspace: finetune4j", "datastore: finetune4j");

        CommandRun examined = azure.command("doctor", "azure", job.toString());
        assertThat(examined.exitCode()).as(examined.out() + examined.err()).isZero();
        CommandRun launched = azure.command("launch", job.toString(), "--yes", "--detach");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        clock.advance(Duration.ofHours(1));
        CommandRun watched = azure.command("watch", azure.run());
        assertThat(watched.exitCode()).as(watched.err()).isZero();
        assertThat(azure.azure().calls().of("Jobs_CreateOrUpdate"))
                .singleElement()
                .satisfies(call -> assertThat(
                                call.request().at("/path/workspaceName").asText())
                        .isEqualTo("finetune4j"));

        CommandRun again = bootstrap();
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(azure.azure().calls().of("Deployments_CreateOrUpdate"))
                .as("nothing is to be changed")
                .hasSize(1);
    }

    private CommandRun bootstrap() {
        return clock.runningDuring(
                () -> azure.command(
                        "bootstrap",
                        "azure",
                        "--yes",
                        "--set",
                        "resource-group=my-group",
                        "--set",
                        "subscription=00000000-0000-0000-0000-000000000001"),
                TICK);
    }
}
