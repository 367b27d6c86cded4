package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.azure.ml.PlayedTuning;
import dev.finetune4j.testkit.Beside;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for Azure ML's own fine-tuning jobs, which a job file asks for by one setting. */
@Tag("long")
class TuningAtAzureMlTest {
    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // by each test
    private CommandAzure cloud;

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    private void open(Duration epoch) throws IOException {
        cloud = CommandAzure.swift(folder, store -> new PlayedTuning(store, epoch));
    }

    @Test
    void saysThatItIsAPreviewAndTunesToAReference() throws IOException {
        open(Duration.ofMillis(50));
        String job = cloud.tuningJob(folder, 5101).toString();

        CommandRun checked = cloud.command("check", job);
        CommandRun dry = cloud.command("launch", job, "--dry-run");
        CommandRun run = cloud.command("launch", job, "--yes");

        assertThat(oneLine(checked.err() + checked.out())).contains("FT0935", "are a preview", "only a watcher does");
        assertThat(oneLine(dry.err()))
                .contains(
                        "FT0935",
                        "launch azure-ml Standard_N",
                        "by whoever watches; at most",
                        "for as long as it runs where nobody does",
                        "worst-case overshoot: none while somebody watches",
                        "FT0525: azure-ml only trains: base and tuned model are not compared, and no gate is judged",
                        "finetune launch " + job + " --target local");
        assertThat(dry.out()).contains("\"jobType\" : \"FineTuning\"", "\"taskType\" : \"TextClassification\"");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(oneLine(run.err()))
                .contains("FT0935", "FT0940", "were not compared", "az ml model download --name tickets-");
        String id = cloud.run();
        assertThat(cloud.command("ps").out()).contains("succeeded", "azure-ml");
        assertThat(cloud.command("why", id).out()).contains("told azure-ml to launch it", "ended: succeeded");
        assertThat(cloud.command("logs", id).out()).contains("rows for TextClassification");
        CommandRun report = cloud.command("report", id);
        assertThat(report.out()).as(report.err()).contains("It cost ", "FT0940");
        CommandRun fetched = cloud.command("fetch", id);
        assertThat(fetched.exitCode()).as(fetched.err()).isZero();
        assertThat(oneLine(cloud.command(
                                "export", id, "--to", folder.resolve("exported").toString())
                        .err()))
                .contains("FT0510", "azure-ml keeps them", "az ml model download --name tickets-")
                .doesNotContain("gives them to nobody");
        CommandRun resumed = cloud.command("resume", id);
        assertThat(resumed.exitCode()).as(resumed.out()).isNotZero();
        assertThat(cloud.command("launch", job, "--yes").err()).contains("has ended already");
        assertThat(cloud.azure().calls().of("Jobs_CreateOrUpdate")).hasSize(1);
        CommandRun removed = cloud.command("gc", job, "--older-than", "0s", "--yes");
        assertThat(removed.out()).as(removed.err()).contains("removed ");
    }

    @Test
    void readsItsRowsFromARegistryAndTellsNoSignature() throws IOException {
        open(Duration.ofMillis(50));
        String job = cloud.tuningJob(
                        folder, 5104, "data-registry: " + cloud.azure().registry())
                .toString();
        StringBuilder told = new StringBuilder();

        CommandRun doctor = cloud.command("doctor", "azure", job);
        CommandRun policy = cloud.command("policy", job, "--for", "caller");
        CommandRun dry = cloud.command("launch", job, "--dry-run");
        CommandRun run = cloud.command("launch", job, "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        String id = cloud.run();
        CommandRun logs = cloud.command("logs", id);
        CommandRun removed = cloud.command("gc", job, "--older-than", "0s", "--yes");
        CommandRun cleaned = cloud.command("clean", id);
        assertThat(oneLine(doctor.out())).contains("my-registry in my-group can be read");
        assertThat(policy.out()).contains("registries/assets/write");
        assertThat(dry.out())
                .contains("registries/assets/write", "\"uri\" : \"azureml://registries/my-registry/data/finetune4j-");
        assertThat(logs.out()).contains("rows for TextClassification");
        assertThat(cloud.azure().calls().of("RegistryDataVersions_CreateOrUpdate"))
                .isNotEmpty();
        assertThat(removed.out()).doesNotContain("registries/");
        for (CommandRun one : List.of(doctor, policy, dry, run, logs, removed, cleaned)) {
            told.append(one.out()).append(one.err());
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                told.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(told.indexOf("sig=")).as("a signed link").isNegative();

        String absent = cloud.tuningJob(folder, 5105, "data-registry: another").toString();
        CommandRun refused = cloud.command("launch", absent, "--yes");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(oneLine(refused.err()))
                .contains("FT0939", "there is no registry another in the resource group my-group");
    }

    @Test
    void isStoppedAndIsNoOtherJobsCommand() throws IOException {
        open(Duration.ofHours(1));
        String job = cloud.tuningJob(folder, 5102, "task: chat-completion").toString();
        CommandRun detached = cloud.command("launch", job, "--yes", "--detach");
        assertThat(detached.exitCode()).as(detached.err()).isEqualTo(2);
        assertThat(detached.err()).contains("FT0536", "leave --detach out");
        CompletableFuture<CommandRun> followed = Beside.supply(() -> cloud.command("launch", job, "--yes"));
        while (cloud.command("ps").out().lines().count() < 2) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        String id = cloud.run();
        assertThat(cloud.await(id, "training")).doesNotContain("failed");
        assertThat(cloud.command("show", id).out()).containsPattern("machine +Standard_\\S+, westeurope");

        CommandRun stopped = cloud.command("stop", id);

        assertThat(stopped.exitCode()).as(stopped.err()).isZero();
        assertThat(followed.join().exitCode()).isNotZero();
        CommandRun resumed = cloud.command("resume", id);
        assertThat(resumed.exitCode()).as(resumed.out()).isNotZero();
        assertThat(oneLine(resumed.err())).contains("FT0");
        assertThat(cloud.command("policy", job, "--for", "caller").out()).contains("workspaces/jobs/write");
    }

    @Test
    void refusesWhatAStableVersionDoesNotHave() throws IOException {
        open(Duration.ofHours(1));
        String job =
                cloud.tuningJob(folder, 5103, "api-version: \"2024-10-01\"").toString();

        CommandRun refused = cloud.command("launch", job, "--yes");

        assertThat(refused.exitCode()).as(refused.err()).isNotZero();
        assertThat(oneLine(refused.err())).contains("FT0932", "has no fine-tuning jobs");
        assertThat(cloud.azure().calls().of("Jobs_CreateOrUpdate")).isEmpty();
    }
}
