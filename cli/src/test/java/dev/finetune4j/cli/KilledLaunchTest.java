package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Launching processes that are killed at a byte of what they send or are sent: whoever comes after them finishes the run, there is one job,
 * and what they left in the store is found.
 */
@Tag("long")
class KilledLaunchTest {
    private static final String REGION = "us-east-1";
    /** Parts of a message that are as long as this are the rows and the model. */
    private static final int LONGEST_CUT = 50_000;
    /** Requests and answers of a launch, about. */
    private static final int TURNS = 60;

    /** The product as its launcher starts it: from its jar, with the classes of a launch in an archive. */
    @TempDir
    private static Path program;

    @TempDir
    private Path folder;

    private CommandCloud cloud;
    private OfflineAws aws;
    private int jobs;

    /** Where jobs are launched; the planned container fails those that SageMaker's machines run. */
    private enum Place {
        SAGEMAKER("", "sagemaker", "CreateTrainingJob", "/OutputDataConfig/S3OutputPath", "failed", 8),
        JUMPSTART(
                "model: huggingface-llm-offline-tiny, machine: ml.g5.xlarge",
                "jumpstart",
                "CreateTrainingJob",
                "/OutputDataConfig/S3OutputPath",
                "failed",
                8),
        BEDROCK(
                "model: \"amazon.nova-micro-v1:0:128k\", learningRate: 1e-5",
                "bedrock, sagemaker",
                "CreateModelCustomizationJob",
                "/outputDataConfig/s3Uri",
                "succeeded",
                0);

        private final String settings;
        /** Where what is left is looked for: rows of Bedrock's are told by SageMaker alone, whose jobs may use them too. */
        private final String swept;

        private final String call;
        private final String output;
        private final String end;
        private final int exitCode;

        Place(String settings, String swept, String call, String output, String end, int exitCode) {
            this.settings = settings;
            this.swept = swept;
            this.call = call;
            this.output = output;
            this.end = end;
            this.exitCode = exitCode;
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @BeforeAll
    static void buildTheProgram() throws IOException {
        Checkout.build(program);
    }

    @BeforeEach
    void openTheCloud() throws Exception {
        PlannedContainer container = PlannedContainer.failingAfter(Duration.ofMillis(300), 1, "planned");
        cloud = new CommandCloud(
                folder,
                REGION,
                (account, store) -> OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, container, store));
        aws = cloud.aws();
        cloud.fillHub(REGION);
        aws.bedrock().pace(TuningPace.SWIFT);
        if (Files.notExists(archive())) {
            new Launch(Place.SAGEMAKER, "archived").toTheEnd();
        }
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void launchesOnceThoughEveryProcessButTheLastIsKilled() throws Exception {
        assertThat(killed(Place.SAGEMAKER, 4, 1)).isEqualTo(4);
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughProcessesAreKilledHundredsOfTimes() throws Exception {
        assertThat(killed(Place.SAGEMAKER, 500, 2)).isEqualTo(500);
    }

    @ParameterizedTest
    @EnumSource(
            value = Place.class,
            names = {"JUMPSTART", "BEDROCK"})
    void launchesOnceWhereServicesTuneTheirOwn(Place place) throws Exception {
        assertThat(killed(place, 2, 3)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Place.class,
            names = {"JUMPSTART", "BEDROCK"})
    @Tag("slow")
    void launchesOnceWhereServicesTuneTheirOwnThoughProcessesAreKilledHundredsOfTimes(Place place) throws Exception {
        assertThat(killed(place, 100, 5)).isEqualTo(100);
    }

    @Test
    void launchesOnceThoughTwoProcessesDoAtTheSameTime() throws Exception {
        Launch launch = new Launch(Place.SAGEMAKER, "race");
        Process one = launch.start(aws.endpoint().toString(), launch.launching());
        Process other = launch.start(aws.endpoint().toString(), launch.launching());

        assertThat(one.waitFor()).as(launch.printed()).isEqualTo(Place.SAGEMAKER.exitCode);
        assertThat(other.waitFor()).as(launch.printed()).isEqualTo(Place.SAGEMAKER.exitCode);
        launch.verify();
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughAProcessIsKilledInEveryRequestAndEveryAnswer() throws Exception {
        int kills = 0;
        int turns = 0;
        for (int turn = 0, silent = 0; silent < 3; turn++) { // beyond the last turn nobody is killed any more
            boolean isReached = false;
            for (long bytes : new long[] {0, 1, 700, LONGEST_CUT}) {
                Launch launch = new Launch(Place.SAGEMAKER, "turn-" + turn + "-" + bytes);
                if (launch.isKilledAt(new CuttingWire.Cut(turn, bytes))) {
                    isReached = true;
                    kills++;
                }
                launch.toTheEnd();
                launch.verify();
            }
            turns += isReached ? 1 : 0;
            silent = isReached ? 0 : silent + 1;
        }
        assertThat(turns).isGreaterThan(20);
        assertThat(kills).isGreaterThan(2 * turns);
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughAProcessIsKilledAtEveryLineOfItsJournal() throws Exception {
        int kills = 0;
        for (int lines = 1, survived = 0; survived < 2; lines++) {
            Launch launch = new Launch(Place.SAGEMAKER, "line-" + lines);
            boolean isKilled = launch.isKilledAtLine(lines);
            survived = isKilled ? 0 : survived + 1;
            kills += isKilled ? 1 : 0;
            launch.toTheEnd();
            launch.verify();
        }
        assertThat(kills).isGreaterThan(5);
    }

    @Test
    void resumesOnceAndRemovesAllThoughThoseProcessesAreKilled() throws Exception {
        assertThat(killedAfterwards(2, 7)).isEqualTo(2);
    }

    @Test
    @Tag("slow")
    void resumesOnceAndRemovesAllThoughThoseProcessesAreKilledOftenEnough() throws Exception {
        assertThat(killedAfterwards(60, 8)).isEqualTo(60);
    }

    /** Kills processes that resume an ended run, and such as remove what is left of it; the kills. */
    private int killedAfterwards(int wanted, long seed) throws Exception {
        Random random = new Random(seed);
        int kills = 0;
        for (int schedule = 0; kills < wanted; schedule++) {
            Launch launch = new Launch(Place.SAGEMAKER, "later-" + schedule);
            launch.toTheEnd();
            String run = launch.run();
            for (String[] command : List.of(
                    new String[] {"resume", run},
                    new String[] {"gc", launch.swept.toString(), "--older-than", "0s", "--yes"})) {
                long bytes = (long) Math.exp(random.nextDouble() * Math.log(LONGEST_CUT)) - 1;
                if (kills < wanted && launch.isKilledAt(new CuttingWire.Cut(random.nextInt(20), bytes), command)) {
                    kills++;
                }
                launch.start(aws.endpoint().toString(), command).waitFor();
                assertThat(launch.jobsMade()).as(launch.printed()).isEqualTo(2);
            }
            launch.verify(2);
        }
        return kills;
    }

    /** Kills launching processes until there were that many kills; the kills. */
    private int killed(Place place, int wanted, long seed) throws Exception {
        Random random = new Random(seed);
        int kills = 0;
        for (int schedule = 0; kills < wanted; schedule++) {
            Launch launch = new Launch(place, "schedule-" + schedule);
            for (int attempt = random.nextInt(6); attempt >= 0 && kills < wanted; attempt--) {
                long bytes = (long) Math.exp(random.nextDouble() * Math.log(LONGEST_CUT)) - 1;
                if (launch.isKilledAt(new CuttingWire.Cut(random.nextInt(TURNS), bytes))) {
                    kills++;
                }
            }
            launch.toTheEnd();
            launch.verify();
        }
        return kills;
    }

    private static Path archive() {
        return program.resolve("launch.jsa");
    }

    /** One job, launched from a home of its own into a folder of its own in the store. */
    private final class Launch {
        private final Place place;
        private final String name;
        private final Path job;
        private final Path swept;
        private final Path home;
        private final Path log;
        private final long before = aws.s3().files();

        Launch(Place place, String name) throws IOException {
            this.place = place;
            this.name = name;
            Path files = Files.createDirectory(folder.resolve(name));
            home = files.resolve("home");
            log = files.resolve("log");
            job = TicketsJob.write(Files.createDirectory(files.resolve("job")), jobs++); // each another job
            Files.writeString(
                    job,
                    """
                    budget: {max-cost: 5 USD}
                    places:
                    """ + settings(place) + (place == Place.BEDROCK ? settings(Place.SAGEMAKER) : ""),
                    StandardOpenOption.APPEND);
            swept = Files.writeString(
                    job.resolveSibling("swept.yaml"), Files.readString(job) + "targets: [" + place.swept + "]\n");
            Files.writeString(job, "targets: [" + place.id() + "]\n", StandardOpenOption.APPEND);
        }

        private String settings(Place of) {
            return "  %s: {role: \"%s\", store: \"s3://my-bucket/%s\", region: %s, %s}\n"
                    .formatted(of.id(), CommandCloud.ROLE, name, REGION, of.settings);
        }

        private String[] launching() {
            return new String[] {"launch", job.toString(), "--yes"};
        }

        Process start(String endpoint, String... command) throws IOException {
            String sharing = Files.exists(archive()) ? "SharedArchiveFile" : "ArchiveClassesAtExit";
            List<String> words = JavaProcess.command(
                    List.of("-XX:" + sharing + "=" + archive(), "-Xlog:disable", "-Xlog:all=off"),
                    program.resolve("finetune.jar"),
                    List.of(command));
            ProcessBuilder process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            process.environment().putAll(cloud.environment(endpoint));
            process.environment().put("FINETUNE_HOME", home.toString());
            return process.start();
        }

        /** Whether the launching process reached that byte, and died of it. */
        boolean isKilledAt(CuttingWire.Cut cut) throws Exception {
            return isKilledAt(cut, launching());
        }

        /** The same of another command. */
        boolean isKilledAt(CuttingWire.Cut cut, String... command) throws Exception {
            CompletableFuture<Process> started = new CompletableFuture<>();
            try (CuttingWire wire =
                    new CuttingWire(aws.endpoint(), cut, () -> started.join().destroyForcibly())) {
                Process process = start(wire.address().toString(), command);
                started.complete(process);
                int exit = process.waitFor();
                assertThat(exit).as("at %s: %s", cut, printed()).isIn(137, place.exitCode, 0);
                return exit == 137;
            }
        }

        /** Whether the launching process was killed as soon as its journal had so many lines. */
        boolean isKilledAtLine(int lines) throws Exception {
            Process process = start(aws.endpoint().toString(), launching());
            while (process.isAlive() && lines() < lines) {
                Thread.onSpinWait();
            }
            process.destroyForcibly();
            return process.waitFor() == 137;
        }

        private long lines() throws IOException {
            Path runs = home.resolve("runs");
            if (!Files.exists(runs)) {
                return 0;
            }
            try (Stream<Path> all = Files.walk(runs)) {
                List<Path> journals =
                        all.filter(file -> file.endsWith("journal.jsonl")).toList();
                return journals.isEmpty()
                        ? 0
                        : new String(Files.readAllBytes(journals.get(0)), StandardCharsets.UTF_8)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
            } catch (UncheckedIOException e) {
                return 0; // a folder was moved while it was looked through
            }
        }

        void toTheEnd() throws Exception {
            assertThat(start(aws.endpoint().toString(), launching()).waitFor())
                    .as(printed())
                    .isEqualTo(place.exitCode);
        }

        /** The run, which is the only one of its home. */
        String run() {
            return command("ps").out().lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
        }

        String printed() throws IOException {
            return Files.readString(log, StandardCharsets.UTF_8);
        }

        void verify() throws IOException {
            verify(1);
        }

        void verify(int made) throws IOException {
            assertThat(command("ps")
                            .out()
                            .lines()
                            .skip(1)
                            .filter(line -> !line.startsWith(" "))) // the rest of a long line
                    .singleElement()
                    .asString()
                    .contains(place.end);
            assertThat(jobsMade()).as(printed()).isEqualTo(made);
            if (place == Place.BEDROCK) { // gc leaves a tuned model to whoever has its run
                String model = command("gc", job.toString()).out();
                assertThat(model).contains("amazon.nova-micro-v1:0:128k/");
                assertThat(command("clean", run()).exitCode()).isZero();
            }
            CommandRun removed = command("gc", swept.toString(), "--older-than", "0s", "--yes");
            assertThat(removed.exitCode()).as(removed.err()).isZero();
            String kept = command("gc", swept.toString()).out();
            long rows = kept.lines().filter(line -> line.startsWith("bedrock/")).count();
            if (place == Place.BEDROCK && rows > 0) { // for an hour they may be those of a launch under way
                assertThat(kept.lines().filter(line -> line.startsWith("bedrock/")))
                        .allMatch(line -> line.endsWith("a launch may be under way"));
                assertThat(kept.lines()).as(kept).hasSize((int) rows + 2);
            } else {
                assertThat(kept).contains("nothing is kept there");
            }
            assertThat(aws.s3().files() - before)
                    .as("files of %s that gc did not find", name)
                    .isBetween(rows, 2 * rows); // of training, and of validation
        }

        private long jobsMade() {
            return aws.calls(place.call).stream()
                    .filter(Call::hadEffect)
                    .filter(call -> call.request().at(place.output).asText().startsWith("s3://my-bucket/" + name + "/"))
                    .count();
        }

        private CommandRun command(String... arguments) {
            return CommandRun.in(home, cloud.environment(), arguments);
        }
    }
}
