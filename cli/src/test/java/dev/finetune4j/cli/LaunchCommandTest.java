package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A launch says what it may cost, asks, and happens once. */
class LaunchCommandTest {
    @TempDir
    private Path folder;

    private Path job;

    @BeforeEach
    void writeJob() throws IOException {
        job = TicketsJob.write(folder, 4712);
    }

    @Test
    void launchesOnceWhereNothingIsBilledWithoutAsking() {
        CommandRun first = command("launch", job.toString());
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err())
                .contains("launch   local this machine\n")
                .contains("time ")
                .doesNotContain("limit");
        assertThat(first.out()).contains("tuned");

        CommandRun second = command("launch", job.toString(), "--detach");
        assertThat(second.exitCode()).isZero();
        assertThat(second.err()).contains("has ended already").doesNotContain("goes on");
        assertThat(second.out()).contains("tuned");
        assertThat(command("ps").out().lines().filter(line -> line.startsWith("tickets-")))
                .hasSize(1);

        assertThat(command("launch", job.toString(), "--again").exitCode()).isZero();
        assertThat(command("ps").out().lines().filter(line -> line.startsWith("tickets-")))
                .hasSize(2);
    }

    @Test
    void launchesASavedPlan() {
        Path plan = folder.resolve("plan.json");
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());

        CommandRun run = command("launch", plan.toString(), "--detach");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("tickets-");
        assertThat(command("watch", run.out().strip()).exitCode()).isZero();
    }

    @Test
    void whatIsOddAboutTheRowsIsToldWhereverTheyAreLaunched() throws IOException {
        String uncompared = TicketsJob.writeUncompared(Files.createDirectory(folder.resolve("uncompared")), 4713)
                .toString();

        CommandRun shown = command("launch", uncompared, "--dry-run");
        CommandRun launched = command("launch", uncompared);
        CommandRun run = command("run", uncompared);

        assertThat(List.of(shown, launched, run)).allSatisfy(told -> {
            assertThat(told.exitCode()).as(told.err()).isZero();
            assertThat(told.err()).containsOnlyOnce("warning FT0302: there are no test rows");
        });
    }

    @Test
    void aPlaceThatTheJobFileSaysNothingOfIsNotLaunchedAt() {
        CommandRun run = command("launch", job.toString(), "--target", "azure-ml", "--yes");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("FT0931", "Azure ML needs to be told its workspace", "my-workspace");
    }

    private CommandRun command(String... arguments) {
        return CommandRun.below(folder, arguments);
    }
}
