package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SmallJob;
import dev.finetune4j.worker.SmallWorkerMain;
import dev.finetune4j.worker.folder.WorkerLock;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Workers as processes of their own, on the real core and a tiny model: they are stopped, killed and started again. */
@Tag("long")
class LocalProviderTest {
    @TempDir
    private Path folder;

    private SmallJob job;
    private LocalPlace place;

    @BeforeEach
    void writeModelAndRows() throws Exception {
        job = new SmallJob(folder);
        place = new LocalPlace(folder.resolve("home"));
    }

    @AfterEach
    void leaveNoProcess() {
        place.killAll();
    }

    @Test
    void trainsAndAnswersInAProcessOfItsOwn() throws Exception {
        RunId id = submit("whole", 2);

        JobSnapshot ended = place.awaitEnd(id);

        assertThat(ended.state()).as(place.log(id)).isEqualTo(RunState.SUCCEEDED);
        Path output = place.provider.fetch(id, folder.resolve("into"));
        assertThat(output.resolve("adapter")).isDirectoryContaining("glob:**adapter_config.json");
        for (Variant variant : List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED)) {
            assertThat(Files.readAllLines(output.resolve("predictions").resolve(variant.fileName())))
                    .hasSize(12)
                    .allSatisfy(
                            line -> assertThat(Json.read(line, Prediction.class).scoreByLabel())
                                    .hasSize(2));
        }
        assertThat(likelihood(output, Variant.TUNED)).isLessThan(likelihood(output, Variant.BASE_ZERO_SHOT));
        assertThat(place.folder(id).checkpoints()).doesNotExist();
        assertThat(place.log(id)).doesNotContain("hf_planted");
    }

    @Test
    void aJobThatHasEndedWritesNothingMoreIntoItsFolder() throws Exception {
        Path java = folder.resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                %s/bin/java "$@"
                status=$?
                sleep 1
                exit $status
                """.formatted(System.getProperty("java.home")));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Submission submission = job.submission(
                "lingers", "d1", SmallJob.steps(SmallJob.training(1).build()));
        RunId id = submission.id();
        place.openWithJava(java).submit(submission);

        place.awaitEnd(id);

        assertThat(Launch.latest(place.folder(id)).map(Launch::pid).flatMap(ProcessHandle::of))
                .isEmpty();
        assertThat(place.folder(id).exitStatus()).hasContent("0");
    }

    @Test
    void seesItsWorkerAliveOnALongAndRelativeClassPath() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        String entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> here.relativize(Path.of(entry).toAbsolutePath()).toString())
                .collect(Collectors.joining(File.pathSeparator));
        String padding = (File.pathSeparator + "no-such-folder-of-classes").repeat(400);
        Submission small = job.submission(
                "long-class-path", "d1", SmallJob.steps(SmallJob.training(1).build()));

        JobSnapshot submitted = place.openOn(entries + padding).submit(small);

        assertThat(submitted.state().isTerminal()).isFalse();
        assertThat(place.awaitEnd(small.id()).state()).as(place.log(small.id())).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void killedInTheMiddleItGoesOnToTheSameBits() throws Exception {
        RunId whole = submit("undisturbed", 3);
        RunId killed = submit("killed", 3);
        place.awaitSteps(killed, 8);
        kill(killed);
        JobSnapshot dead = place.awaitEnd(killed);

        place.provider.resume(killed);

        assertThat(dead.state()).isEqualTo(RunState.FAILED);
        assertThat(dead.failure().orElseThrow().code()).isEqualTo("FT0662");
        assertThat(dead.failure().orElseThrow().summary()).isEqualTo("the worker of killed was killed by signal 9");
        assertThat(place.awaitEnd(killed).state()).as(place.log(killed)).isEqualTo(RunState.SUCCEEDED);
        assertThat(place.events(killed)).anyMatch(line -> line.contains("\"kind\":\"resumed\""));
        assertThat(place.awaitEnd(whole).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(place.adapterSha(killed)).isEqualTo(place.adapterSha(whole));
    }

    /** Killed with the process that launched it, where nobody asks how it ended. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aShellThatIsAZombieIsDead() throws Exception {
        RunId id = submit("zombie", 200);
        place.awaitSteps(id, 1);
        kill(id);
        awaitExit(id);
        Files.delete(place.folder(id).exitStatus());
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 600").start();
        try {
            long zombie =
                    Long.parseLong(parent.inputReader(StandardCharsets.US_ASCII).readLine());
            Path stat = Path.of("/proc", Long.toString(zombie), "stat");
            place.await(id, snapshot -> isZombie(stat));
            Launch.claim(place.folder(id), place.context.clock().instant())
                    .orElseThrow()
                    .started(place.folder(id), zombie);

            assertThat(ProcessHandle.of(zombie)).isPresent();
            assertThat(place.provider.find(id).orElseThrow().state()).isEqualTo(RunState.FAILED);
        } finally {
            parent.destroyForcibly();
            Files.deleteIfExists(place.folder(id).launch(2));
        }
    }

    private static boolean isZombie(Path stat) {
        try {
            return Files.readString(stat).contains(") Z ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTerminationSignalSavesACheckpointAndEndsAsStopped() throws Exception {
        RunId id = submit("terminated", 200);
        place.awaitSteps(id, 7);

        ProcessHandle.of(WorkerLock.holder(place.folder(id)).orElseThrow())
                .orElseThrow()
                .destroy();

        JobSnapshot ended = place.awaitEnd(id);
        assertThat(ended.state()).as(place.log(id)).isEqualTo(RunState.STOPPED);
        assertThat(place.events(id).get(place.events(id).size() - 1)).contains("the process was told to end");
        long steps = place.events(id).stream()
                .filter(line -> line.contains("\"kind\":\"step\""))
                .count();
        assertThat(place.folder(id).checkpoints().resolve(String.format(Locale.ROOT, "checkpoint-%06d", steps)))
                .isDirectory();
        assertThat(exitStatus(id)).isEqualTo("130");
    }

    @Test
    void aStoppedJobGoesOnWithItsEvents() throws Exception {
        RunId id = submit("stopped", 40);
        place.awaitSteps(id, 3);
        place.provider.stop(id);
        assertThat(place.awaitEnd(id).state()).isEqualTo(RunState.STOPPED);
        EventPage before = place.provider.events(id, EventPage.START);

        place.provider.resume(id);
        place.awaitSteps(id, before.events().size());
        place.provider.stop(id);
        place.awaitEnd(id);

        List<Integer> steps = place.provider.events(id, EventPage.START).events().stream()
                .filter(RunEvent.StepCompleted.class::isInstance)
                .map(event -> ((RunEvent.StepCompleted) event).step())
                .toList();
        assertThat(steps).isSorted().doesNotHaveDuplicates();
        assertThat(place.provider.events(id, before.next()).events()).isNotEmpty();
    }

    @Test
    void aWorkerThatDoesNotWindDownIsKilledByWhoeverLooksAfterTheGrace() throws Exception {
        RunId id = submit("stuck", 200);
        place.awaitSteps(id, 2);
        long worker = WorkerLock.holder(place.folder(id)).orElseThrow();
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(worker))
                        .start()
                        .waitFor())
                .isZero();
        place.provider.stop(id);
        assertThat(place.provider.find(id).orElseThrow().state()).isEqualTo(RunState.STOPPING);
        LocalProvider later = place.open(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3)));

        later.find(id);

        assertThat(place.awaitEnd(id).state()).isEqualTo(RunState.STOPPED);
        assertThat(exitStatus(id)).isEqualTo("137");
    }

    @Test
    void aSecondWorkerInTheSameFolderIsRefusedAndTouchesNothing() throws Exception {
        RunId id = submit("single", 200);
        place.awaitSteps(id, 2);

        Process second = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallWorkerMain.class.getName(),
                        place.folder(id).root().toString())
                .redirectErrorStream(true)
                .start();

        String said = new String(second.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(second.waitFor()).isEqualTo(3);
        assertThat(said).contains("FT0654: a worker already works in ");
        assertThat(place.provider.find(id).orElseThrow().state()).isEqualTo(RunState.TRAINING);
        place.provider.stop(id);
        assertThat(place.awaitEnd(id).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void aJobThatFailsSaysWhyAndEndsWithItsExitCode() throws Exception {
        Files.writeString(job.data().resolve("train.jsonl"), "{\"kind\":\"conversation\"\n");

        RunId id = submit("bad-row", 1);

        JobSnapshot ended = place.awaitEnd(id);
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isEqualTo("FT0631");
        assertThat(ended.failure().orElseThrow().place().orElseThrow().toString())
                .endsWith("train.jsonl:1");
        assertThat(place.events(id)).noneMatch(line -> line.contains("\tat "));
        awaitExit(id);
        assertThat(exitStatus(id)).isEqualTo("3");
    }

    @Test
    void endsAtItsTimeLimitAlsoOverRestarts() throws Exception {
        Submission endless = job.submission(
                "limited", "d1", SmallJob.steps(SmallJob.training(1000).build()));
        Submission limited = new Submission(
                endless.id(),
                endless.model(),
                endless.order(),
                endless.channels(),
                endless.labels(),
                Duration.ofSeconds(1),
                null,
                null);
        place.provider.submit(limited);
        JobSnapshot first = place.awaitEnd(limited.id());

        place.provider.resume(limited.id());

        JobSnapshot second = place.awaitEnd(limited.id());
        assertThat(first.state()).isEqualTo(RunState.STOPPED);
        assertThat(second.state()).isEqualTo(RunState.STOPPED);
        assertThat(place.events(limited.id()))
                .filteredOn(line -> line.contains("the time limit of 1s is used up"))
                .hasSize(2);
        awaitExit(limited.id());
        assertThat(exitStatus(limited.id())).isEqualTo("7");
    }

    @Test
    void namesTheInputThatIsMissing() {
        Submission submission = job.submission(
                "no-data", "d1", SmallJob.steps(SmallJob.training(1).build()));
        place.provider.submit(Submission.builder(submission.id(), submission.model(), submission.order())
                .channel("model", job.model())
                .build());

        JobSnapshot ended = place.awaitEnd(submission.id());

        assertThat(ended.failure().orElseThrow().code()).isEqualTo("FT0651");
        assertThat(ended.failure().orElseThrow().summary()).isEqualTo("the data channel of no-data is missing");
    }

    @Test
    void aWorkerThatCannotBeStartedIsOneProblem() throws Exception {
        Files.createDirectories(folder.resolve("read-only-home"));
        Files.writeString(folder.resolve("read-only-home").resolve("jobs"), "a file where a folder should be");
        LocalPlace broken = new LocalPlace(folder.resolve("read-only-home"));
        Submission submission = job.submission(
                "never", "d1", SmallJob.steps(SmallJob.training(1).build()));

        assertThatThrownBy(() -> broken.provider.submit(submission))
                .hasMessageContaining("FT0583: the worker of never could not be started");
        assertThat(broken.provider.find(submission.id())).isEmpty();
    }

    @Test
    void aDamagedTicketIsOneProblem() throws Exception {
        RunId id = submit("damaged", 0.1);
        place.awaitEnd(id);
        Files.writeString(place.folder(id).ticket(), "{");

        assertThatThrownBy(() -> place.provider.find(id))
                .hasMessageContaining("FT0652: job.json of damaged cannot be read");
    }

    @Test
    void namesTheJobThatIsNotThereTakenOrStillRunning() {
        RunId id = submit("busy", 200);
        place.awaitSteps(id, 1);
        Submission other =
                job.submission("busy", "d2", SmallJob.steps(SmallJob.training(1).build()));

        assertThatThrownBy(() -> place.provider.stop(new RunId("nobody")))
                .hasMessageContaining("FT0580: there is no job nobody on this machine");
        assertThatThrownBy(() -> place.provider.submit(other)).hasMessageContaining("FT0581");
        assertThatThrownBy(() -> place.provider.delete(id)).hasMessageContaining("FT0582");
    }

    private RunId submit(String name, double epochs) {
        Submission submission = job.submission(
                name, "d1", SmallJob.steps(SmallJob.training(epochs).build()));
        place.provider.submit(submission);
        return submission.id();
    }

    private void kill(RunId id) {
        ProcessHandle.of(WorkerLock.holder(place.folder(id)).orElseThrow())
                .orElseThrow()
                .destroyForcibly();
    }

    private void awaitExit(RunId id) {
        place.await(id, snapshot -> Files.exists(place.folder(id).exitStatus()));
    }

    private String exitStatus(RunId id) throws Exception {
        awaitExit(id);
        return Files.readString(place.folder(id).exitStatus()).trim();
    }

    private static double likelihood(Path output, Variant variant) throws Exception {
        return Files.readAllLines(output.resolve("predictions").resolve(variant.fileName())).stream()
                .mapToDouble(line -> Json.read(line, Prediction.class).negativeLogLikelihood())
                .sum();
    }
}
