package dev.finetune4j.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.exception.HttpResponseException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.Pause;
import dev.finetune4j.azure.openai.ScriptedOpenAi.Fate;
import dev.finetune4j.azure.openai.TuningJobs.Launched;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** At most one job of a launch survives, whatever becomes of calls and answers. */
class TuningJobsTest {
    private static final RunId RUN = new RunId("tickets-1");
    private static final String DIGEST = "d1c0ffee";

    @TempDir
    private Path folder;

    private final VirtualClock clock = new VirtualClock();
    private final ScriptedOpenAi service = new ScriptedOpenAi(clock);
    private OpenAiCalls openAi;
    private TuningFiles files;
    private TuningJobs jobs;

    @BeforeEach
    void open() {
        AzureOpenAiOptions options = AzureOpenAiRulesTest.options();
        openAi = new OpenAiCalls(options, Answered.connection(service), clock::advance);
        files = new TuningFiles(openAi, options, clock::advance);
        jobs = new TuningJobs(openAi, files, options, clock::advance);
    }

    private Launched launch() throws IOException {
        String name = TuningFile.name(RUN, DIGEST, true);
        TuningFiles.Ready file = files.ready(name, Files.writeString(folder.resolve("rows"), "{}\n"));
        return jobs.submit(RUN, DIGEST, !file.isNew(), () -> body(file.file().id()));
    }

    private static JsonNode body(String file) {
        return Json.records().createObjectNode().put("training_file", file).put("model", "gpt-4.1-2025-04-14");
    }

    private List<String> states() {
        return service.made().stream().map(job -> job.path("status").asText()).toList();
    }

    @Test
    void launchesOnceHoweverOftenItIsAsked() throws IOException {
        Launched first = launch();

        assertThat(launch().job().id()).isEqualTo(first.job().id());
        assertThat(service.made()).hasSize(1);
        assertThat(first.job().state()).as("pending, and nulls").isEqualTo(RunState.QUEUED);
        assertThat(first.digest()).isEqualTo(DIGEST);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fate.class,
            names = {"ANSWER_LOST", "ERROR_AFTER"})
    void findsTheJobWhoseAnswerWasLost(Fate fate) throws IOException {
        service.fate(Fate.ANSWERED).fate(fate).behind(Duration.ofSeconds(20));

        Launched launched = launch();

        assertThat(launched.job().id()).isEqualTo("ftjob-1");
        assertThat(service.made()).hasSize(1);
    }

    @Test
    void launchesAgainOnlyAfterTwoLooksFarEnoughApart() throws IOException {
        service.fate(Fate.ANSWERED).fate(Fate.LOST);
        Instant begun = clock.instant();

        launch();

        assertThat(service.made()).hasSize(1);
        assertThat(Duration.between(begun, clock.instant())).isGreaterThanOrEqualTo(Duration.ofSeconds(75));
        List<String> calls = service.calls;
        int lost = calls.indexOf("POST fine_tuning/jobs");
        int again = calls.lastIndexOf("POST fine_tuning/jobs");
        assertThat(calls.subList(lost, again))
                .filteredOn("GET fine_tuning/jobs"::equals)
                .hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aJobThatTheListHidesLongerIsCancelledOnceItIsSeen() throws IOException {
        service.fate(Fate.ANSWERED).fate(Fate.ANSWER_LOST).behind(Duration.ofMinutes(5));

        Launched second = launch();
        assertThat(service.made())
                .as("the list was behind for longer than was waited")
                .hasSize(2);
        clock.advance(Duration.ofMinutes(10));
        Launched seen = jobs.find(RUN).orElseThrow();

        assertThat(second.job().id()).isEqualTo("ftjob-2");
        assertThat(seen.job().id()).as("the oldest is kept").isEqualTo("ftjob-1");
        assertThat(seen.twins()).extracting(TuningJob::id).containsExactly("ftjob-2");
        assertThat(states()).containsExactly("pending", "cancelled");
    }

    @Test
    void whoeverFollowsGoesOnWithTheJobThatIsKept() throws IOException {
        service.fate(Fate.ANSWERED).fate(Fate.ANSWER_LOST).behind(Duration.ofMinutes(5));
        EventPage ofSecond = events(launch(), EventPage.START);
        clock.advance(Duration.ofMinutes(10));
        Launched seen = jobs.find(RUN).orElseThrow();

        EventPage ofFirst = events(seen, ofSecond.next());

        assertThat(ofSecond.next()).startsWith("ftjob-2/");
        assertThat(ofFirst.next()).startsWith("ftjob-1/");
        assertThat(ofFirst.events()).as("from the start").hasSize(1);
        assertThat(events(seen, ofFirst.next()).events()).isEmpty();
        assertThatThrownBy(() -> events(seen, "ftjob-3/taken")).isInstanceOf(FineTuneException.class);
    }

    private static EventPage events(Launched launched, String cursor) {
        AzureOpenAiOptions options = AzureOpenAiRulesTest.options();
        return JobHistory.after(
                RUN,
                launched,
                AzureOpenAiStatusMapper.snapshot(RUN, launched, options),
                List.of(),
                List::of,
                options.hostingScope(),
                cursor);
    }

    @Test
    void aJobThatAListRepeatsIsNoTwinOfItself() throws IOException {
        service.withoutPages();
        Launched launched = launch();

        assertThat(launched.twins()).isEmpty();
        assertThat(jobs.find(RUN).orElseThrow().twins()).isEmpty();
        assertThat(states()).containsExactly("pending");
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "cancelled"})
    void anOldestThatHasFailedDoesNotEndTheOneThatTrains(String status) throws IOException {
        Launched first = launch();
        clock.advance(Duration.ofSeconds(1));
        service.launch(first.job().trainingFile());
        service.end(0, status);

        Launched kept = jobs.find(RUN).orElseThrow();

        assertThat(kept.job().id()).isEqualTo("ftjob-2");
        assertThat(kept.twins()).extracting(TuningJob::id).containsExactly("ftjob-1");
        assertThat(states()).containsExactly(status, "pending");
        service.end(1, "failed");
        assertThat(jobs.find(RUN).orElseThrow().job().id())
                .as("where all have failed, the oldest tells why")
                .isEqualTo("ftjob-1");
    }

    @Test
    void aLookThatIsDeniedAfterTheJobWasMadeDoesNotUnmakeIt() throws IOException {
        String name = TuningFile.name(RUN, DIGEST, true);
        TuningFile file = files.ready(name, Files.writeString(folder.resolve("rows"), "{}\n"))
                .file();

        Launched launched = jobs.submit(RUN, DIGEST, false, () -> {
            service.denyingLooks(1);
            return body(file.id());
        });

        assertThat(launched.job().id()).isEqualTo("ftjob-1");
        assertThat(service.made()).hasSize(1);
        assertThat(launch().job().id()).isEqualTo("ftjob-1");
    }

    @Test
    void aListOfFilesThatIsBehindLeavesOneJobOnceItIsSeen() throws IOException {
        service.filesHiddenFor(Duration.ofMinutes(5));
        Launched first = launch();
        open(); // another process
        launch();
        assertThat(service.made()).hasSize(2);

        clock.advance(Duration.ofMinutes(5));

        assertThat(jobs.find(RUN).orElseThrow().job().id())
                .isEqualTo(first.job().id());
        assertThat(states()).containsExactly("pending", "cancelled");
    }

    /** A process that died right after it launched left a file and a job that no list shows yet. */
    @Test
    void aFileThatIsSentTwiceIsUsedOnce() throws IOException {
        service.filesHiddenFor(Duration.ofSeconds(150));
        Launched first = launch();
        open(); // another process
        assertThat(files.all()).as("the list is behind").isEmpty();

        Launched second = launch();

        assertThat(second.job().id()).isEqualTo(first.job().id());
        assertThat(service.made()).hasSize(1);
        assertThat(service.files)
                .extracting(file -> file.path("id").asText())
                .as("the second one is removed")
                .containsExactly("file-1");
    }

    /** Whoever is told to stop stops in the midst of a pause, knows so afterwards, and has launched nothing for good. */
    @Test
    void anInterruptEndsEachPauseAtOnceAndLosesNoIntent() throws IOException {
        AzureOpenAiOptions options = AzureOpenAiRulesTest.options();
        Consumer<Duration> interrupted = time -> {
            Thread.currentThread().interrupt();
            Pause.of(time);
        };
        OpenAiCalls calls = new OpenAiCalls(options, Answered.connection(service), interrupted);
        TuningFiles sending = new TuningFiles(calls, options, interrupted);
        TuningJobs launching = new TuningJobs(calls, sending, options, interrupted);
        Path rows = Files.writeString(folder.resolve("rows"), "{}\n");
        service.filesHiddenFor(Duration.ofSeconds(20));

        assertInterrupted(() -> sending.ready(TuningFile.name(RUN, DIGEST, true), rows));
        assertInterrupted(() -> launching.submit(RUN, DIGEST, true, () -> body("file-1")));
        assertThat(service.made()).isEmpty();

        clock.advance(Duration.ofSeconds(20));
        launch();
        assertThat(service.made()).hasSize(1);
        assertThat(service.files).hasSize(1);
    }

    /** As a call that may be made again, with the interrupt told. */
    private static void assertInterrupted(ThrowingCallable call) {
        try {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            refusal -> assertThat(refusal.problems().get(0).retry())
                                    .isNotEqualTo(Retry.NEVER));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aJobThatComesAfterAnotherIsCancelledByWhoeverMadeIt() throws IOException {
        String name = TuningFile.name(RUN, DIGEST, true);
        TuningFile file = files.ready(name, Files.writeString(folder.resolve("rows"), "{}\n"))
                .file();

        Launched launched = jobs.submit(RUN, DIGEST, false, () -> {
            service.launch(file.id()); // after our look
            clock.advance(Duration.ofSeconds(1));
            return body(file.id());
        });

        assertThat(launched.job().id()).isEqualTo("ftjob-1");
        assertThat(launched.twins()).extracting(TuningJob::id).containsExactly("ftjob-2");
        assertThat(states()).containsExactly("pending", "cancelled");
    }

    @Test
    void aProcessThatDiedAfterItsCallIsFollowedByOneThatLooksBeforeItLaunches() throws IOException {
        service.behind(Duration.ofSeconds(50));
        launch();

        Launched found = launch();

        assertThat(found.job().id()).isEqualTo("ftjob-1");
        assertThat(service.made()).hasSize(1);
    }

    @Test
    void twoThatLaunchAtOnceLeaveOneJob() throws IOException {
        Launched one = launch();
        clock.advance(Duration.ofSeconds(1));
        service.launch(one.job().trainingFile());

        assertThat(launch().job().id()).isEqualTo(one.job().id());
        assertThat(states()).containsExactly("pending", "cancelled");
    }

    /** Before a file is sent for nothing. */
    @Test
    void refusesAFileForWhichTheResourceHasNoRoom() {
        there("fine-tune", "processed", (1L << 30) - 2);

        assertThatThrownBy(this::launch).isInstanceOfSatisfying(FineTuneException.class, refusal -> {
            Problem problem = refusal.problems().get(0);
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.QUOTA);
            assertThat(problem.causes())
                    .containsExactly(
                            "1073741822 bytes are there, 3 are to come, and a resource keeps 1073741824 for tuning");
            assertThat(problem.remedies().get(1))
                    .as("somebody else's")
                    .startsWith("az rest --method get --resource https://cognitiveservices.azure.com --url \"https://")
                    .contains("/files")
                    .contains("purpose=='fine-tune'");
        });
        assertThat(service.calls).containsExactly("GET files");
    }

    /** A resource serves others, too. */
    @Test
    void countsNoFilesThatAreNotForTuning() throws IOException {
        there("batch", "processed", 1L << 30);
        there("batch_output", "processed", 1L << 30);
        there("assistants", "processed", 1L << 30);
        there("fine-tune", "error", 1L << 30);
        there("fine-tune", "deleted", 1L << 30);

        launch();

        assertThat(service.made()).hasSize(1);
    }

    private void there(String purpose, String status, long bytes) {
        service.files.add(Json.records()
                .createObjectNode()
                .put("id", "file-of-others-" + service.files.size())
                .put("filename", "others.jsonl")
                .put("purpose", purpose)
                .put("bytes", bytes)
                .put("status", status));
    }

    /** No outage, though nobody answers. */
    @Test
    void tellsAnEndpointThatNobodyKnows() {
        IOException unresolved = new ConnectException(); // as the JDK's client has it, without a word
        unresolved.initCause(new UnresolvedAddressException());
        AzureConnection nowhere = Answered.connection(request -> Mono.error(new UncheckedIOException(unresolved)));
        AzureConnection once = new AzureConnection(nowhere.cloud(), nowhere.credential(), nowhere.http(), 0);
        TuningFiles there = new TuningFiles(
                new OpenAiCalls(AzureOpenAiRulesTest.options(), once, clock::advance),
                AzureOpenAiRulesTest.options(),
                clock::advance);

        assertThatThrownBy(there::all).isInstanceOfSatisfying(FineTuneException.class, refusal -> {
            Problem problem = refusal.problems().get(0);
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.BAD_SETTING);
            assertThat(problem.summary()).startsWith("there is no resource at https://");
            assertThat(problem.causes().get(0)).startsWith("no address is known of ");
            assertThat(problem.retry()).as("a line may be down").isEqualTo(Retry.after(Duration.ofSeconds(30)));
        });
    }

    /** No outage that passes: nobody was asked. */
    @Test
    void tellsWhatKeepsItFromAskingAnybody() {
        String absent = folder.resolve("absent.pem").toString();
        ProviderContext context = new ProviderContext(folder, Map.of("SSL_CERT_FILE", absent), clock);
        try (Provider provider = new AzureOpenAiProviderFactory().open(context, AzureOpenAiRulesTest.SETTINGS)) {
            assertThatThrownBy(() -> provider.find(RUN)).isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                Problem problem = refusal.problems().get(0);
                assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.UNREACHABLE);
                assertThat(problem.summary()).isEqualTo("Azure OpenAI cannot be asked from here");
                assertThat(problem.causes())
                        .containsExactly("SSL_CERT_FILE names " + absent
                                + " for certificates to believe, and there is no such file");
                assertThat(problem.remedies()).containsExactly("unset SSL_CERT_FILE");
                assertThat(problem.retry()).isEqualTo(Retry.NEVER);
            });
        }
    }

    /** The version is part of the path, so that one that is not known is told in the same words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v1 | endpoint | az cognitiveservices account list | places.azure-openai.api-version: 2024-10-21",
                "2023-05-15 | api-version | places.azure-openai.api-version: v1 | az cognitiveservices account list"
            })
    void tellsAnEndpointThatIsNoResourceOrHasNoSuchVersion(
            String version, String setting, String first, String second) {
        AzureOpenAiOptions options = AzureOpenAiRulesTest.options(Map.of("api-version", version));
        TuningFiles there = new TuningFiles(
                new OpenAiCalls(
                        options,
                        Answered.connection(request -> Mono.just(
                                Answered.to(404, "{\"error\":{\"code\":\"404\",\"message\":\"Resource not found\"}}"))),
                        clock::advance),
                options,
                clock::advance);

        assertThatThrownBy(there::all).isInstanceOfSatisfying(FineTuneException.class, refusal -> {
            Problem problem = refusal.problems().get(0);
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.BAD_SETTING);
            assertThat(problem.summary())
                    .startsWith("there is no resource at https://")
                    .endsWith(", or none that knows the api-version " + version);
            assertThat(problem.place()).contains(Location.ofKey("places.azure-openai." + setting));
            assertThat(problem.remedies())
                    .satisfiesExactly(
                            one -> assertThat(one).startsWith(first),
                            other -> assertThat(other).startsWith(second));
            assertThat(problem.causes()).containsExactly("404: Resource not found");
            assertThat(problem.retry()).isEqualTo(Retry.NEVER);
        });
    }

    @Test
    void waitsAsLongAsTheServiceAsks() throws IOException {
        service.fate(Fate.ANSWERED).fate(Fate.BUSY);
        Instant begun = clock.instant();

        launch();

        assertThat(service.made()).hasSize(1);
        assertThat(Duration.between(begun, clock.instant())).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void givesUpWhereTheServiceIsBusyForLong() {
        for (int i = 0; i < 4; i++) {
            service.fate(Fate.BUSY);
        }

        assertThatThrownBy(this::launch).isInstanceOfSatisfying(FineTuneException.class, refusal -> {
            assertThat(refusal.problems().get(0).kind()).isEqualTo(AzureOpenAiProblems.UNREACHABLE);
            assertThat(refusal.problems().get(0).retry()).isEqualTo(Retry.asked(Duration.ofSeconds(7)));
        });
    }

    /** Whoever launches is told of it, and comes again. */
    @Test
    void leavesALongPauseToWhoeverSendsAFile() {
        service.fate(Fate.BUSY).busyFor(Duration.ofSeconds(11));
        Instant begun = clock.instant();

        assertThatThrownBy(this::launch)
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        refusal -> assertThat(refusal.problems().get(0).retry())
                                .isEqualTo(Retry.asked(Duration.ofSeconds(11))));
        assertThat(clock.instant()).isEqualTo(begun);
    }

    /** A part that is given up costs those before it. */
    @Test
    void waitsAMinuteForAPartAndNoLonger() throws IOException {
        JsonNode none = Json.records().createObjectNode();
        try (Form part = Form.ofPart(new byte[1], 1)) {
            service.busyFor(Duration.ofMinutes(1)).fate(Fate.BUSY);
            assertThat(openAi.sendPart("uploads/large", part).path("id").asText())
                    .startsWith("part-");
            service.fate(Fate.BUSY);
            assertThat(openAi.complete("uploads/large", none).has("file")).isTrue();
            assertThat(clock.instant()).isEqualTo(VirtualClock.START.plus(Duration.ofMinutes(2)));

            service.busyFor(Duration.ofSeconds(61)).fate(Fate.BUSY).fate(Fate.BUSY);
            assertThatThrownBy(() -> openAi.sendPart("uploads/large", part)).isInstanceOf(HttpResponseException.class);
            assertThatThrownBy(() -> openAi.complete("uploads/large", none)).isInstanceOf(HttpResponseException.class);
        }
    }

    @Test
    void tellsWhyAJobIsRefusedWithTheNameOfTheCall() {
        service.fate(Fate.ANSWERED).fate(Fate.REFUSED);

        assertThatThrownBy(this::launch).isInstanceOfSatisfying(FineTuneException.class, refusal -> {
            assertThat(refusal.problems().get(0).kind()).isEqualTo(AzureOpenAiProblems.DATA_REFUSED);
            assertThat(refusal.problems().get(0).causes().get(0)).contains("not taken", "c0ffee");
        });
        assertThat(service.made()).isEmpty();
    }

    @Test
    void anotherOrderOfTheRunIsRefused() throws IOException {
        launch();

        assertThatThrownBy(() -> jobs.submit(RUN, "d2", false, () -> body("file-1")))
                .hasMessageContaining(RUN.value())
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        refusal ->
                                assertThat(refusal.problems().get(0).kind()).isEqualTo(AzureOpenAiProblems.NAME_TAKEN));
    }

    @Test
    void aFileWhoseAnswerWasLostIsNotSentAgain() throws IOException {
        service.fate(Fate.ANSWER_LOST);

        launch();

        assertThat(service.files).hasSize(1);
    }

    @Test
    void waitsUntilAFileIsReadAndNotForEver() throws IOException {
        service.readingFor(3);
        launch();
        assertThat(service.calls).filteredOn("GET files/file-1"::equals).hasSize(3);

        service.readingFor(10_000);
        assertThatThrownBy(() -> files.ready("other.jsonl", folder.resolve("rows")))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        refusal -> assertThat(refusal.problems().get(0).kind())
                                .isEqualTo(AzureOpenAiProblems.NOT_PROCESSED));
    }

    @Test
    void sendsLargeFilesInPartsWhereThereAreUploads() throws IOException {
        Path large = folder.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(TuningFiles.LARGEST_CALL + 1);
        }

        TuningFile inParts = files.ready("large.jsonl", large).file();

        assertThat(inParts.name()).isEqualTo("large.jsonl");
        assertThat(service.calls).filteredOn(call -> call.endsWith("/parts")).hasSize(4);
        assertThat(files.ready("large.jsonl", large).file().id()).isEqualTo(inParts.id());

        service.silentOnUploads();
        assertThat(files.ready("untold.jsonl", large).file().id()).isEqualTo("file-2");

        service.withoutUploads();
        assertThat(files.ready("whole.jsonl", large).file().name()).isEqualTo("whole.jsonl");
        assertThat(service.files).hasSize(3);
        assertThat(service.calls).contains("POST files");
    }

    @Test
    void stoppingWhatHasEndedIsDone() throws IOException {
        Launched launched = launch();
        service.end(0, "succeeded");

        jobs.cancel(launched); // it ended after it was looked at

        assertThat(states()).containsExactly("succeeded");
    }
}
