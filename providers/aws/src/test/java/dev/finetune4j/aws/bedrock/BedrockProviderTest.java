package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.Surroundings;
import dev.finetune4j.data.Part;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the contract does not ask for: rows that are refused ahead, other people's jobs, and settings. */
class BedrockProviderTest {
    private static final RunId ID = new RunId("tickets-3f9c2a11-1");
    private static final Map<String, String> SETTINGS = Map.of(
            "role",
            OfflineTuning.ROLE,
            "region",
            OfflineTuning.REGION,
            "store",
            OfflineTuning.STORE,
            "epochCount",
            "1");

    private final VirtualClock clock = new VirtualClock();

    @TempDir
    private Path folder;

    private OfflineAws aws;
    private Provider provider;

    @BeforeEach
    void open() throws IOException {
        aws = OfflineTuning.start(
                clock, OfflineTuning.REGION, OfflineTuning.store(folder.resolve("s3"), OfflineTuning.REGION, clock));
        provider = new BedrockProviderFactory().open(Surroundings.of(aws, folder, clock), SETTINGS);
    }

    @AfterEach
    void close() {
        provider.close();
        aws.close();
    }

    @Test
    void plansExactlyWhatItThenSends() throws Exception {
        Submission job = submission(rows("ticket", 16));

        List<PlannedCall> planned = provider.plannedCalls(job);

        assertThat(aws.calls("PutObject")).isEmpty();
        assertThat(aws.calls("CreateModelCustomizationJob")).isEmpty();
        provider.submit(job);
        PlannedCall last = planned.get(planned.size() - 1);
        assertThat(last.action()).isEqualTo("bedrock:CreateModelCustomizationJob");
        assertThat(Json.records().readTree(last.content()))
                .isEqualTo(aws.calls("CreateModelCustomizationJob").get(0).request());
    }

    @Test
    void tunesTheModelThatTheJobNamesAndBringsItsFiguresHome() throws Exception {
        provider.submit(submission(rows("ticket", 16)));
        clock.advance(Duration.ofHours(1));

        Path output = provider.fetch(ID, folder.resolve("output"));

        JsonNode reference = Json.read(Files.readString(output.resolve("model-reference.json")), JsonNode.class);
        assertThat(reference.path("model").asText()).contains(":custom-model/" + OfflineTuning.NOVA + "/");
        assertThat(reference.path("base").asText()).endsWith(":foundation-model/" + OfflineTuning.NOVA);
        assertThat(output.resolve("training_artifacts/step_wise_training_metrics.csv"))
                .exists();
        assertThat(provider.events(ID, EventPage.START).events())
                .filteredOn(RunEvent.StepCompleted.class::isInstance)
                .as("one pass, as the settings say, over 16 rows in batches of 8")
                .hasSize(2);
    }

    @Test
    void refusesBadRowsBeforeAnythingIsSent() throws Exception {
        Submission submission = submission(rows("User: no", 16));

        FineTuneException refusal = refused(() -> provider.submit(submission));

        assertThat(refusal.problems())
                .hasSize(16)
                .allMatch(problem -> problem.kind().equals(BedrockProblems.ROW));
        assertThat(aws.s3().keys(OfflineTuning.STORE)).isEmpty();
        assertThat(provider.find(ID)).isEmpty();
    }

    @Test
    void leavesTheJobsOfOthersAlone() throws Exception {
        aws.s3().upload(rows("ticket", 16), OfflineTuning.STORE + "/inputs/5e/train.jsonl");
        try (BedrockCalls calls = OfflineTuning.client(aws, OfflineTuning.REGION, aws.accessKeyId(), clock)) {
            CustomizationJobs console = new CustomizationJobs(calls);
            StagedTuning job = OfflineTuning.job("another-run", "abc");
            console.submit(new CustomizationMapper(OfflineTuning.options().build())
                    .request(job).toBuilder().jobName(ID.value()).build());
        }
        clock.advance(Duration.ofHours(1));

        assertTold(BedrockProblems.NAME_TAKEN, () -> provider.submit(submission(rows("ticket", 16))));
        assertTold(BedrockProblems.NAME_TAKEN, () -> provider.delete(ID));
        assertThat(provider.find(ID))
                .hasValueSatisfying(job -> assertThat(job.digest()).isEmpty());
    }

    @Test
    void saysWhatBedrockDoesNotDo() throws Exception {
        provider.submit(submission(rows("ticket", 16)));

        assertTold(BedrockProblems.UNABLE, () -> provider.resume(ID));
        assertTold(BedrockProblems.WRONG_STATE, () -> provider.delete(ID));
        assertTold(BedrockProblems.WRONG_STATE, () -> provider.fetch(ID, folder.resolve("output")));
        assertTold(BedrockProblems.FOREIGN_CURSOR, () -> provider.events(ID, "event-999"));
        provider.stop(ID);
        clock.advance(Duration.ofHours(1));

        assertThat(provider.find(ID))
                .hasValueSatisfying(job -> assertThat(job.state()).isEqualTo(RunState.STOPPED));
        assertThat(provider.fetch(ID, folder.resolve("output"))).isEmptyDirectory();
    }

    @Test
    void readsSettings() {
        BedrockSettings settings = new BedrockSettings(
                Map.of("role", "r", "store", "s", "subnets", "a, b", "security-groups", "c", "epochCount", "1"),
                Map.of("AWS_REGION", "us-west-2"));

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.options(new ModelRef("m")))
                .isEqualTo(BedrockOptions.builder("r", "us-west-2", "s", "m")
                        .network(List.of("a", "b"), List.of("c"))
                        .hyperParameters(Map.of("epochCount", "1"))
                        .build());
    }

    @Test
    void tellsOfSettingsThatAreMissingOrUnknown() {
        List<Problem> problems = new BedrockSettings(Map.of("machine", "ml.g5.xlarge"), Map.of()).problems();

        assertThat(problems)
                .extracting(Problem::summary)
                .containsExactly(
                        "Bedrock has no setting machine",
                        "Bedrock needs to be told its role",
                        "Bedrock needs to be told its store",
                        "Bedrock needs to be told its region");
        assertThat(problems.get(1).place()).contains(Location.ofKey("places.bedrock.role"));
    }

    private static void assertTold(ProblemKind kind, ThrowingCallable call) {
        assertThat(refused(call).problems().get(0).kind()).isEqualTo(kind);
    }

    private static FineTuneException refused(ThrowingCallable call) {
        FineTuneException refusal = catchThrowableOfType(FineTuneException.class, call);
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private Path rows(String text, int count) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        return Files.writeString(
                data.resolve(Part.TRAIN.fileName()),
                IntStream.range(1, count + 1)
                        .mapToObj(i -> Json.line(TuningRecordsTest.row(i, "U", text + " " + i, "A", "billing")) + "\n")
                        .collect(Collectors.joining()));
    }

    private static Submission submission(Path rows) {
        WorkStep train = new WorkStep.Train(
                LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("amazon/nova-micro", null));
        return Submission.builder(ID, new ModelRef(OfflineTuning.NOVA), new WorkOrder("abc", List.of(train)))
                .channel(WorkOrder.DATA_CHANNEL, Objects.requireNonNull(rows.getParent()))
                .build();
    }
}
