package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for runs at Azure Machine Learning, whose containers compute nothing, and at Azure OpenAI. */
@Tag("long")
class AzureRunsTest {
    private static final String CREATE = "Jobs_CreateOrUpdate";
    private static final Container LASTING =
            PlannedContainer.succeedingAfter(Duration.ofHours(1)).windingDownIn(Duration.ZERO);

    @TempDir
    private Path folder;

    private volatile Container container = LASTING;
    private CommandAzure cloud;

    @BeforeEach
    void openTheCloud() throws IOException {
        cloud = CommandAzure.swift(
                folder, store -> (request, at, ranBefore, log) -> container.start(request, at, ranBefore, log));
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void saysWhatItMayCostAndLaunchesNothingUntilSomebodyAgrees() throws IOException {
        String job = cloud.job(folder, 4801, "azure-ml").toString();

        CommandRun asked = cloud.command("launch", job);
        CommandRun dry = cloud.command("launch", job, "--dry-run");

        assertThat(asked.exitCode()).as(asked.err()).isEqualTo(2);
        assertThat(oneLine(asked.err()))
                .contains("launch azure-ml Standard_N", ", westeurope", "of a budget of 5 USD", "say --yes");
        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out()).contains("\"jobType\" : \"Command\"", "\"timeout\" : \"PT");
        assertThat(cloud.azure().calls().of(CREATE)).isEmpty();
        assertThat(cloud.command("ps").out()).contains("no runs yet");
    }

    @Test
    void launchesOnceIsFollowedAndStopped() throws IOException {
        String job = cloud.job(folder, 4802, "azure-ml").toString();
        String id = detached(job);

        CommandRun stranger = cloud.byAStranger("watch", id);
        assertThat(stranger.exitCode()).as(stranger.err()).isEqualTo(4);
        assertThat(stranger.err()).contains("FT0941");
        assertThat(cloud.await(id, "training")).doesNotContain("failed");
        CommandRun early = cloud.command("fetch", id);
        assertThat(early.exitCode()).as(early.err()).isEqualTo(3);
        assertThat(oneLine(early.err())).contains("FT0508", "it is training", "finetune watch " + id);
        assertThat(cloud.command("show", id).out()).containsPattern("machine +Standard_\\S+, westeurope");
        CommandRun again = cloud.command("launch", job, "--yes", "--detach");
        assertThat(again.out().strip()).as(again.err()).isEqualTo(id);

        CommandRun stopped = cloud.command("stop", id);

        assertThat(stopped.exitCode()).as(stopped.err()).isZero();
        assertThat(stopped.err()).contains("was stopped", "finetune resume " + id);
        assertThat(cloud.azure().calls().of(CREATE)).hasSize(1);
        assertThat(cloud.command("why", id).out())
                .contains(
                        "agreed to azure-ml Standard_", "told azure-ml to launch it", "told to stop", "ended: stopped");
    }

    @Test
    void aRunWhosePlaceIsNotThereCanBeRemoved() throws IOException {
        Path job = cloud.job(folder, 4807, "azure-openai");
        String there = cloud.azure().openAiEndpoint().toString();
        Files.writeString(job, Files.readString(job).replace(there, "https://my-openai.openai.azure.invalid"));

        CommandRun examined = cloud.command("doctor", "azure", job.toString());
        CommandRun launched = cloud.command("launch", job.toString(), "--yes");

        assertThat(examined.exitCode()).as(examined.err()).isEqualTo(3);
        assertThat(oneLine(examined.out()))
                .contains(
                        "FT0970: there is no resource at https://my-openai",
                        "files: az cognitiveservices account list --query '[].properties.endpoint'");
        assertThat(launched.exitCode()).as(launched.err()).isEqualTo(3);
        assertThat(launched.err()).contains("FT0970", "there is no resource at https://my-openai");
        String id = cloud.run();
        CommandRun refused = cloud.command("clean", id);
        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
        assertThat(oneLine(refused.err()))
                .contains("FT0508", "finetune stop " + id, "finetune clean " + id + " --force");
        CommandRun removed = cloud.command("clean", id, "--force");
        assertThat(removed.exitCode()).as(removed.err()).isZero();
        assertThat(oneLine(removed.err()))
                .contains(
                        "FT0537: azure-openai does not answer",
                        "FT0970: there is no resource at https://my-openai",
                        "finetune gc " + job + " --running");
        assertThat(cloud.command("ps").out()).contains("no runs yet");
    }

    @Test
    void anExaminationEndsAsALaunchWouldWhereTheCredentialsAreRefused() throws IOException {
        String job = cloud.job(folder, 4808, "azure-ml").toString();
        Map<String, String> environment = cloud.environment();
        environment.put("AZURE_CLIENT_SECRET", "not the secret");
        Path home = folder.resolve("refused");

        CommandRun examined = CommandRun.in(home, environment, "doctor", "azure", job);

        assertThat(examined.exitCode()).as(examined.out() + examined.err()).isEqualTo(4);
        assertThat(examined.out()).contains("credentials: export AZURE_CLIENT_SECRET=SECRET");
    }

    @Test
    void goesToTheNextMachineAndTellsWhyAndWhatIsLeftOfIt() throws IOException {
        container = PlannedContainer.failingAfter(Duration.ofMillis(300), 1, "there is no torch");
        String job = cloud.job(folder, 4803, "azure-ml").toString();
        String first = oneLine(cloud.command("launch", job, "--dry-run").err())
                .replaceFirst(".* launch azure-ml (Standard_\\w+),.*", "$1");
        cloud.azure().sellOut(first);

        CommandRun run = cloud.command("launch", job, "--yes");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(8);
        assertThat(oneLine(run.err())).contains("there is no torch");
        String id = cloud.run();
        assertThat(cloud.command("why", id).out())
                .contains("agreed to azure-ml " + first, "moved to azure-ml Standard_");
        assertThat(made()).hasSize(2);
        assertThat(cloud.command("logs", id).out())
                .contains("begins to compute")
                .doesNotContain("finetune4j-event");
        CommandRun kept = cloud.command("gc", job);
        assertThat(kept.out()).as(kept.err()).contains("orders/" + id, "--older-than: it is younger");
        CommandRun removed = cloud.command("gc", job, "--older-than", "0s", "--yes");
        assertThat(removed.out()).as(removed.err()).contains("removed ");
        assertThat(cloud.command("gc", job).out()).contains("nothing is kept there");
    }

    @Test
    void tunesAtAzureOpenAiToItsFiguresAndAReport() throws IOException {
        String job = cloud.job(folder, 4804, "azure-openai").toString();

        CommandRun run = cloud.command("launch", job, "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(oneLine(run.err()))
                .contains(
                        "launch azure-openai gpt-4.1-nano", "a million tokens", "twice ", "validation loss", "FT0989");
        String id = cloud.run();
        assertThat(cloud.command("ps").out()).contains("succeeded", "azure-open");
        assertThat(cloud.command("why", id).out()).contains("told azure-openai to launch it", "ended: succeeded");
        CommandRun report = cloud.command("report", id);
        assertThat(report.out()).as(report.err()).contains("It cost ", "Smoothed loss", "were not compared");
        CommandRun fetched = cloud.command("fetch", id);
        assertThat(fetched.exitCode()).as(fetched.err()).isZero();
        CommandRun again = cloud.command("launch", job, "--yes");
        assertThat(again.err()).contains("has ended already");
        assertThat(cloud.azure().calls().of("FineTuning_Create")).hasSize(1);
        CommandRun looked = cloud.command("doctor", "azure", job);
        assertThat(looked.out()).as(looked.err()).containsPattern("azure-openai model +ok +gpt-4.1-nano");
    }

    /** Two processes launch one job: both follow the one that is there. */
    @Test
    void saysThatItAttachesToWhatAnotherMachineHasLaunched() throws IOException {
        for (String place : List.of("azure-ml", "azure-openai")) {
            String job = cloud.job(folder, 4805, place).toString();
            String id = detached(job);

            CommandRun second =
                    cloud.elsewhere(folder.resolve("elsewhere-" + place), "launch", job, "--yes", "--detach");

            assertThat(second.out().strip()).as(second.err()).isEqualTo(id);
            assertThat(oneLine(second.err())).as(place).contains("FT0533", "launched from elsewhere");
            cloud.command("stop", id);
        }
        assertThat(made()).hasSize(1);
        assertThat(cloud.azure().calls().of("FineTuning_Create")).hasSize(1);
    }

    @Test
    void launchesWhatWasRefusedByTheSameCommandOnceItIsMended() throws IOException {
        for (String place : List.of("azure-ml", "azure-openai")) {
            String job = cloud.job(folder, 4806, place).toString();
            CommandRun refused = cloud.byAStranger("launch", job, "--yes", "--detach");
            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(4);
            String id = cloud.run();

            String launched = detached(job);

            assertThat(launched).isEqualTo(id);
            assertThat(cloud.command("why", id).out()).contains("begun anew, as no place had it");
            cloud.command("stop", id);
        }
    }

    private List<Call> made() {
        return cloud.azure().calls().of(CREATE).stream().filter(Call::hadEffect).toList();
    }

    /** Launches a job, and lets go of it; the run. */
    private String detached(String job) {
        CommandRun run = cloud.command("launch", job, "--yes", "--detach");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().strip();
    }
}
