package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobStatus;

/** A job is told of alike, whatever words the service has for it. */
class BedrockStatusMapperTest {
    private static final RunId ID = new RunId("tickets-3f9c2a11-1");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "InProgress, TRAINING",
        "Completed, SUCCEEDED",
        "Failed, FAILED",
        "Stopping, STOPPING",
        "Stopped, STOPPED",
        "ANewState, TRAINING"
    })
    void knowsWhereAJobStands(String status, RunState state) {
        JobSnapshot snapshot = snapshot(job(status));

        assertThat(snapshot.state()).isEqualTo(state);
        assertThat(snapshot.endedAt() != null).isEqualTo(state.isTerminal());
        assertThat(snapshot.failure().isPresent()).isEqualTo(state == RunState.FAILED);
    }

    @ParameterizedTest
    @CsvSource({
        "NotStarted, NotStarted, NotStarted, QUEUED",
        "InProgress, NotStarted, NotStarted, DOWNLOADING",
        "Completed, InProgress, NotStarted, DOWNLOADING",
        "Completed, Completed, InProgress, TRAINING",
        "ANewState, NotStarted, NotStarted, DOWNLOADING"
    })
    void knowsWhereAJobStandsInDetail(String validation, String processing, String training, RunState state) {
        GetModelCustomizationJobResponse.Builder job = job("InProgress")
                .statusDetails(details -> details.validationDetails(part -> part.status(validation))
                        .dataProcessingDetails(part -> part.status(processing))
                        .trainingDetails(part -> part.status(training)));

        assertThat(snapshot(job).state()).isEqualTo(state);
    }

    @Test
    void survivesPartsThatAreNotTold() {
        assertThat(snapshot(job("InProgress").statusDetails(details -> {})).state())
                .isEqualTo(RunState.QUEUED);
        assertThat(snapshot(job("InProgress")
                                .statusDetails(details -> details.trainingDetails(part -> part.status("InProgress"))))
                        .state())
                .isEqualTo(RunState.TRAINING);
        assertThat(snapshot(job("Completed").endTime(null)).endedAt()).isEqualTo(START.plusSeconds(30));
    }

    @Test
    void hasAStateForEveryStatusThatAmazonsClientKnows() {
        Arrays.stream(ModelCustomizationJobStatus.values())
                .map(String::valueOf)
                .forEach(status ->
                        assertThat(snapshot(job(status)).state()).as(status).isNotNull());
    }

    @Test
    void tellsWhatTheJobIs() {
        JobSnapshot snapshot = snapshot(job("Completed"));

        assertThat(snapshot.id()).isEqualTo(ID);
        assertThat(snapshot.digest()).isEqualTo("abc");
        assertThat(snapshot.reference()).endsWith("model-customization-job/amazon.nova-micro-v1:0:128k/abcdefabcdef");
        assertThat(snapshot.submittedAt()).isEqualTo(START);
        assertThat(snapshot.endedAt()).isEqualTo(START.plusSeconds(60));
        assertThat(snapshot.billedTime()).as("tokens are billed").isEqualTo(Duration.ZERO);
        assertThat(snapshot(job("Completed").clientRequestToken("console-123")).digest())
                .as("somebody else's job")
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void tellsWhoIsToBlame(String reason, ProblemKind kind, boolean isWorthARetry) {
        Problem problem =
                snapshot(job("Failed").failureMessage(reason)).failure().orElseThrow();

        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.causes()).containsExactly(reason.isEmpty() ? "no reason is told" : reason);
        assertThat(problem.remedies()).isNotEmpty();
        assertThat(problem.retry() instanceof Retry.After).isEqualTo(isWorthARetry);
    }

    @Test
    void asksForMoreThanItToldInWordsThatCanBePasted() {
        assertThat(remedies("The model exploded"))
                .containsExactly("aws bedrock get-model-customization-job --region us-east-1 --job-identifier " + ID
                        + "    # all that is told of it");
        assertThat(remedies("Input data has no answers"))
                .containsExactly("aws bedrock get-model-customization-job --region us-east-1"
                        + " --query trainingDataConfig.s3Uri --job-identifier " + ID
                        + "    # where the rows lie that it read");
    }

    private static List<String> remedies(String reason) {
        return snapshot(job("Failed").failureMessage(reason))
                .failure()
                .orElseThrow()
                .remedies();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        "Input data at fine-tuning-datasets/train.jsonl must follow '{\"prompt\": \"<input text>\"}' format",
                        BedrockProblems.DATA_REFUSED,
                        false),
                Arguments.of(
                        "Maximum input token count 5000 exceeds limit of 4096 for train data",
                        BedrockProblems.DATA_REFUSED,
                        false),
                Arguments.of("Could not assume provided IAM role.", BedrockProblems.ROLE_UNUSABLE, false),
                Arguments.of("could not assume the role to read training data", BedrockProblems.ROLE_UNUSABLE, false),
                Arguments.of(
                        "Access Denied: no identity-based policy allows s3:GetObject on resource s3://b/train.jsonl",
                        BedrockProblems.JOB_FAILED,
                        false),
                Arguments.of("Record 403 of the dataset has no answer", BedrockProblems.DATA_REFUSED, false),
                Arguments.of("Correct the training data and try again.", BedrockProblems.DATA_REFUSED, false),
                Arguments.of(
                        "Internal error while processing training data, please try again",
                        BedrockProblems.JOB_FAILED,
                        true),
                Arguments.of("Internal error. Please try again.", BedrockProblems.JOB_FAILED, true),
                Arguments.of("The model exploded", BedrockProblems.JOB_FAILED, false),
                Arguments.of("", BedrockProblems.JOB_FAILED, false));
    }

    private static JobSnapshot snapshot(GetModelCustomizationJobResponse.Builder job) {
        return BedrockStatusMapper.snapshot(ID, job.build());
    }

    private static GetModelCustomizationJobResponse.Builder job(String status) {
        return GetModelCustomizationJobResponse.builder()
                .jobName(ID.value())
                .jobArn("arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon.nova-micro-v1:0:128k/"
                        + "abcdefabcdef")
                .clientRequestToken(StagedTuning.token(ID, "abc"))
                .status(status)
                .creationTime(START)
                .lastModifiedTime(START.plusSeconds(30))
                .endTime(START.plusSeconds(60));
    }
}
