package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for a job at JumpStart, against an offline one whose scripts really train. */
@Tag("long")
class LaunchAtJumpStartTest {
    private static final String REGION = "eu-central-1";
    private static final String TINY = "huggingface-llm-offline-tiny";
    private static final String LLAMA = "meta-textgeneration-llama-3-2-1b-instruct";

    @TempDir
    private Path folder;

    private Path job;
    private OfflineAws aws;
    private CommandCloud cloud;

    @BeforeEach
    void openTheCloud() throws IOException {
        cloud = CommandCloud.ofHub(
                folder, REGION, (machines, store) -> PlannedContainer.succeedingAfter(Duration.ZERO));
        aws = cloud.aws();
        job = TicketsJob.write(Files.createTempDirectory(folder, "job"), 4715);
        replace("epochs: 4", "epochs: 1");
        replace("few-shot: 0", "few-shot: 0, gate: {metric: macro-f1, better-than-base: false, at-least: 0.01}");
        Files.writeString(job, """
                budget: {max-cost: 5 USD}
                targets: [jumpstart]
                places:
                """ + CommandCloud.jumpStart(REGION), StandardOpenOption.APPEND);
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void tunesOnceFetchesTheModelAndComparesItHere() {
        CommandRun dry = command("launch", job.toString(), "--dry-run");
        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out())
                .contains("sagemaker:CreateTrainingJob", "sagemaker-sdk:jumpstart-model-id", "\"chat_dataset\"");
        assertNothingWasLaunched();

        CommandRun run = command("launch", job.toString(), "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(oneLine(run.err()))
                .contains("jumpstart ml.g5.xlarge", "loss ")
                .doesNotContain("FT0525", "FT0709", aws.secretAccessKey(), "/-1", "NaN");
        String id = cloud.run();
        assertThat(command("ps").out()).contains(id, "succeeded", "jumpstart");
        assertThat(command("show", id).out())
                .contains("succeeded", "jumpstart", "ml.g5.xlarge", "model-reference.json");
        assertThat(run.out()).contains("MACRO-F1", "tuned - base");
        assertThat(command("report", id).out())
                .contains("## Does it pay?", "## Foreseen and actual", "| Spend |", "Smoothed loss", "It cost ");
        assertThat(command("eval", id).out()).contains("MACRO-F1");
        assertThat(command("generate", id, "--prompt", "please refund my").exitCode())
                .isZero();
        assertThat(folder.resolve("home/runs/" + id + "/output/model/config.json"))
                .isNotEmptyFile();

        CommandRun twice = command("launch", job.toString(), "--yes");
        assertThat(twice.exitCode()).as(twice.err()).isZero();
        assertThat(twice.err()).contains("has ended already");
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    @Test
    void launchesByTheJavaThatReadmeShows() throws Exception {
        ProcessBuilder program = new ProcessBuilder(JavaProcess.command(List.of(), LaunchSnippet.class, List.of()))
                .directory(job.resolveSibling("").toFile())
                .redirectErrorStream(true);
        program.environment().putAll(cloud.environment());
        program.environment().put("FINETUNE_HOME", folder.resolve("home").toString());

        Process process = program.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed)
                .contains("at most ", " USD", "event StateChanged[", "event StepCompleted[", "ends with OK")
                .doesNotContain(aws.secretAccessKey());
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    @Test
    void takesUpARunThoughTheHubAnswersNoMore() throws Exception {
        aws.sageMaker().sellOut("ml.g5.xlarge");
        try (FineTuner tuner = FineTuner.builder()
                .home(folder.resolve("home"))
                .environment(cloud.environment())
                .build()) {
            JobFile file = tuner.read(job);
            Plan plan = tuner.plan(file, PlanRequest.atTargetsOf(file.job()));
            RunHandle<RunOutcome> first = tuner.launch(plan);
            first.awaitLaunch();
            aws.faults().denyAccess("DescribeHubContent", 1000);

            RunHandle<RunOutcome> second = tuner.launch(plan);

            assertThat(second.id()).isEqualTo(first.id());
            assertThat(second.begin()).isNotEqualTo(RunHandle.Begin.LAUNCHED);
        }
    }

    @Test
    void launchesAPlanThatWasSavedAndNoneThatIsOfSomebodyElse() throws Exception {
        aws.sageMaker().sellOut("ml.g5.xlarge");
        Path file = job.resolveSibling("saved.json");
        try (FineTuner tuner = FineTuner.builder()
                        .home(folder.resolve("home"))
                        .environment(cloud.environment())
                        .build();
                FineTuner other = FineTuner.builder()
                        .home(folder.resolve("home"))
                        .environment(cloud.environment())
                        .build()) {
            JobFile read = tuner.read(job);
            Plan plan = tuner.plan(read, PlanRequest.atTargetsOf(read.job()));
            SavedPlan.write(job, plan, file);
            SavedPlan saved = SavedPlan.read(file).orElseThrow();
            assertThatThrownBy(() -> other.launch(plan)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> other.launch(saved.plan())).isInstanceOf(IllegalArgumentException.class);

            RunHandle<RunOutcome> run = other.launch(other.plan(saved, other.read(saved.jobFile(file))));
            run.awaitLaunch();

            assertThat(run.begin()).isEqualTo(RunHandle.Begin.LAUNCHED);
        }
    }

    @Test
    void launchesTheRowsOfNowThoughThePlanIsOfOthers() throws Exception {
        aws.sageMaker().sellOut("ml.g5.xlarge");
        try (FineTuner tuner = FineTuner.builder()
                .home(folder.resolve("home"))
                .environment(cloud.environment())
                .build()) {
            JobFile file = tuner.read(job);
            Plan plan = tuner.plan(file, PlanRequest.atTargetsOf(file.job()));
            RunHandle<RunOutcome> first = tuner.launch(plan);
            first.awaitLaunch();
            Path rows = job.resolveSibling("tickets.jsonl");
            List<String> less = Files.readAllLines(rows);
            Files.write(rows, less.subList(0, less.size() - 1));

            RunHandle<RunOutcome> second = tuner.launch(plan);
            second.awaitLaunch();

            assertThat(second.id()).isNotEqualTo(first.id());
            assertThat(second.begin()).isEqualTo(RunHandle.Begin.LAUNCHED);
        }
    }

    @Test
    void asksForTheLicenceAndForAModelOfTheHubBeforeAnyWritingCall() throws IOException {
        replace("model: " + TINY, "model: " + LLAMA);
        replace("ml.g5.xlarge", "ml.g5.2xlarge");
        replace("    logging-steps: 1\n", "");
        replace("    gradient-accumulation-steps: 1\n", "");
        CommandRun gated = command("launch", job.toString(), "--yes");
        replace("model: " + LLAMA, "model: huggingface-llm-offline-tini");
        CommandRun unknown = command("launch", job.toString(), "--yes");

        assertThat(gated.exitCode()).as(gated.err()).isEqualTo(3);
        assertThat(oneLine(gated.err())).contains("FT0915", "llama3_2Eula.txt", "places.jumpstart.accept-eula: true");
        assertThat(unknown.exitCode()).as(unknown.err()).isEqualTo(3);
        assertThat(oneLine(unknown.err())).contains("FT0913", "places.jumpstart.model: " + TINY);
        assertNothingWasLaunched();
    }

    @Test
    void saysBeforeItAsksThatTheModelIsNotTunedOnTheMachineOfThePlan() throws IOException {
        replace("    machine: ml.g5.xlarge\n", "");

        CommandRun run = cloud.typing("y\n", "launch", job.toString(), "--gpu", "T4");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(oneLine(run.err()))
                .contains("FT0916", "is not tuned on ml.g4dn", "places.jumpstart.machine: ml.g5")
                .doesNotContain("launch at these terms");
        assertNothingWasLaunched();
    }

    private void assertNothingWasLaunched() {
        assertThat(aws.calls("CreateTrainingJob")).isEmpty();
        assertThat(aws.calls("PutObject")).isEmpty();
    }

    private void replace(String text, String by) throws IOException {
        Files.writeString(job, Files.readString(job).replace(text, by));
    }

    private CommandRun command(String... arguments) {
        return cloud.command(arguments);
    }
}
