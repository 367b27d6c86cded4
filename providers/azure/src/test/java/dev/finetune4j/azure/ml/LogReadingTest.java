package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A log is read to its end and no line twice, whatever becomes of it: it is not there yet, closed to us, or begins anew. */
class LogReadingTest {
    private static final RunId RUN = new RunId("run");
    private static final String RUNNING = "Running";

    private final WireMockServer store =
            new WireMockServer(WireMockConfiguration.options().dynamicPort());

    @BeforeEach
    void start() {
        store.start();
    }

    @AfterEach
    void stop() {
        store.stop();
    }

    @Test
    void leavesALineThatIsNotEndedForTheNextLook() {
        holds("one\ntw");
        LogPage first = read("", RUNNING);
        holds("one\ntwo\n");
        LogPage second = read(first.next(), RUNNING);

        assertThat(first.lines()).containsExactly("one");
        assertThat(second.lines()).containsExactly("two");
        assertThat(read(second.next(), RUNNING)).isEqualTo(new LogPage(List.of(), second.next()));
    }

    @Test
    void readsTheLastLineOfAJobThatEndedThoughItIsNotEnded() {
        holds("one\ntwo");

        assertThat(read("", "Completed").lines()).containsExactly("one", "two");
    }

    @Test
    void beginsAnewWithALogThatGrewPastWhereTheOldOneWas() {
        holds("at 10:00 begun\nat 10:01 step 1\n");
        String before = read("", RUNNING).next();
        holds("at 12:00 begun\nat 12:01 step 1\nat 12:02 step 2\n");

        assertThat(read(before, RUNNING).lines())
                .containsExactly("at 12:00 begun", "at 12:01 step 1", "at 12:02 step 2");
    }

    @Test
    void beginsAnewWithALogThatIsShorter() {
        holds("line\n".repeat(200) + "at 10:00\n");
        String before = read("", RUNNING).next();
        holds("at 12:00\n");

        assertThat(read(before, RUNNING).lines()).containsExactly("at 12:00");
        holds("");
        assertThat(read(before, RUNNING).lines()).isEmpty();
    }

    @Test
    void goesOnFromACursorOfAnEarlierVersion() {
        holds("one\ntwo\n");

        assertThat(read("1.2.4", RUNNING).lines()).containsExactly("two");
    }

    @Test
    void staysWhereItIsWhileTheLogIsClosedOrGone() {
        holds("one\n");
        String before = read("", RUNNING).next();
        for (int status : new int[] {403, 404}) {
            store.resetAll();
            store.stubFor(WireMock.get("/log").willReturn(WireMock.aResponse().withStatus(status)));

            assertThat(read(before, RUNNING)).isEqualTo(new LogPage(List.of(), before));
            assertThat(read("", RUNNING).lines()).isEmpty();
        }
        holds("one\ntwo\n");
        assertThat(read(before, RUNNING).lines()).containsExactly("two");
    }

    @Test
    void takesAWholeLogWhereAPartWasAskedFor() {
        holds("one\n");
        String before = read("", RUNNING).next();
        store.resetAll();
        store.stubFor(WireMock.get("/log").willReturn(WireMock.ok("one\ntwo\n")));

        assertThat(read(before, RUNNING).lines()).containsExactly("two");
    }

    /** As blob storage answers, from whichever byte on. */
    private void holds(String text) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        store.resetAll();
        for (int from = 0; from <= 2000; from++) {
            boolean isBeyond = from >= all.length;
            store.stubFor(WireMock.get("/log")
                    .withHeader("Range", WireMock.equalTo("bytes=" + from + "-"))
                    .willReturn(WireMock.aResponse()
                            .withStatus(isBeyond ? 416 : 206)
                            .withBody(isBeyond ? new byte[0] : Arrays.copyOfRange(all, from, all.length))));
        }
    }

    private LogPage read(String cursor, String status) {
        AzureConnection connection = new AzureConnection(
                AzureCloud.of(AzureCloud.PUBLIC).orElseThrow(),
                request -> Mono.empty(),
                new JdkHttpClientBuilder().build());
        JsonNode job = Json.read("{\"name\":\"run\",\"properties\":{\"status\":\"" + status + "\"}}", JsonNode.class);
        JsonNode details =
                Json.read("{\"logFiles\":{\"user_logs/std_log.txt\":\"" + store.baseUrl() + "/log\"}}", JsonNode.class);
        AzureMlOptions options = new AzureMlSettings(
                        Map.of(
                                "subscription", "00000000-0000-0000-0000-000000000001",
                                "resource-group", "my-group",
                                "workspace", "my-workspace",
                                "region", "westeurope",
                                "store", "https://myaccount.blob.core.windows.net/jobs"),
                        Map.of())
                .options();
        return new JobReading(new CommandJobs(options, connection))
                .logs(RUN, List.of(new Launch(AzureJob.of(job), new RunDetails(details))), cursor);
    }
}
