package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.testkit.Beside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for runs that go on by themselves at SageMaker and JumpStart, whose containers compute nothing. */
@Tag("long")
class CloudRunsTest {
    private static final String REGION = "eu-central-1";
    private static final Container LASTING =
            PlannedContainer.succeedingAfter(Duration.ofHours(1)).windingDownIn(Duration.ZERO);

    @TempDir
    private Path folder;

    private volatile Container container = LASTING;
    private Path job;
    private OfflineAws aws;
    private CommandCloud cloud;

    @BeforeEach
    void openTheCloud() throws IOException {
        cloud = CommandCloud.ofSageMaker(
                folder, REGION, store -> (request, at, ranBefore, log) -> container.start(request, at, ranBefore, log));
        aws = cloud.aws();
        job = CommandCloud.sageMakerJob(folder, REGION, 4731);
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void losesNoJobByAWatcherThatIsNotLetInAndStopsIt() {
        String id = detached();

        CommandRun stranger = cloud.byAStranger("watch", id);
        assertThat(stranger.exitCode()).as(stranger.err()).isEqualTo(4);
        assertThat(stranger.err()).contains("FT0841");
        assertThat(cloud.byAStranger("stop", id).exitCode()).isEqualTo(4);
        assertThat(cloud.await(id, "training")).doesNotContain("failed");
        CommandRun early = command("fetch", id);
        assertThat(early.exitCode()).as(early.err()).isEqualTo(3);
        assertThat(oneLine(early.err()))
                .contains("FT0508", "it is training", "finetune watch " + id)
                .doesNotContain("finetune stop");
        assertThat(command("why", id).out()).contains("launched").doesNotContain("ended: ");

        CommandRun stopped = command("stop", id);
        assertThat(stopped.exitCode()).as(stopped.err()).isZero();
        assertThat(stopped.err()).contains("was stopped", "finetune resume " + id);
        assertThat(aws.calls("StopTrainingJob")).hasSize(1);
        CommandRun again = command("launch", job.toString(), "--yes");
        assertThat(again.err()).contains("has ended already", "finetune launch " + job + " --again");
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    @Test
    void saysThatItAttachesToWhatAnotherMachineHasLaunched() {
        String id = detached();
        Path elsewhere = folder.resolve("elsewhere");

        CommandRun again = command("launch", job.toString(), "--yes", "--detach");
        assertThat(again.out().strip()).as(again.err()).isEqualTo(id);
        assertThat(again.err()).contains("run " + id + " goes on where it was left", "detached; the run goes on");
        CommandRun second = cloud.elsewhere(elsewhere, "launch", job.toString(), "--yes", "--detach");
        CommandRun why = cloud.elsewhere(elsewhere, "why", id);
        command("stop", id);
        CommandRun third = cloud.elsewhere(folder.resolve("third"), "launch", job.toString(), "--yes");

        assertThat(second.out().strip()).as(second.err()).isEqualTo(id);
        assertThat(oneLine(second.err()))
                .contains("FT0533", "launched from elsewhere: this is the second to follow it", "--again");
        assertThat(why.out()).contains("attached to the job that was there, launched from elsewhere");
        assertThat(oneLine(third.err())).contains("FT0533", "it is not launched again", "is stopped");
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    /** Only the process that is told to end brings the run to its place: nobody may believe that it goes on. */
    @Test
    void doesNotSayOfARunThatNoPlaceHasThatItGoesOn() throws Exception {
        aws.faults().throttle("CreateTrainingJob", 1000);
        Path log = folder.resolve("ended.log");
        ProcessBuilder program = new ProcessBuilder(
                        JavaProcess.command(List.of(), Main.class, List.of("launch", job.toString(), "--yes")))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        program.environment().putAll(cloud.environment());
        program.environment().put("FINETUNE_HOME", cloud.home().toString());
        Process process = program.start();
        while (process.isAlive() && aws.calls("CreateTrainingJob").isEmpty()) {
            Thread.sleep(20);
        }

        process.destroy();
        assertThat(process.waitFor()).isEqualTo(143);

        String id = cloud.run();
        assertThat(Files.readString(log))
                .contains("its place is not known to have the run yet", "finetune watch " + id)
                .doesNotContain("the run goes on");
        assertThat(command("show", id).out())
                .contains("(not known to be at its place)")
                .doesNotContain("(goes on)");
        assertThat(aws.calls("CreateTrainingJob")).noneMatch(Call::hadEffect);
    }

    @Test
    void launchesWhatWasRefusedByTheSameCommandOnceItIsMended() throws IOException {
        CommandRun refused = cloud.byAStranger("launch", job.toString(), "--yes", "--detach");
        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(4);
        String good = Files.readString(job);
        Files.writeString(job, good.replace("my-bucket", "no-such-bucket-of-anybody"));
        CommandRun noBucket = command("launch", job.toString(), "--yes", "--detach");
        assertThat(noBucket.exitCode()).as(noBucket.err()).isEqualTo(3);
        assertThat(noBucket.err()).contains("FT0861").doesNotContain("has ended already");
        String id = cloud.run();
        CommandRun resumed = command("resume", id);
        assertThat(oneLine(resumed.err()))
                .contains("FT0509", "finetune launch " + job)
                .doesNotContain("--again");
        assertThat(aws.calls("CreateTrainingJob")).isEmpty();

        Files.writeString(job, good);
        CommandRun mended = command("launch", job.toString(), "--yes", "--detach");

        assertThat(mended.exitCode()).as(mended.err()).isZero();
        assertThat(mended.out().strip()).isEqualTo(id);
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
        assertThat(command("why", id).out()).contains("begun anew, as no place had it");
    }

    @Test
    void needsNoMoreThanThePolicyThatItPrints() throws IOException {
        CommandRun policy = command("policy", job.toString(), "--for", "caller");
        assertThat(policy.exitCode()).as(policy.err()).isZero();
        aws.iam().restrictUser(policy.out());

        String id = detached();
        assertThat(command("show", id).exitCode()).isZero();
        assertThat(command("stop", id).exitCode()).isZero();
        CommandRun cleaned = command("clean", id);

        assertThat(cleaned.exitCode()).as(cleaned.err()).isZero();
        assertThat(aws.iam().denied()).isEmpty();
        assertThat(aws.s3().files()).as("inputs, which other jobs may have too").isPositive();
    }

    @Test
    void launchesASavedPlanWhenAPersonTypesYes() throws IOException {
        Path plan = job.resolveSibling("plan.json");
        CommandRun planned = command("plan", job.toString(), "--target", "sagemaker", "--save", plan.toString());
        assertThat(planned.exitCode()).as(planned.err()).isZero();

        CommandRun no = cloud.typing("n\n", "launch", plan.toString(), "--detach");
        assertThat(no.exitCode()).as(no.err()).isZero();
        assertThat(no.err()).contains("launch at these terms? [y/N]", "nothing was launched");
        assertThat(aws.calls("PutObject")).isEmpty();
        assertThat(aws.calls("CreateTrainingJob")).isEmpty();

        CommandRun program = cloud.typing("n\n", "launch", plan.toString(), "--detach", "-o", "json");
        assertThat(program.exitCode()).as(program.err()).isZero();
        assertThat(program.out()).isEmpty();
        assertThat(program.err().lines())
                .as("but for the question to the person")
                .filteredOn(line -> !line.endsWith("? [y/N]"))
                .allSatisfy(line -> assertThat(line).startsWith("{\"kind\":\""))
                .last()
                .asString()
                .startsWith("{\"kind\":\"declined\",")
                .endsWith(",\"message\":\"nothing was launched\"}");

        CommandRun yes = cloud.typing("Yes\n", "launch", plan.toString(), "--detach");
        assertThat(yes.exitCode()).as(yes.err()).isZero();
        assertThat(yes.out().strip()).isEqualTo(cloud.run());
        assertThat(aws.calls("CreateTrainingJob")).hasSize(1);
    }

    @Test
    void followsTheLinesOfARunThatNobodyWatchesToItsEnd() throws Exception {
        CompletableFuture<Consumer<String>> printer = new CompletableFuture<>();
        container = (request, at, ranBefore, log) -> {
            printer.complete(log);
            return PlannedContainer.failingAfter(Duration.ofSeconds(10), 1, "that is all")
                    .start(request, at, ranBefore, log);
        };
        String id = detached();

        CompletableFuture<CommandRun> logs = Beside.supply(() -> command("logs", id, "-f"));
        while (aws.calls("GetLogEvents").isEmpty()) {
            Thread.sleep(20);
        }
        printer.get(30, TimeUnit.SECONDS).accept("half way");

        assertThat(logs.get(60, TimeUnit.SECONDS).out()).contains("begins to compute", "half way");
        CommandRun watched = command("watch", id);
        assertThat(watched.exitCode()).as(watched.err()).isEqualTo(8);
        for (String command : new String[] {"eval", "host"}) {
            CommandRun asked = command(command, id);
            assertThat(asked.exitCode()).as(asked.err()).isEqualTo(3);
            assertThat(oneLine(asked.err()))
                    .contains("FT0515", id + " has no tuned model", "FT0853", "finetune resume " + id)
                    .doesNotContain("finetune run");
        }
    }

    @Test
    void watchesAndStopsAJobOfAHub() throws IOException {
        cloud.fillHub(REGION);
        Files.writeString(
                job,
                Files.readString(job)
                        .replaceFirst(
                                "(?s)targets: .*", "targets: [jumpstart]\nplaces:\n" + CommandCloud.jumpStart(REGION)));
        String id = detached();
        assertThat(cloud.byAStranger("watch", id).exitCode()).isEqualTo(4);
        cloud.await(id, "training");

        CommandRun stopped = command("stop", id);

        assertThat(stopped.exitCode()).as(stopped.err()).isZero();
        assertThat(aws.calls("StopTrainingJob")).hasSize(1);
        CommandRun watched = command("watch", id);
        assertThat(watched.exitCode()).as(watched.err()).isNotZero();
        assertThat(watched.err()).contains("was stopped: stopped by finetune stop");
        assertThat(command("why", id).out())
                .contains(
                        "agreed to jumpstart ml.g5.xlarge",
                        "told jumpstart to launch it",
                        "told to stop",
                        "ended: stopped");
        CommandRun eval = command("eval", id);
        assertThat(oneLine(eval.err())).contains("FT0515", "finetune launch " + job + " --again");
    }

    /** Launches the job, and lets go of it; the run. */
    private String detached() {
        CommandRun run = command("launch", job.toString(), "--yes", "--detach");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().strip();
    }

    private CommandRun command(String... arguments) {
        return cloud.command(arguments);
    }
}
