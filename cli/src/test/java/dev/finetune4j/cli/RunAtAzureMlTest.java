package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.testkit.Beside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run at Azure Machine Learning that is really trained, beside one of the same job on this machine. */
@Tag("long")
class RunAtAzureMlTest {
    private static final String PROMPT = "please refund my";
    private static final int STEPS_BEFORE_THE_STOP = 12;
    private static final long PATIENCE_SECONDS = 120;

    /** One for each step that a container tells of. */
    private final Semaphore steps = new Semaphore(0);

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private CommandAzure azure;

    @SuppressWarnings("NullAway.Init") // before each test
    private String job;

    @BeforeEach
    void open() throws IOException {
        azure = CommandAzure.swift(folder, this::containers);
        Path file = azure.job(folder, 5201, "azure-ml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("epochs: 4", "epochs: 20")
                        .replace("split: {test: 0.25}", "split: {test: 0.25, validation: 0.1}")
                        .replace(
                                "evaluation: {few-shot: 0}",
                                "evaluation: {few-shot: 0, gate: {metric: macro-f1, better-than-base: false, at-least: 0.01}}"));
        job = file.toString();
    }

    private CoreWorkerCommand containers(Azurite blobs) {
        return new CoreWorkerCommand(folder.resolve("machines"), blobs, line -> {
            if (line.startsWith(ContainerOrder.EVENT_MARK)
                    && Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class)
                            instanceof StepCompleted) {
                steps.release();
            }
        });
    }

    @AfterEach
    void close() {
        azure.close();
    }

    @Test
    void goesOnAfterAStopAndIsReadAndAskedAsARunOfThisMachineIs() throws Exception {
        String here = succeeded("launch", job, "--target", "local", "--yes", "--detach")
                .out()
                .strip();
        succeeded("watch", here);

        String there = succeeded("launch", job, "--yes", "--detach").out().strip();
        awaitSteps();
        CommandRun stopped = succeeded("stop", there);
        assertThat(stopped.err())
                .contains("was stopped", "finetune resume " + there, "so far: step ")
                .doesNotContain(" parameters, ");
        steps.drainPermits();
        CompletableFuture<CommandRun> resumed = Beside.supply(() -> azure.command("resume", there));
        awaitSteps();
        CommandRun followed = succeeded("logs", there, "-f");
        CommandRun ended = resumed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err().lines().filter(line -> line.contains(" parameters, ")))
                .as("trainings that begin from now on")
                .hasSize(1);
        assertThat(ended.err()).containsOnlyOnce("so far: step ").contains("resumed after step ");
        assertThat(followed.out()).contains("Runtime Environment").doesNotContain(ContainerOrder.EVENT_MARK.strip());
        assertThat(azure.azure().calls().of("Jobs_CreateOrUpdate"))
                .as("the launch, and the resume")
                .hasSize(2);
        assertThat(steps(there))
                .as("seed and trainer are the same, and the second launch went on where the first one was")
                .usingRecursiveFieldByFieldElementComparatorOnFields("step", "loss", "learningRate", "gradientNorm")
                .isEqualTo(steps(here));

        assertThat(succeeded("fetch", there).out()).contains("runs/" + there + "/output");
        assertThat(adapter("runs/" + there)).hasSameBinaryContentAs(adapter("jobs/" + here));
        String ourReport = succeeded("report", here).out();
        String theirReport = succeeded("report", there).out();
        for (String section : List.of("Does it pay?", "Label by label", "Rows that tuning changed", "Training")) {
            assertThat(section(theirReport, section)).isEqualTo(section(ourReport, section));
        }
        assertThat(theirReport).contains("It cost ");
        assertThat(succeeded("eval", there).out()).contains("MACRO-F1", "tuned - base");
        String answer = succeeded("generate", there, "--prompt", PROMPT, "--max-new-tokens", "3")
                .out();
        assertThat(answer).isNotBlank();
        CommandRun said = azure.saying(PROMPT + "\n/quit\n", "chat", there, "--max-new-tokens", "3");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(oneLine(answer)).contains(said.out().strip());
    }

    private Path adapter(String run) {
        return azure.home().resolve(run).resolve("output/adapter/adapter_model.safetensors");
    }

    private void awaitSteps() throws InterruptedException {
        assertThat(steps.tryAcquire(STEPS_BEFORE_THE_STOP, PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("it trains")
                .isTrue();
    }

    private CommandRun succeeded(String... arguments) {
        CommandRun run = azure.command(arguments);
        assertThat(run.exitCode())
                .as(String.join(" ", arguments) + "\n" + run.err())
                .isZero();
        return run;
    }

    /** Those that the run's own record has, each as often as it was told. */
    private List<StepCompleted> steps(String run) throws IOException {
        try (Stream<String> lines =
                Files.lines(azure.home().resolve("runs").resolve(run).resolve("events.jsonl"))) {
            return lines.map(line -> Json.read(line, RunEvent.class))
                    .filter(StepCompleted.class::isInstance)
                    .map(StepCompleted.class::cast)
                    .toList();
        }
    }

    /** A section of a report without what another machine does at another pace. */
    private static String section(String report, String heading) {
        Matcher section = Pattern.compile("(?ms)^## " + Pattern.quote(heading) + "\n(.*?)(?=^## |\\z)")
                .matcher(report);
        assertThat(section.find()).as(heading + " in\n" + report).isTrue();
        return section.group(1).replaceAll("(?m)^\\| (Tokens per second|Peak memory) .*\n", "");
    }
}
