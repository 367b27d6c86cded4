package dev.finetune4j.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.azure.openai.TuningJobs.Launched;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Azure says of jobs, with its nulls and its own states, becomes what everybody is told. */
class AzureOpenAiStatusMapperTest {
    private static final RunId RUN = new RunId("tickets-1");
    private static final Instant END = Instant.ofEpochSecond(2000);

    private static TuningJob job(String more) {
        return TuningJob.of(Json.read(
                "{\"id\":\"ftjob-1\",\"created_at\":1000,\"model\":\"gpt-4.1-2025-04-14\",\"training_file\":\"file-1\","
                        + "\"organization_id\":null,\"result_files\":null,\"hyperparameters\":null," + more + "}",
                JsonNode.class));
    }

    private static JobSnapshot snapshot(String more) {
        return AzureOpenAiStatusMapper.snapshot(
                RUN, new Launched(job(more), "d1", List.of()), AzureOpenAiRulesTest.options());
    }

    @ParameterizedTest
    @CsvSource({
        "validating_files, DOWNLOADING",
        "pending, QUEUED",
        "queued, QUEUED",
        "running, TRAINING",
        "paused, TRAINING",
        "evaluating_safety, TRAINING",
        "succeeded, SUCCEEDED",
        "failed, FAILED",
        "cancelled, STOPPED"
    })
    void survivesStatesThatNobodyKnows(String status, RunState state) {
        JobSnapshot snapshot = snapshot("\"status\":\"" + status + "\",\"finished_at\":null,\"error\":null");

        assertThat(snapshot.state()).isEqualTo(state);
        assertThat(snapshot.endedAt() != null).isEqualTo(state.isTerminal());
        assertThat(snapshot.spend()).as("no tokens are told").isNull();
    }

    @Test
    void aJobWithoutAStateWaits() {
        assertThat(snapshot("\"status\":null").state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void spendsWhatIsTrainedByThePriceOfRegionAndScope() {
        JobSnapshot snapshot = snapshot("\"status\":\"succeeded\",\"finished_at\":2000,\"trained_tokens\":100001");

        assertThat(snapshot.spend()).isEqualTo(Money.parse("2.5001 USD")); // 25 USD a million, rounded up
        assertThat(snapshot.endedAt()).isEqualTo(END);
    }

    @Test
    void tellsWhyAJobFailed() {
        assertThat(failure("\"code\":\"invalid_training_file\",\"message\":\"line 3 is no conversation\""))
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.DATA_REFUSED);
                    assertThat(problem.causes()).containsExactly("invalid_training_file: line 3 is no conversation");
                });
        assertThat(failure("\"code\":\"server_error\",\"message\":null")).satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.JOB_FAILED);
            assertThat(problem.retry()).isNotEqualTo(Retry.NEVER);
        });
        assertThat(failure("\"code\":\"server_error\",\"message\":\"the training file could not be read, try again\""))
                .as("a file that is named is not to blame")
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.JOB_FAILED);
                    assertThat(problem.retry()).isNotEqualTo(Retry.NEVER);
                });
        assertThat(failure("\"code\":null,\"message\":null").causes()).containsExactly("no reason is told");
    }

    private static Problem failure(String error) {
        return snapshot("\"status\":\"failed\",\"error\":{" + error + "}")
                .failure()
                .orElseThrow();
    }

    @Test
    void tellsEachKindOfRefusal() {
        assertThat(told(401, "401", "Access denied due to invalid subscription key"))
                .isEqualTo(AzureOpenAiProblems.NO_CREDENTIALS);
        assertThat(told(401, "PermissionDenied", "The principal lacks the required data action"))
                .isEqualTo(AzureOpenAiProblems.DENIED);
        assertThat(told(403, "AuthorizationFailed", "no role")).isEqualTo(AzureOpenAiProblems.DENIED);
        assertThat(told(429, "429", "slow down")).isEqualTo(AzureOpenAiProblems.UNREACHABLE);
        assertThat(told(500, "InternalServerError", "sorry")).isEqualTo(AzureOpenAiProblems.UNREACHABLE);
        assertThat(told(400, "quotaExceeded", "Max number of jobs reached")).isEqualTo(AzureOpenAiProblems.QUOTA);
        assertThat(told(429, "quotaExceeded", "The resource has 20 queued fine-tuning jobs, which is the limit."))
                .isEqualTo(AzureOpenAiProblems.QUOTA);
        assertThat(told(400, "invalidPayload", "The specified base model does not support fine-tuning."))
                .isEqualTo(AzureOpenAiProblems.NOT_TUNABLE);
        assertThat(told(400, "invalidPayload", "The training file is empty."))
                .isEqualTo(AzureOpenAiProblems.DATA_REFUSED);
        assertThat(told(413, "invalidPayload", "The maximum file size is exceeded."))
                .isEqualTo(AzureOpenAiProblems.DATA_REFUSED);
        assertThat(told(400, "invalidPayload", "batch_size must be at most 64")).isEqualTo(AzureOpenAiProblems.REFUSED);
        assertThat(told(409, "Conflict", "it is so")).isEqualTo(AzureOpenAiProblems.REFUSED);
    }

    private static ProblemKind told(int status, String code, String message) {
        return AzureOpenAiErrors.told(Answered.with(status, code, message), "tickets-1", AzureOpenAiRulesTest.options())
                .problems()
                .get(0)
                .kind();
    }

    @Test
    void tellsEachEventOnceInItsOrderAndGoesOnFromAny() {
        String told = "[" + event("c", 1300, "message", "Job started.") + "," + event("m", 1250, "metrics", "Step 1")
                + "," + event("b", 1200, "message", "Job enqueued.") + ","
                + event("b", 1200, "message", "Job enqueued.")
                + "," + event("a", 1200, "message", "Validating training file") + "]";

        List<RunEvent> events =
                page("\"status\":\"running\"", told, List.of(), "").events();

        assertThat(events)
                .extracting(event -> ((RunEvent.StateChanged) event).message())
                .containsExactly(
                        "Azure OpenAI took the job", "Validating training file", "Job enqueued.", "Job started.");
        assertThat(events)
                .extracting(event -> ((RunEvent.StateChanged) event).state())
                .containsExactly(RunState.STARTING, RunState.DOWNLOADING, RunState.DOWNLOADING, RunState.TRAINING);
        assertThat(page("\"status\":\"running\"", told, List.of(), "ftjob-1/event-a")
                        .events())
                .isEqualTo(events.subList(2, 4));
        assertThatThrownBy(() -> page("\"status\":\"running\"", told, List.of(), "ftjob-1/event-x"))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        refusal -> assertThat(refusal.problems().get(0).kind())
                                .isEqualTo(AzureOpenAiProblems.WRONG_STATE));
    }

    @Test
    void saysThatALaunchMadeTwoAndThatNothingWasCompared() {
        TuningJob twin = job("\"status\":\"cancelled\",\"finished_at\":1500,\"trained_tokens\":7");

        List<RunEvent> events = page(
                        "\"status\":\"succeeded\",\"finished_at\":2000,\"fine_tuned_model\":\"gpt-4.1.ft-1\","
                                + "\"trained_tokens\":3",
                        "[]",
                        List.of(twin),
                        "")
                .events();

        assertThat(events)
                .filteredOn(RunEvent.Noticed.class::isInstance)
                .extracting(event -> ((RunEvent.Noticed) event).problem().kind())
                .containsExactly(AzureOpenAiProblems.TWINS, AzureOpenAiProblems.NOT_COMPARED);
        assertThat(events)
                .filteredOn(event -> event instanceof RunEvent.Noticed notice
                        && notice.subject() == RunEvent.Noticed.Subject.COMPARISON)
                .extracting(event -> ((RunEvent.Noticed) event).problem().kind())
                .containsExactly(AzureOpenAiProblems.NOT_COMPARED);
        assertThat(JobHistory.line(events.get(1))).startsWith(END + " FT0991: 2 jobs came of one launch");
        assertThat(events.get(events.size() - 1)).isEqualTo(new RunEvent.StateChanged(END, RunState.SUCCEEDED, ""));
        assertThat(new Launched(job("\"trained_tokens\":3"), "d1", List.of(twin)).trainedTokens())
                .contains(10L);
        TuningJob cancelling = job("\"status\":\"cancelling\"");
        assertThat(new Launched(job("\"trained_tokens\":3"), "d1", List.of(cancelling)).trainedTokens())
                .as("what it trains until it ends is billed, too")
                .isEmpty();
    }

    private static String event(String id, long at, String type, String message) {
        return "{\"id\":\"" + id + "\",\"created_at\":" + at + ",\"level\":\"info\",\"type\":\"" + type
                + "\",\"message\":\"" + message + "\",\"data\":null}";
    }

    @ParameterizedTest
    @CsvSource({
        "developer, costs nothing by the hour and ends after 24 h",
        "global, is paid by the hour until it is ended",
        "regional, is paid by the hour until it is ended"
    })
    void saysWhatItCostsToAskTheModelInTheWayThatIsMeant(String way, String cost) {
        List<RunEvent> events = page(
                        "\"status\":\"succeeded\",\"finished_at\":2000,\"fine_tuned_model\":\"gpt-4.1.ft-1\"",
                        "[]",
                        List.of(),
                        way,
                        "")
                .events();

        assertThat(events)
                .filteredOn(RunEvent.Noticed.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(
                                ((RunEvent.Noticed) event).problem().causes().get(0))
                        .endsWith("only once it is deployed, which as " + way + " " + cost));
    }

    private static EventPage page(String more, String told, List<TuningJob> twins, String cursor) {
        return page(more, told, twins, DeploymentWays.DEVELOPER, cursor);
    }

    private static EventPage page(String more, String told, List<TuningJob> twins, String way, String cursor) {
        Launched launched = new Launched(job(more), "d1", twins);
        JobSnapshot snapshot = AzureOpenAiStatusMapper.snapshot(RUN, launched, AzureOpenAiRulesTest.options());
        List<JsonNode> events = List.of(Json.read(told, JsonNode[].class));
        return JobHistory.after(RUN, launched, snapshot, events, List::of, way, cursor);
    }

    @Test
    void readsFiguresOfWhichManyAreMissing() {
        String csv = "\ufeff" + """
                step,train_loss,train_mean_token_accuracy,valid_loss,valid_mean_token_accuracy,full_valid_loss
                1,2.5,0.4,,,
                2,2.0,0.5,1.9,0.5,
                nonsense
                2,1.0,,,,
                3,-1,,,,
                4,1.5,0.6,,,1.7
                """;

        List<RunEvent> events = ResultFigures.events(csv, List.of(), END);

        assertThat(events)
                .filteredOn(RunEvent.StepCompleted.class::isInstance)
                .extracting(event -> ((RunEvent.StepCompleted) event).step())
                .containsExactly(1, 2, 4);
        assertThat(events)
                .filteredOn(RunEvent.ValidationCompleted.class::isInstance)
                .as("of the whole validation file, where that was taken")
                .containsExactly(new RunEvent.ValidationCompleted(END, 4, 1.7, true));
        assertThat(ResultFigures.events("", List.of(), END)).isEmpty();
    }

    @Test
    void takesComparisonsFromCheckpointsWhereTheFileHasNone() {
        JsonNode second =
                Json.records().valueToTree(Map.of("step_number", 8, "metrics", Map.of("full_valid_loss", 1.2)));
        JsonNode first = Json.records().valueToTree(Map.of("step_number", 4, "metrics", Map.of("valid_loss", 1.1)));

        assertThat(ResultFigures.events("step,train_loss\n1,2\n", List.of(second, first), END))
                .filteredOn(RunEvent.ValidationCompleted.class::isInstance)
                .containsExactly(
                        new RunEvent.ValidationCompleted(END, 4, 1.1, true),
                        new RunEvent.ValidationCompleted(END, 8, 1.2, false));
    }

    @Test
    void suffixesFitTheOlderLimit() {
        assertThat(TuningStage.suffix(RUN)).matches("f[0-9a-f]{12}").isEqualTo(TuningStage.suffix(RUN));
    }
}
