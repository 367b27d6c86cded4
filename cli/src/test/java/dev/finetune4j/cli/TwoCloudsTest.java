package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One job file at both clouds, by commands of one home; its workers tell and leave what a worker does, and compute nothing. */
@Tag("long")
class TwoCloudsTest {
    private static final String REGION = "eu-central-1";

    @TempDir
    private Path folder;

    private final VirtualClock clock = new VirtualClock();

    @SuppressWarnings("NullAway.Init") // before each test
    private CommandCloud aws;

    @SuppressWarnings("NullAway.Init") // before each test
    private CommandAzure azure;

    @SuppressWarnings("NullAway.Init") // before each test
    private Path job;

    @BeforeEach
    void openBothClouds() throws IOException {
        Path machines = Files.createDirectory(folder.resolve("machines"));
        aws = new CommandCloud(
                folder,
                REGION,
                clock,
                (account, store) -> OfflineAws.start(
                        account, clock, Pace.LIFELIKE, new FakeWorkerContainer(store, machines), store));
        azure = new CommandAzure(
                folder, clock, AzurePace.LIFELIKE, blobs -> new FakeWorkerCommand(blobs.store(), machines));
        job = TicketsJob.write(Files.createTempDirectory(folder, "job"), 7);
        Files.writeString(
                job, Files.readString(job) + """
                        budget: {max-cost: 5 USD}
                        targets: [sagemaker, azure-ml]
                        places:
                          sagemaker: {role: "%s", store: "s3://my-bucket/jobs", region: %s}
                        """.formatted(CommandCloud.ROLE, REGION) + azure.machineLearning());
    }

    @AfterEach
    void closeBothClouds() {
        aws.close();
        azure.close();
    }

    /** Cost, time against what was foreseen of it, and quality. */
    @Test
    void laysARunOfOneBesideARunOfTheOther() throws IOException {
        String amazons = launched("sagemaker");
        String microsofts = launched("azure-ml");

        CommandRun compared = command("compare", amazons, microsofts);
        CommandRun toldToPrograms = command("compare", amazons, microsofts, "--output", "json");

        assertThat(compared.exitCode()).as(compared.err()).isZero();
        JsonNode told = Json.read(toldToPrograms.out(), JsonNode.class);
        assertThat(compared.out())
                .contains(amazons, microsofts, "macro-F1", "total time", "time at its place", "time foreseen")
                .contains("cost", "cost of the job", "cost foreseen")
                .containsPattern("targets +sagemaker +azure-ml");
        assertThat(told.path("sameRows").asBoolean()).isTrue();
        for (String figure : new String[] {
            "total time", "time at its place", "time foreseen", "cost", "cost of the job", "cost foreseen"
        }) {
            for (String run : new String[] {amazons, microsofts}) {
                assertThat(value(told, figure, run)).as(figure + " of " + run).isPositive();
            }
        }
        assertThat(value(told, "total time", microsofts)).isGreaterThan((double) FakeWorkerContainer.WORK.toSeconds());
        assertThat(told.at("/metrics/0/intervalByRun")).hasSize(2);
        assertThat(command("gc", job.toString()).out())
                .containsPattern("at sagemaker\\nWHAT +SIZE")
                .containsPattern("at azure-ml\\nWHAT +SIZE");
    }

    private static double value(JsonNode comparison, String figure, String run) {
        for (JsonNode one : comparison.path("figures")) {
            if (one.path("name").asText().equals(figure)) {
                return one.path("valueByRun").path(run).asDouble();
            }
        }
        throw new AssertionError("no " + figure + " in " + comparison);
    }

    /** Launched by one process, and watched to its end by another. */
    private String launched(String place) {
        CommandRun launched = command("launch", job.toString(), "--target", place, "--yes", "--detach");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        String run =
                command("ps").out().lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
        clock.advance(Duration.ofHours(1));
        CommandRun watched = command("watch", run);
        assertThat(watched.exitCode()).as(watched.err()).isZero();
        return run;
    }

    private CommandRun command(String... arguments) {
        Map<String, String> both = new HashMap<>(aws.environment());
        both.putAll(azure.environment());
        return CommandRun.at(clock, folder.resolve("home"), both, arguments);
    }
}
