package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Call;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Launches at Microsoft's places survive that their processes are killed, at a byte to the services or to the store. Classes are not archived:
 * the archiver of JDK 17.0.15 ends with a SIGSEGV at the lambdas of jars that are signed, as Microsoft's are.
 */
@Tag("long")
class KilledAzureLaunchTest extends KilledLaunches {
    private CommandAzure cloud;

    @BeforeEach
    void openTheCloud() throws Exception {
        PlannedContainer container = PlannedContainer.failingAfter(Duration.ofMillis(300), 1, "planned");
        cloud = CommandAzure.swift(folder, store -> container);
    }

    @AfterEach
    void closeTheCloud() {
        cloud.close();
    }

    @Test
    void launchesOnceThoughEveryProcessButTheLastIsKilled() throws Exception {
        assertThat(killedInEachWay(new MachineLearning(), 1)).isGreaterThanOrEqualTo(4);
    }

    @Test
    @Tag("slow")
    void launchesOnceAtAzureOpenAiThoughEveryProcessButTheLastIsKilled() throws Exception {
        assertThat(killedInEachWay(new OpenAi(), 1)).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"azure-ml", "azure-openai"})
    @Tag("slow")
    void launchesOnceThoughProcessesAreKilledHundredsOfTimes(String place) throws Exception {
        assertThat(killed(place(place), 100, 2)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"azure-ml", "azure-openai"})
    @Tag("slow")
    void launchesOnceThoughAProcessIsKilledAtEveryLineOfItsJournal(String place) throws Exception {
        assertThat(killedAtEveryLine(place(place))).isGreaterThan(5);
    }

    /** Many of them are of TLS, and longer than the first two bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"azure-ml", "azure-openai"})
    @Tag("slow")
    void launchesOnceThoughAProcessIsKilledInEveryRequestAndEveryAnswer(String place) throws Exception {
        Kills all = killedInEveryMessage(place(place));

        assertThat(all.turns()).isGreaterThan(20);
        assertThat(all.kills()).isGreaterThan(2 * all.turns());
    }

    @ParameterizedTest
    @ValueSource(strings = {"azure-ml", "azure-openai"})
    @Tag("slow")
    void launchesOnceThoughTwoProcessesDoAtTheSameTime(String place) throws Exception {
        launchedByTwo(place(place));
    }

    @ParameterizedTest
    @ValueSource(strings = {"azure-ml", "azure-openai"})
    @Tag("slow")
    void resumesOnceAndRemovesAllThoughThoseProcessesAreKilled(String place) throws Exception {
        assertThat(killedAfterwards(place(place), 30, 8)).isEqualTo(30);
    }

    private Place place(String id) {
        return id.equals("azure-ml") ? new MachineLearning() : new OpenAi();
    }

    /** Command jobs, which the planned container fails. */
    private class MachineLearning implements Place {
        @Override
        public String id() {
            return "azure-ml";
        }

        @Override
        public String swept() {
            return id();
        }

        @Override
        public int turns() {
            return 150; // of which many are those of TLS
        }

        @Override
        public String end() {
            return "failed";
        }

        @Override
        public int exitCode() {
            return 8;
        }

        @Override
        public List<URI> servers() {
            return List.of(
                    cloud.azure().endpoint(), URI.create(cloud.azure().store()).resolve("/"));
        }

        @Override
        public Map<String, String> environment(List<URI> servers) {
            Map<String, String> environment = new HashMap<>(cloud.environment());
            environment.replaceAll((name, value) -> value.replace(
                    cloud.azure().endpoint().toString(), servers.get(0).toString()));
            return environment;
        }

        @Override
        public String settings(String store, List<URI> servers) {
            return cloud.machineLearning(
                    servers.get(1) + URI.create(cloud.azure().store()).getPath() + "/" + store);
        }

        @Override
        public long jobsMade(String store) {
            return cloud.azure().calls().of("Jobs_CreateOrUpdate").stream()
                    .filter(Call::hadEffect)
                    .map(Call::request)
                    .filter(put ->
                            put.at("/body/properties/outputs/job/uri").asText().contains("/paths/" + store + "/"))
                    .map(put -> put.at("/path/id").asText())
                    .distinct() // to put the same again makes no other job
                    .count();
        }

        @Override
        public long files() throws IOException {
            return cloud.files();
        }

        @Override
        public void sweep(Launch launch) throws IOException {
            sweepAll(launch);
        }
    }

    /** Jobs of the service; their rows are files of its own. */
    private final class OpenAi extends MachineLearning {
        @Override
        public String id() {
            return "azure-openai";
        }

        @Override
        public int turns() {
            return 45;
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
            return cloud.openAi(servers.get(0)
                            .resolve(cloud.azure().openAiEndpoint().getPath())
                            .toString())
                    + "    settling-seconds: 10\n";
        }

        @Override
        public long jobsMade(String store) {
            return effects("FineTuning_Create");
        }

        /** Each job leaves one of its figures. */
        @Override
        public long files() {
            return effects("Files_Upload") + effects("FineTuning_Create") - effects("Files_Delete");
        }

        private long effects(String call) {
            return cloud.azure().calls().of(call).stream()
                    .filter(Call::hadEffect)
                    .count();
        }
    }
}
