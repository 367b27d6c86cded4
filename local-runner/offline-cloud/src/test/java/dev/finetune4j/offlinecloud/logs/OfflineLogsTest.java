package dev.finetune4j.offlinecloud.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Logs show late, in pages, and end with a token that stays. */
class OfflineLogsTest {
    private static final String GROUP = "/aws/sagemaker/TrainingJobs";

    private final VirtualClock clock = new VirtualClock();
    private final LogBook book = new LogBook(clock);
    private final OfflineLogs service = new OfflineLogs(book, "eu-central-1", "123456789012");

    @Test
    void hasNoGroupBeforeTheFirstLineShows() throws Exception {
        assertRefused("ResourceNotFoundException", "log group does not exist", () -> streams("job-1/"));
        book.delay(Duration.ofSeconds(5));
        book.add(GROUP, "job-1/algo-1-1", "one");
        assertRefused("ResourceNotFoundException", "log group does not exist", () -> streams("job-1/"));
        assertThat(ask("DescribeLogGroups", object()).path("logGroups")).isEmpty();

        clock.advance(Duration.ofSeconds(5));

        assertThat(streams("job-1/")).containsExactly("job-1/algo-1-1");
        assertThat(ask("DescribeLogGroups", object())
                        .path("logGroups")
                        .get(0)
                        .path("logGroupName")
                        .asText())
                .isEqualTo(GROUP);
        assertRefused(
                "ResourceNotFoundException", "log stream does not exist", () -> events(forward("job-2/algo-1-1")));
    }

    @Test
    void findsTheStreamsOfAJob() throws Exception {
        for (String stream : List.of("job-1/algo-1-7", "job-1/algo-1-3", "job-10/algo-1-1")) {
            book.add(GROUP, stream, "x");
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(streams("job-1/")).containsExactly("job-1/algo-1-3", "job-1/algo-1-7");
        assertThat(names(ask(
                        "DescribeLogStreams",
                        object().put("logGroupName", GROUP)
                                .put("orderBy", "LastEventTime")
                                .put("descending", true))))
                .containsExactly("job-10/algo-1-1", "job-1/algo-1-3", "job-1/algo-1-7");
        assertRefused(
                "InvalidParameterException",
                "Cannot order by LastEventTime",
                () -> ask(
                        "DescribeLogStreams",
                        object().put("logGroupName", GROUP)
                                .put("orderBy", "LastEventTime")
                                .put("logStreamNamePrefix", "j")));
    }

    @Test
    void listsStreamsPageByPage() throws Exception {
        IntStream.range(0, 120).forEach(i -> book.add(GROUP, "job/" + (1000 + i), "x"));

        ObjectNode request = object().put("logGroupName", GROUP);
        JsonNode first = ask("DescribeLogStreams", request);
        JsonNode second = ask(
                "DescribeLogStreams",
                request.put("nextToken", first.path("nextToken").asText()));
        JsonNode third = ask(
                "DescribeLogStreams",
                request.put("nextToken", second.path("nextToken").asText()));

        assertThat(names(first)).hasSize(50);
        assertThat(names(second)).hasSize(50).startsWith("job/1050");
        assertThat(names(third)).hasSize(20);
        assertThat(third.has("nextToken")).isFalse();
    }

    @Test
    void goesOnWhereAStreamStoodThatPrintedSince() throws Exception {
        for (String stream : List.of("a", "b", "c")) {
            book.add(GROUP, stream, "x");
            clock.advance(Duration.ofSeconds(1));
        }
        ObjectNode request = object().put("logGroupName", GROUP)
                .put("orderBy", "LastEventTime")
                .put("limit", 1);

        JsonNode first = ask("DescribeLogStreams", request);
        book.add(GROUP, "a", "y");

        assertThat(names(first)).containsExactly("a");
        assertThat(names(ask("DescribeLogStreams", request.put("limit", 50).set("nextToken", first.get("nextToken")))))
                .containsExactly("b", "c", "a");
    }

    @Test
    void readsForwardUntilTheTokenStays() throws Exception {
        IntStream.range(0, 25).forEach(i -> book.add(GROUP, "s", "line " + i));

        ObjectNode request = forward("s").put("limit", 10);
        JsonNode page = events(request);
        assertThat(texts(page)).hasSize(10).startsWith("line 0").endsWith("line 9");
        page = events(request.put("nextToken", page.path("nextForwardToken").asText()));
        page = events(request.put("nextToken", page.path("nextForwardToken").asText()));
        assertThat(texts(page)).hasSize(5).endsWith("line 24");
        String end = page.path("nextForwardToken").asText();
        assertThat(events(request.put("nextToken", end))
                        .path("nextForwardToken")
                        .asText())
                .isEqualTo(end);

        book.add(GROUP, "s", "line 25");

        assertThat(texts(events(request.put("nextToken", end)))).containsExactly("line 25");
    }

    @Test
    void readsBackwardFromTheEndUnlessItIsTold() throws Exception {
        IntStream.range(0, 25).forEach(i -> book.add(GROUP, "s", "line " + i));

        ObjectNode request =
                object().put("logGroupName", GROUP).put("logStreamName", "s").put("limit", 10);
        JsonNode page = events(request);

        assertThat(texts(page)).hasSize(10).startsWith("line 15").endsWith("line 24");
        assertThat(texts(events(
                        request.put("nextToken", page.path("nextBackwardToken").asText()))))
                .startsWith("line 5")
                .endsWith("line 14");
    }

    @Test
    void endsAPageAtAMebibyte() throws Exception {
        IntStream.range(0, 12).forEach(i -> book.add(GROUP, "s", "x".repeat(100_000)));

        JsonNode page = events(forward("s"));

        assertThat(texts(page)).hasSize(10);
        assertThat(texts(events(forward("s")
                        .put("nextToken", page.path("nextForwardToken").asText()))))
                .hasSize(2);
    }

    @Test
    void readsATime() throws Exception {
        for (int i = 0; i < 5; i++) {
            book.add(GROUP, "s", "line " + i);
            clock.advance(Duration.ofSeconds(1));
        }
        long start = VirtualClock.START.toEpochMilli();

        assertThat(texts(events(forward("s").put("startTime", start + 1000).put("endTime", start + 3000))))
                .containsExactly("line 1", "line 2");
    }

    @Test
    void fillsAPageWithWhatIsOfTheTime() throws Exception {
        for (int i = 0; i < 12; i++) {
            book.add(GROUP, "s", "line " + i);
            clock.advance(Duration.ofSeconds(1));
        }
        long start = VirtualClock.START.toEpochMilli();

        ObjectNode late = forward("s").put("startTime", start + 7000).put("limit", 3);
        JsonNode first = events(late);
        assertThat(texts(first)).containsExactly("line 7", "line 8", "line 9");
        JsonNode second =
                events(late.put("nextToken", first.path("nextForwardToken").asText()));
        assertThat(texts(second)).containsExactly("line 10", "line 11");
        JsonNode end =
                events(late.put("nextToken", second.path("nextForwardToken").asText()));
        assertThat(texts(end)).isEmpty();
        assertThat(end.path("nextForwardToken")).isEqualTo(second.path("nextForwardToken"));

        ObjectNode early = forward("s")
                .put("startFromHead", false)
                .put("endTime", start + 4000)
                .put("limit", 3);
        JsonNode last = events(early);
        assertThat(texts(last)).containsExactly("line 1", "line 2", "line 3");
        assertThat(texts(events(
                        early.put("nextToken", last.path("nextBackwardToken").asText()))))
                .containsExactly("line 0");
    }

    @Test
    void tellsSinceWhenAGroupIsThereAndHowMuchItHolds() throws Exception {
        book.add(GROUP, "b", "four");
        clock.advance(Duration.ofSeconds(1));
        book.add(GROUP, "a", "sixsix");

        JsonNode group = ask("DescribeLogGroups", object()).at("/logGroups/0");

        assertThat(group.path("creationTime").asLong()).isEqualTo(VirtualClock.START.toEpochMilli());
        assertThat(group.path("storedBytes").asLong())
                .as("26 bytes beside each line")
                .isEqualTo(4 + 6 + 2 * 26);
    }

    @Test
    void findsLinesOfAllStreamsInTheOrderOfTime() throws Exception {
        for (String line : List.of("a loss 3", "b loss 2", "a loss 1 \"odd\"", "b step", "a error loss")) {
            book.add(GROUP, "job/" + line.charAt(0), line);
            clock.advance(Duration.ofSeconds(1));
        }
        ObjectNode request = object().put("logGroupName", GROUP)
                .put("filterPattern", "loss -error")
                .put("limit", 2);

        JsonNode first = ask("FilterLogEvents", request);
        JsonNode second = ask(
                "FilterLogEvents",
                request.deepCopy().put("nextToken", first.path("nextToken").asText()));

        assertThat(texts(first)).containsExactly("a loss 3", "b loss 2");
        assertThat(texts(second)).containsExactly("a loss 1 \"odd\"");
        assertThat(second.has("nextToken")).isFalse();
        assertThat(texts(ask("FilterLogEvents", request.put("filterPattern", "?step ?\"loss 1\""))))
                .containsExactly("a loss 1 \"odd\"", "b step");
        assertThat(texts(ask(
                        "FilterLogEvents", object().put("logGroupName", GROUP).put("logStreamNamePrefix", "job/b"))))
                .containsExactly("b loss 2", "b step");
        assertRefused(
                "InvalidParameterException",
                "patterns of terms only",
                () -> ask("FilterLogEvents", request.put("filterPattern", "{ $.loss = 1 }")));
    }

    @Test
    void refusesWhatItCannotRead() {
        book.add(GROUP, "s", "line");

        assertRefused(
                "InvalidParameterException",
                "nextToken",
                () -> events(forward("s").put("nextToken", "x")));
        assertRefused("InvalidParameterException", "Exactly one", () -> events(object().put("logStreamName", "s")));
    }

    private List<String> streams(String prefix) throws ServiceError {
        return names(ask(
                "DescribeLogStreams",
                object().put("logGroupName", GROUP)
                        .put("logStreamNamePrefix", prefix)
                        .put("orderBy", "LogStreamName")));
    }

    private static List<String> names(JsonNode answer) {
        return answer.path("logStreams").findValuesAsText("logStreamName");
    }

    private JsonNode events(ObjectNode request) throws ServiceError {
        return ask("GetLogEvents", request);
    }

    private static List<String> texts(JsonNode page) {
        return page.path("events").findValuesAsText("message");
    }

    private static ObjectNode forward(String stream) {
        return object().put("logGroupName", GROUP).put("logStreamName", stream).put("startFromHead", true);
    }

    private JsonNode ask(String operation, ObjectNode request) throws ServiceError {
        assertThat(service.model().violations(operation, request)).isEmpty();
        ObjectNode answer = service.answer(operation, request);
        assertThat(service.model().flawsOfAnswer(operation, answer)).isEmpty();
        return answer;
    }

    private static void assertRefused(String code, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServiceError.class, error -> assertThat(error.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    private static ObjectNode object() {
        return Json.records().createObjectNode();
    }
}
