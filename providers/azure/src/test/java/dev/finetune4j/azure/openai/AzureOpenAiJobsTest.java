package dev.finetune4j.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.atIndex;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.account.AzureExaminer;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs at the offline service, from rows to figures, its bill and what is left of them. */
class AzureOpenAiJobsTest {
    /** By which the resource is found in the resource manager. */
    private static final Map<String, String> WHERE = Map.of(
            "subscription", Workspace.sample().subscription(),
            "resource-group", Workspace.sample().resourceGroup());

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineResource place;

    @SuppressWarnings("NullAway.Init") // before each test
    private Provider provider;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = new OfflineResource(home, blobs);
        provider = place.open();
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    private JobSnapshot end(Submission job) {
        var unused = provider.submit(job);
        place.clock.advance(Duration.ofHours(3));
        return provider.find(job.id()).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "2024-10-21"})
    void bringsFiguresAndAReferenceHomeAndTellsItsBill(String version) throws IOException {
        try (Provider of = place.openWith(Map.of("api-version", version))) {
            Submission job = place.job("tickets-1");
            var unused = of.submit(job);
            place.clock.advance(Duration.ofHours(3));

            JobSnapshot ended = of.find(job.id()).orElseThrow();
            List<RunEvent> events = of.events(job.id(), EventPage.START).events();
            Path output = of.fetch(job.id(), home.resolve("output"));

            assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(Objects.requireNonNull(ended.spend()).amount()).isPositive();
            assertThat(events).hasAtLeastOneElementOfType(RunEvent.StepCompleted.class);
            assertThat(events).hasAtLeastOneElementOfType(RunEvent.ValidationCompleted.class);
            assertThat(output.resolve("results.csv")).content().startsWith("step,");
            JsonNode reference = Json.read(Files.readString(output.resolve("model-reference.json")), JsonNode.class);
            assertThat(reference.path("model").asText()).contains(TuningStage.suffix(job.id()));
            assertThat(of.logs(job.id(), EventPage.START).orElseThrow().lines()).hasSameSizeAs(events);
        }
    }

    @Test
    void refusesWhatTheServiceCannotDo() {
        Submission job = place.job("tickets-1");
        var unused = provider.submit(job);

        assertThat(kind(() -> provider.resume(job.id()))).isEqualTo(AzureOpenAiProblems.UNABLE);
        assertThat(kind(() -> provider.fetch(job.id(), home))).isEqualTo(AzureOpenAiProblems.WRONG_STATE);
        assertThat(kind(() -> provider.stop(new RunId("other-1")))).isEqualTo(AzureOpenAiProblems.NO_SUCH_JOB);
    }

    private static ProblemKind kind(ThrowingCallable call) {
        FineTuneException[] thrown = new FineTuneException[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(FineTuneException.class, refusal -> thrown[0] = refusal);
        return thrown[0].problems().get(0).kind();
    }

    /** Minutes pass between an assignment and the time when it is known everywhere. */
    @Test
    void waitsForARoleThatWasAssignedAMomentAgo() {
        String reader = "{\"Actions\":[\"*/read\"],\"AssignableScopes\":[\"/subscriptions\"]}";
        String contributor = "{\"DataActions\":[\"Microsoft.CognitiveServices/accounts/OpenAI/*\"],"
                + "\"AssignableScopes\":[\"/subscriptions\"]}";
        try (Provider known = place.openWith(WHERE)) {
            place.azure.restrictCaller(reader);
            assertThat(refusal(known).retry()).as("no role is on its way").isEqualTo(Retry.NEVER);

            place.azure.assignCaller(Duration.ofMinutes(3), contributor);
            assertThat(refusal(known).code()).isEqualTo("FT0978");
            assertThat(refusal(known).retry()).isEqualTo(Retry.after(Duration.ofSeconds(30)));
            assertThat(refusal(provider).retry())
                    .as("nobody knows where the resource is")
                    .isEqualTo(Retry.NEVER);

            place.clock.advance(Duration.ofMinutes(4));
            assertThat(known.submit(place.job("soon")).state().isTerminal()).isFalse();
        }
    }

    /** What a policy for the caller names is enough, and each of it is needed: asking a model and large files are tried elsewhere. */
    @Test
    void theRoleOfTheCallerIsTheLeast() {
        try (Provider known = place.openWith(WHERE)) {
            AccessPolicy policy = known.policies("tickets", new ModelRef(OfflineResource.MODEL))
                    .get(0);
            place.azure.restrictCaller(policy.document());
            launchAndRemove(known, "allowed-1");

            for (String action : List.of(
                    "files/read",
                    "files/write",
                    "files/delete",
                    "fine-tunes/read",
                    "fine-tunes/write",
                    "fine-tunes/delete")) {
                place.azure.restrictCaller(policy.document().replace("OpenAI/" + action + "\"", "OpenAI/none\""));
                assertThat(kind(() -> launchAndRemove(known, "without-" + action.replace('/', '-'))))
                        .as(action)
                        .isEqualTo(AzureOpenAiProblems.DENIED);
            }
        }
    }

    private void launchAndRemove(Provider by, String run) {
        Submission job = place.job(run);
        by.submit(job);
        by.events(job.id(), EventPage.START);
        by.stop(job.id());
        place.clock.advance(Duration.ofHours(1));
        by.delete(job.id());
    }

    private Problem refusal(Provider by) {
        return catchThrowableOfType(FineTuneException.class, () -> by.submit(place.job("soon")))
                .problems()
                .get(0);
    }

    @Test
    void anAnswerThatIsLostLeavesOneJob() {
        place.azure.faults().loseAnswer("FineTuning_Create", 1);

        Submission job = place.job("tickets-1");
        JobSnapshot ended = end(job);

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(place.azure.calls().of("FineTuning_Create")).hasSize(1);
        assertThat(provider.events(job.id(), EventPage.START).events())
                .filteredOn(RunEvent.Noticed.class::isInstance)
                .extracting(event -> ((RunEvent.Noticed) event).problem().kind())
                .containsExactly(AzureOpenAiProblems.NOT_COMPARED);
    }

    @Test
    void aRefusalComesWithTheServicesWordsAndItsNameOfTheCall() {
        place.azure.faults().denyAccess("Files_List", 1);

        assertThatThrownBy(() -> provider.find(new RunId("tickets-1")))
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                    assertThat(refusal.problems().get(0).kind()).isEqualTo(AzureOpenAiProblems.DENIED);
                    assertThat(refusal.problems().get(0).causes().get(0))
                            .matches("(?s)\\w+: .+ \\(correlation [-\\w]+\\)");
                });
    }

    @Test
    void showsWhatItWouldSendAndSendsNothing() {
        List<PlannedCall> calls = provider.plannedCalls(place.job("tickets-1"));

        assertThat(calls)
                .extracting(PlannedCall::action)
                .containsExactly("POST files", "POST files", "POST fine_tuning/jobs");
        assertThat(calls.get(2).content()).contains("gpt-4.1-nano-2025-04-14", "\"trainingType\" : \"GlobalStandard\"");
        assertThat(provider.leftovers().orElseThrow()).isEmpty();
    }

    @Test
    void tellsWhatJobsLeaveAndWhatNeedsIt() {
        Submission job = place.job("tickets-1");
        var unused = provider.submit(job);
        assertThat(provider.leftovers().orElseThrow())
                .hasSize(2)
                .allSatisfy(left -> assertThat(left.use()).startsWith("ftjob-"));

        place.clock.advance(Duration.ofHours(3));
        List<Leftover> left = provider.leftovers().orElseThrow();
        assertThat(left).hasSize(3).allSatisfy(one -> {
            assertThat(one.run()).isEqualTo(job.id());
            assertThat(one.use()).isEmpty();
        });
        assertThat(left)
                .as("what the run was trained with for comparison alone is needed no more")
                .filteredOn(one -> !one.isResult())
                .hasSize(1);

        left.forEach(provider::remove);
        assertThat(provider.leftovers().orElseThrow()).isEmpty();
    }

    /** A resource takes a hundred, and without its training file nobody knows that a job is ours. */
    @Test
    void removesTheRecordOfAJobWithItsTrainingFileAndAsksForNoList() {
        Submission first = place.job("tickets-1");
        var unused = provider.submit(first);
        Instant launched = place.clock.instant();
        place.clock.advance(Duration.ofMinutes(30));
        provider.stop(first.id());
        Leftover record = records().get(0);
        assertThat(record.reference()).matches("ftjob-\\w+/file-\\w+");
        assertThat(record.lastUsed()).as("it ended later").isAfter(launched);
        var running = provider.submit(place.job("tickets-2"));
        int lists = place.azure.calls().of("FineTuning_List").size();
        place.azure.faults().denyAccess("FineTuning_Delete", 1);

        assertThat(kind(() -> provider.remove(record))).isEqualTo(AzureOpenAiProblems.DENIED);
        assertThat(place.azure.calls().of("Files_Delete"))
                .as("what it is known by stays")
                .isEmpty();
        provider.remove(record);
        assertThat(place.azure.calls().of("FineTuning_Delete"))
                .filteredOn(Call::hadEffect)
                .hasSize(1);
        assertThat(place.azure.calls().of("FineTuning_List")).hasSize(lists);

        assertThat(provider.find(first.id())).isEmpty();
        assertThat(records()).singleElement().satisfies(other -> {
            assertThat(other.run()).isEqualTo(running.id());
            assertThat(other.use()).isNotEmpty();
        });
    }

    private List<Leftover> records() {
        return provider.leftovers().orElseThrow().stream()
                .filter(one -> one.reference().startsWith("ftjob-"))
                .toList();
    }

    @Test
    void figuresAreFoundUntilTheyAreGone() {
        var unused = provider.submit(place.job("tickets-1"));
        place.clock.advance(Duration.ofHours(3));
        List<Leftover> left = provider.leftovers().orElseThrow();
        Leftover training = records().get(0);
        assertThat(left).extracting(Leftover::lastUsed).contains(training.lastUsed(), atIndex(left.size() - 1));
        place.azure.faults().denyAccess("Files_Delete", 1);

        assertThatThrownBy(() -> provider.remove(training)).isInstanceOf(FineTuneException.class);
        assertThat(provider.leftovers().orElseThrow()).isEqualTo(left);

        provider.remove(training);
        assertThat(provider.leftovers().orElseThrow())
                .as("the validation rows")
                .singleElement()
                .satisfies(one -> assertThat(one.isResult()).isFalse());
        assertThat(place.azure.calls().of("Files_Delete"))
                .filteredOn(Call::hadEffect)
                .hasSize(2);
    }

    @Test
    void findsAReadyResource() {
        assertThat(examine(Map.of(), place.azure.variables()))
                .satisfiesExactly(
                        one -> assertThat(one)
                                .isEqualTo(Diagnosis.ok(
                                        "azure-openai credentials", "environment gives tokens of AzureCloud")),
                        one -> assertThat(one.name()).isEqualTo("azure-openai model"),
                        one -> assertThat(one.found()).startsWith("my-openai has 0 files"),
                        one -> assertThat(one.verdict()).isEqualTo(Diagnosis.Verdict.OK),
                        one -> assertThat(one.verdict())
                                .as("its subscription is not known, which tuning does not take")
                                .isEqualTo(Diagnosis.Verdict.UNKNOWN));
    }

    @Test
    void tellsOfSettingsAndCredentialsThatAreNotTaken() {
        Map<String, String> variables = new HashMap<>(place.azure.variables());
        variables.put("AZURE_CLIENT_SECRET", "not the secret");

        assertThat(examine(Map.of(), variables)).singleElement().satisfies(one -> {
            assertThat(one.verdict()).isEqualTo(Diagnosis.Verdict.FAIL);
            assertThat(one.exit()).isEqualTo(ExitCode.CREDENTIALS);
            assertThat(one.found()).doesNotContain("not the secret");
        });
        assertThat(examine(Map.of("region", "ukwest"), variables))
                .singleElement()
                .satisfies(one -> assertThat(one.found()).startsWith("FT0972"));
    }

    /** Tokens are to be had, so that the line is not down. */
    @Test
    void tellsOfAnEndpointThatNobodyKnows() {
        Map<String, String> variables = new HashMap<>(place.azure.variables());
        variables.put("AZURE_REQUEST_RETRY_COUNT", "0");

        assertThat(examine(Map.of("endpoint", "https://my-openai.openai.azure.invalid"), variables))
                .filteredOn(one -> one.verdict() == Diagnosis.Verdict.FAIL)
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.found())
                            .isEqualTo("FT0970: there is no resource at https://my-openai.openai.azure.invalid");
                    assertThat(one.remedy()).startsWith("az cognitiveservices account list ");
                    assertThat(one.exit()).isEqualTo(ExitCode.INVALID);
                });
    }

    @Test
    void tellsWhyNobodyCouldBeAskedForAToken() {
        Map<String, String> variables = new HashMap<>(place.azure.variables());
        variables.put("SSL_CERT_FILE", home.resolve("absent.pem").toString());
        assertThat(examine(Map.of(), variables)).singleElement().satisfies(one -> {
            assertThat(one.found()).endsWith("absent.pem for certificates to believe, and there is no such file");
            assertThat(one.remedy()).isEqualTo("unset SSL_CERT_FILE");
            assertThat(one.exit()).isEqualTo(ExitCode.CAPACITY);
        });

        variables.put("SSL_CERT_FILE", place.azure.variables().getOrDefault("SSL_CERT_FILE", ""));
        variables.put("ARM_CLOUD_METADATA_URL", "https://my-cloud.invalid/clouds");
        assertThat(examine(Map.of(), variables)).singleElement().satisfies(one -> {
            assertThat(one.verdict()).isEqualTo(Diagnosis.Verdict.UNKNOWN);
            assertThat(one.remedy()).isEqualTo("curl --head https://my-cloud.invalid/clouds");
        });
    }

    private List<Diagnosis> examine(Map<String, String> others, Map<String, String> variables) {
        Map<String, String> settings = new HashMap<>(place.settings());
        settings.putAll(others);
        FineTuneJob job = FineTuneJob.builder(
                        "tickets",
                        ModelRef.parse(OfflineResource.MODEL),
                        TaskSpec.of(TaskKind.CHAT),
                        DataSpec.ofFile("tickets.jsonl"))
                .place(AzureOpenAiProvider.ID, settings)
                .build();
        return new AzureExaminer().examine(new ProviderContext(home, variables, place.clock), job);
    }
}
