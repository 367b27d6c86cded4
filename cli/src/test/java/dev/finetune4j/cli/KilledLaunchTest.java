package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Launches at Amazon's places survive that their processes are killed, and so do those that resume and remove. */
@Tag("long")
class KilledLaunchTest extends KilledLaunches {
    private static final String REGION = "us-east-1";
    private static final int TURNS = 60;

    private CommandCloud cloud;
    private OfflineAws aws;

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
        archiveClassesBy(new SageMaker());
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void launchesOnceThoughEveryProcessButTheLastIsKilled() throws Exception {
        assertThat(killedInEachWay(new SageMaker(), 1)).isGreaterThanOrEqualTo(4);
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughProcessesAreKilledHundredsOfTimes() throws Exception {
        assertThat(killed(new SageMaker(), 500, 2)).isEqualTo(500);
    }

    @Test
    void launchesOnceWhereAServiceTunesItsOwn() throws Exception {
        assertThat(killed(new Bedrock(), 1, 3)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jumpstart", "bedrock"})
    @Tag("slow")
    void launchesOnceWhereServicesTuneTheirOwnThoughProcessesAreKilledHundredsOfTimes(String place) throws Exception {
        assertThat(killed(tuning(place), 100, 5)).isEqualTo(100);
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughTwoProcessesDoAtTheSameTime() throws Exception {
        launchedByTwo(new SageMaker());
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughAProcessIsKilledInEveryRequestAndEveryAnswer() throws Exception {
        Kills all = killedInEveryMessage(new SageMaker());

        assertThat(all.turns()).isGreaterThan(20);
        assertThat(all.kills()).isGreaterThan(2 * all.turns());
    }

    @Test
    @Tag("slow")
    void launchesOnceThoughAProcessIsKilledAtEveryLineOfItsJournal() throws Exception {
        assertThat(killedAtEveryLine(new SageMaker())).isGreaterThan(5);
    }

    @Test
    @Tag("slow")
    void resumesOnceAndRemovesAllThoughThoseProcessesAreKilled() throws Exception {
        assertThat(killedAfterwards(new SageMaker(), 60, 8)).isEqualTo(60);
    }

    private Place tuning(String id) {
        return id.equals("bedrock") ? new Bedrock() : new JumpStart();
    }

    private static final int FAILED = 8;

    /** Training jobs, which the planned container fails. */
    private class SageMaker implements Place {
        @Override
        public String id() {
            return "sagemaker";
        }

        @Override
        public String swept() {
            return id();
        }

        @Override
        public int turns() {
            return TURNS;
        }

        @Override
        public String end() {
            return "failed";
        }

        @Override
        public int exitCode() {
            return FAILED;
        }

        @Override
        public List<URI> servers() {
            return List.of(aws.endpoint());
        }

        @Override
        public Map<String, String> environment(List<URI> servers) {
            return cloud.environment(servers.get(0).toString());
        }

        @Override
        public String settings(String store, List<URI> servers) {
            return settings(id(), store, "");
        }

        String settings(String of, String store, String more) {
            return "  %s: {role: \"%s\", store: \"s3://my-bucket/%s\", region: %s, %s}\n"
                    .formatted(of, CommandCloud.ROLE, store, REGION, more);
        }

        @Override
        public long jobsMade(String store) {
            return made("CreateTrainingJob", "/OutputDataConfig/S3OutputPath", store);
        }

        long made(String call, String output, String store) {
            return aws.calls(call).stream()
                    .filter(Call::hadEffect)
                    .filter(one -> one.request().at(output).asText().startsWith("s3://my-bucket/" + store + "/"))
                    .count();
        }

        @Override
        public long files() throws IOException {
            return aws.s3().files();
        }

        @Override
        public void sweep(Launch launch) throws IOException {
            sweepAll(launch);
        }
    }

    /** Training jobs with a script of the hub. */
    private final class JumpStart extends SageMaker {
        @Override
        public String id() {
            return "jumpstart";
        }

        @Override
        public String settings(String store, List<URI> servers) {
            return settings(id(), store, "model: huggingface-llm-offline-tiny, machine: ml.g5.xlarge");
        }
    }

    /** Customization by the service, whose rows are told by SageMaker alone, as its jobs may use them too. */
    private final class Bedrock extends SageMaker {
        @Override
        public String id() {
            return "bedrock";
        }

        @Override
        public String swept() {
            return "bedrock, sagemaker";
        }

        @Override
        public String end() {
            return "succeeded";
        }

        @Override
        public int exitCode() {
            return 0;
        }

        @Override
        public String settings(String store, List<URI> servers) {
            return settings(id(), store, "model: \"amazon.nova-micro-v1:0:128k\", learningRate: 1e-5")
                    + settings("sagemaker", store, "");
        }

        @Override
        public long jobsMade(String store) {
            return made("CreateModelCustomizationJob", "/outputDataConfig/s3Uri", store);
        }

        /** The tuned model is left to whoever has its run, and rows may for an hour be those of a launch under way. */
        @Override
        public void sweep(Launch launch) throws IOException {
            String model = launch.command("gc", launch.job().toString()).out();
            assertThat(model).contains("amazon.nova-micro-v1:0:128k/");
            assertThat(launch.command("clean", launch.run()).exitCode()).isZero();
            CommandRun removed = launch.command("gc", launch.swept().toString(), "--older-than", "0s", "--yes");
            assertThat(removed.exitCode()).as(removed.err()).isZero();
            String kept = launch.command("gc", launch.swept().toString()).out();
            List<String> rows =
                    kept.lines().filter(line -> line.startsWith("bedrock/")).toList();
            if (rows.isEmpty()) {
                assertThat(kept).contains("nothing is kept there");
            } else {
                assertThat(rows).allMatch(line -> line.endsWith("a launch may be under way"));
                assertThat(kept.lines()).as(kept).hasSize(rows.size() + 2);
            }
            assertThat(launch.files())
                    .as("files of %s that gc did not find", launch.name())
                    .isBetween((long) rows.size(), 2L * rows.size()); // of training, and of validation
        }
    }
}
