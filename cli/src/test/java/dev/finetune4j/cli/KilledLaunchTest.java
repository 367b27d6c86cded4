package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.sagemaker.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Launching processes that are killed at a byte of what they send or are sent: whoever comes after them finishes the run, there is one job,
 * and what they left in the store is found.
 */
@Tag("long")
class KilledLaunchTest {
    private static final String REGION = "eu-central-1";
    private static final String ROLE = CommandCloud.arn("finetune4j-training");
    private static final int TRAINING_FAILED = 8;
    /** Parts of a message that are as long as this are the rows and the model. */
    private static final int LONGEST_CUT = 50_000;

    @TempDir
    private Path folder;

    private CommandCloud cloud;
    private OfflineAws aws;
    private int jobs;

    @BeforeEach
    void openTheCloud() throws IOException {
        PlannedContainer container = PlannedContainer.failingAfter(Duration.ofMillis(300), 1, "planned");
        cloud = new CommandCloud(
                folder,
                REGION,
                "finetune4j-training",
                (account, store) -> OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, container, store));
        aws = cloud.aws();
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void launchesOnceThoughEveryProcessButTheLastIsKilled() throws Exception {
        assertThat(killed(4, 1)).isEqualTo(4);
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughProcessesAreKilledHundredsOfTimes() throws Exception {
        assertThat(killed(500, 2)).isEqualTo(500);
    }

    @Test
    void launchesOnceThoughTwoProcessesDoAtTheSameTime() throws Exception {
        Launch launch = new Launch("race");
        Process one = launch.start(aws.endpoint().toString());
        Process other = launch.start(aws.endpoint().toString());

        assertThat(one.waitFor()).as(launch.printed()).isEqualTo(TRAINING_FAILED);
        assertThat(other.waitFor()).as(launch.printed()).isEqualTo(TRAINING_FAILED);
        launch.verify();
    }

    /** Kills launching processes until there were that many kills; the kills. */
    private int killed(int wanted, long seed) throws Exception {
        Random random = new Random(seed);
        int kills = 0;
        for (int schedule = 0; kills < wanted; schedule++) {
            Launch launch = new Launch("schedule-" + schedule);
            int turns = launch.turns == 0 ? 60 : launch.turns;
            for (int attempt = random.nextInt(6); attempt >= 0 && kills < wanted; attempt--) {
                long bytes = (long) Math.exp(random.nextDouble() * Math.log(LONGEST_CUT)) - 1;
                if (launch.isKilledAt(new CuttingWire.Cut(random.nextInt(turns), bytes))) {
                    kills++;
                }
            }
            launch.toTheEnd();
            launch.verify();
        }
        return kills;
    }

    /** One job, launched from a home of its own into a folder of its own in the store. */
    private final class Launch {
        private final String name;
        private final Path job;
        private final Path home;
        private final Path log;
        private int turns;

        Launch(String name) throws IOException {
            this.name = name;
            Path files = Files.createDirectory(folder.resolve(name));
            home = files.resolve("home");
            log = files.resolve("log");
            job = TicketsJob.write(Files.createDirectory(files.resolve("job")), jobs++); // each another job
            Files.writeString(job, """
                    budget: {max-cost: 5 USD}
                    targets: [sagemaker]
                    places:
                      sagemaker: {role: "%s", store: "s3://my-bucket/%s", region: %s}
                    """.formatted(ROLE, name, REGION), StandardOpenOption.APPEND);
        }

        Process start(String endpoint) throws IOException {
            ProcessBuilder program = new ProcessBuilder(
                            JavaProcess.command(List.of(), Main.class, List.of("launch", job.toString(), "--yes")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            program.environment().putAll(cloud.environment(endpoint));
            program.environment().put("FINETUNE_HOME", home.toString());
            return program.start();
        }

        /** Whether the process reached that byte, and died of it. */
        boolean isKilledAt(CuttingWire.Cut cut) throws Exception {
            CompletableFuture<Process> started = new CompletableFuture<>();
            try (CuttingWire wire =
                    new CuttingWire(aws.endpoint(), cut, () -> started.join().destroyForcibly())) {
                Process process = start(wire.address().toString());
                started.complete(process);
                int exit = process.waitFor();
                turns = Math.max(turns, wire.turns());
                assertThat(exit).as("at %s: %s", cut, printed()).isIn(137, TRAINING_FAILED);
                return exit == 137;
            }
        }

        void toTheEnd() throws Exception {
            assertThat(start(aws.endpoint().toString()).waitFor()).as(printed()).isEqualTo(TRAINING_FAILED);
        }

        String printed() throws IOException {
            return Files.readString(log, StandardCharsets.UTF_8);
        }

        void verify() throws IOException {
            assertThat(command("ps").out().lines().skip(1))
                    .singleElement()
                    .asString()
                    .contains("failed");
            assertThat(jobsMade()).as(printed()).isEqualTo(1);
            CommandRun removed = command("gc", job.toString(), "--older-than", "0s", "--yes");
            assertThat(removed.exitCode()).as(removed.err()).isZero();
            assertThat(command("gc", job.toString()).out()).contains("nothing is kept there");
            assertThat(aws.s3().files())
                    .as("files of %s that gc did not find", name)
                    .isZero();
        }

        private long jobsMade() {
            return aws.calls("CreateTrainingJob").stream()
                    .filter(Call::hadEffect)
                    .filter(call -> call.request()
                            .at("/OutputDataConfig/S3OutputPath")
                            .asText()
                            .startsWith("s3://my-bucket/" + name + "/"))
                    .count();
        }

        private CommandRun command(String... arguments) {
            return CommandRun.in(home, cloud.environment(), arguments);
        }
    }
}
