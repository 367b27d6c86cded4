package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A log is read to its end and no line twice, whatever becomes of it: it is not there yet, closed to us, or begins anew. */
class LogReadingTest {
    private static final RunId RUN = new RunId("run");
    private static final String RUNNING = "Running";

    private final LogStore store = new LogStore();

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
            store.refusal = status;

            assertThat(read(before, RUNNING)).isEqualTo(new LogPage(List.of(), before));
            assertThat(read("", RUNNING).lines()).isEmpty();
        }
        store.refusal = 0;
        holds("one\ntwo\n");
        assertThat(read(before, RUNNING).lines()).containsExactly("two");
    }

    @Test
    void takesAWholeLogWhereAPartWasAskedFor() {
        holds("one\n");
        String before = read("", RUNNING).next();
        store.knowsParts = false;
        holds("one\ntwo\n");

        assertThat(read(before, RUNNING).lines()).containsExactly("two");
    }

    /** It may go on at any time, and costs meanwhile. */
    @Test
    void tellsOnceThatAJobDoesNotAnswer() {
        holds("");
        Instant begun = Instant.parse("2026-11-28T10:00:00Z");
        Instant now = Instant.parse("2026-11-28T12:00:00Z");
        JsonNode details = Json.read("{\"startTimeUtc\":\"" + begun + "\"}", JsonNode.class);
        String cursor = "";
        List<RunEvent> told = new ArrayList<>();
        for (String status : List.of("NotResponding", "NotResponding", "NotResponding", "Running", "NotResponding")) {
            EventPage page =
                    reading().events(RUN, List.of(launch(status, details)), cursor, now, launch -> Optional.empty());
            told.addAll(page.events());
            cursor = page.next();
        }

        assertThat(told).hasSize(3);
        assertThat(told.get(1)).isEqualTo(new RunEvent.StateChanged(begun, RunState.TRAINING, ""));
        assertThat(told.get(2)).isInstanceOfSatisfying(RunEvent.Noticed.class, noticed -> {
            assertThat(noticed.at()).isEqualTo(now);
            assertThat(noticed.problem().code()).isEqualTo("FT0950");
            assertThat(noticed.problem().isError()).isFalse();
            assertThat(noticed.problem().remedies()).containsExactly("finetune logs run", "finetune stop run");
        });
    }

    private void holds(String text) {
        store.log = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Has one log, and tells it from whichever byte on, as blob storage does. */
    private static final class LogStore implements HttpClient {
        private byte[] log = new byte[0];
        private boolean knowsParts = true;
        private int refusal;

        @Override
        public Mono<HttpResponse> send(HttpRequest request) {
            return Mono.fromSupplier(() -> answer(request.getHeaders().getValue(HttpHeaderName.RANGE)));
        }

        private HttpResponse answer(String range) {
            if (refusal != 0) {
                return Answered.to(refusal, "");
            }
            if (!knowsParts) {
                return Answered.to(200, new String(log, StandardCharsets.UTF_8));
            }
            int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            return from >= log.length
                    ? Answered.to(416, "")
                    : Answered.to(206, new String(log, from, log.length - from, StandardCharsets.UTF_8));
        }
    }

    private LogPage read(String cursor, String status) {
        JsonNode details =
                Json.read("{\"logFiles\":{\"user_logs/std_log.txt\":\"https://store.example/log\"}}", JsonNode.class);
        return reading().logs(RUN, List.of(launch(status, details)), cursor);
    }

    private static Launch launch(String status, JsonNode details) {
        JsonNode job = Json.read("{\"name\":\"run\",\"properties\":{\"status\":\"" + status + "\"}}", JsonNode.class);
        return new Launch(AzureJob.of(job), new RunDetails(details));
    }

    private JobReading reading() {
        AzureMlOptions options = new AzureMlSettings(
                        Map.of(
                                "subscription", "00000000-0000-0000-0000-000000000001",
                                "resource-group", "my-group",
                                "workspace", "my-workspace",
                                "region", "westeurope",
                                "store", "https://myaccount.blob.core.windows.net/jobs"),
                        Map.of())
                .options();
        return new JobReading(new CommandJobs(options, Answered.connection(store)));
    }
}
