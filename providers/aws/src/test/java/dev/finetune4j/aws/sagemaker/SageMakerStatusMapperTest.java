package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.aws.internal.jobs.SageMakerStatusMapper;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;

/** A job is told of alike, whatever words the service has for it. */
class SageMakerStatusMapperTest {
    private static final RunId ID = new RunId("tickets-3f9c2a11-1");
    private static final ProviderId PLACE = new ProviderId("somewhere");
    private static final String DESCRIBE =
            "aws sagemaker describe-training-job --region eu-central-1 --training-job-name " + ID;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "InProgress, Pending, QUEUED",
        "InProgress, Starting, STARTING",
        "InProgress, Downloading, DOWNLOADING",
        "InProgress, Training, TRAINING",
        "InProgress, Interrupted, INTERRUPTED",
        "InProgress, Restarting, INTERRUPTED",
        "InProgress, Uploading, UPLOADING",
        "Stopping, Stopping, STOPPING",
        "Completed, Completed, SUCCEEDED",
        "Failed, Failed, FAILED",
        "Stopped, Stopped, STOPPED",
        "Stopped, MaxRuntimeExceeded, STOPPED",
        "Stopped, MaxWaitTimeExceeded, FAILED",
        "InProgress, ANewState, TRAINING",
        "Stopping, ANewState, STOPPING",
        "Completed, ANewState, SUCCEEDED",
        "ANewState, ANewState, TRAINING"
    })
    void knowsWhereAJobStands(String primary, String secondary, RunState state) {
        JobSnapshot snapshot = snapshot(job(primary, secondary));

        assertThat(snapshot.state()).isEqualTo(state);
        assertThat(snapshot.endedAt() != null).isEqualTo(state.isTerminal());
        assertThat(snapshot.failure().isPresent()).isEqualTo(state == RunState.FAILED);
    }

    @Test
    void hasAStateForEveryStatusThatAmazonsClientKnows() {
        Arrays.stream(SecondaryStatus.values())
                .map(String::valueOf)
                .forEach(status ->
                        assertThat(snapshot(job("InProgress", status)).state()).isNotNull());
    }

    @Test
    void tellsWhatTheJobIs() {
        JobSnapshot snapshot = snapshot(job("InProgress", "Training"));

        assertThat(snapshot.id()).isEqualTo(ID);
        assertThat(snapshot.digest()).isEqualTo("abc");
        assertThat(snapshot.reference()).endsWith("training-job/tickets-3f9c2a11-1");
        assertThat(snapshot.submittedAt()).isEqualTo(START);
    }

    @Test
    void countsTheTimeInWhichAMachineWasThere() {
        DescribeTrainingJobResponse.Builder job = job("InProgress", "Training")
                .secondaryStatusTransitions(
                        transition("Starting", 0, 100),
                        transition("Downloading", 100, 160),
                        transition("Training", 160, 1000),
                        transition("Interrupted", 1000, 1100),
                        transition("Starting", 1100, 5000),
                        transition("Downloading", 5000, 5040),
                        transition("Training", 5040, -1));

        assertThat(SageMakerStatusMapper.snapshot(ID, List.of(job.build()), PLACE, START.plusSeconds(5100))
                        .billedTime())
                .isEqualTo(Duration.ofSeconds(60 + 840 + 40 + 60));
    }

    @Test
    void believesTheServicesOwnBill() {
        DescribeTrainingJobResponse.Builder job = job("Completed", "Completed").billableTimeInSeconds(321);

        assertThat(snapshot(job).billedTime()).isEqualTo(Duration.ofSeconds(321));
    }

    @Test
    void countsAMachineThatIsKeptAsLongAsItMayBe() {
        DescribeTrainingJobResponse.Builder job = job("Completed", "Completed")
                .trainingStartTime(START.plusSeconds(60))
                .billableTimeInSeconds(321)
                .resourceConfig(resources -> resources.keepAlivePeriodInSeconds(1800));

        assertThat(snapshot(job).keptTime()).as("nobody says that it went").isEqualTo(Duration.ofMinutes(30));
        assertThat(kept(job, "InUse", null)).isEqualTo(Duration.ofMinutes(30));
        assertThat(kept(job, "Available", 200)).isEqualTo(Duration.ofMinutes(30));
        assertThat(kept(job, "SomethingNew", 200)).isEqualTo(Duration.ofMinutes(30));
        assertThat(kept(job, "Reused", 200)).isEqualTo(Duration.ofSeconds(200));
        assertThat(kept(job, "Terminated", 1807)).isEqualTo(Duration.ofSeconds(1807));
        assertThat(kept(job, "Terminated", null)).isEqualTo(Duration.ZERO);
        assertThat(snapshot(job).billedTime()).isEqualTo(Duration.ofSeconds(321));
    }

    @Test
    void countsNoMachineThatIsNotThereToBeKept() {
        assertThat(snapshot(job("Failed", "Failed")
                                .resourceConfig(resources -> resources.keepAlivePeriodInSeconds(1800)))
                        .keptTime())
                .as("it never had one")
                .isEqualTo(Duration.ZERO);
        assertThat(snapshot(job("InProgress", "Training")
                                .trainingStartTime(START)
                                .resourceConfig(resources -> resources.keepAlivePeriodInSeconds(1800)))
                        .keptTime())
                .as("it still has it itself")
                .isEqualTo(Duration.ZERO);
        assertThat(snapshot(job("Completed", "Completed").trainingStartTime(START))
                        .keptTime())
                .isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "'AlgorithmError: no data; try: wait, exit code: 75', 75",
        "'AlgorithmError: , exit code: 137', 137",
        "'AlgorithmError: it hung', ",
        "'CapacityError: none is left, exit code: 75', ",
        "'', "
    })
    void tellsWhatTheContainerFailedWith(String reason, @Nullable Integer exitCode) {
        assertThat(snapshot(job("Failed", "Failed").failureReason(reason)).exitCode())
                .isEqualTo(exitCode);
        assertThat(snapshot(job("Stopped", "Stopped").failureReason(reason)).exitCode())
                .as("it did not fail")
                .isNull();
    }

    private static Duration kept(DescribeTrainingJobResponse.Builder job, String status, @Nullable Integer seconds) {
        return snapshot(job.warmPoolStatus(pool -> pool.status(status).resourceRetainedBillableTimeInSeconds(seconds)))
                .keptTime();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void tellsWhoIsToBlame(String reason, ProblemKind kind, String cause, String remedy, boolean isWorthARetry) {
        Problem problem = snapshot(job("Failed", "Failed").failureReason(reason))
                .failure()
                .orElseThrow();

        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.causes()).containsExactly(cause);
        assertThat(problem.remedies().get(0)).isEqualTo(remedy);
        assertThat(problem.retry() instanceof Retry.After).isEqualTo(isWorthARetry);
    }

    static Stream<Arguments> failures() {
        ProblemKind worker = SageMakerProblems.WORKER_FAILED;
        return Stream.of(
                Arguments.of(
                        "AlgorithmError: FT0622: the loss is not a number; at step 3; try: training.learning-rate: 1e-4, exit code: 8",
                        worker,
                        "FT0622: the loss is not a number; at step 3",
                        "training.learning-rate: 1e-4",
                        false),
                Arguments.of(
                        "AlgorithmError: , exit code: 137",
                        worker,
                        "it left no reason; exit code 137",
                        "aws logs tail /aws/sagemaker/TrainingJobs --region eu-central-1 --log-stream-name-prefix " + ID
                                + "/",
                        false),
                Arguments.of(
                        "CapacityError: Unable to provision requested ML compute capacity.",
                        SageMakerProblems.NO_CAPACITY,
                        "Unable to provision requested ML compute capacity.",
                        "finetune offers --target somewhere",
                        false),
                Arguments.of(
                        "InternalServerError: We encountered an internal error. Please try again.",
                        SageMakerProblems.PLATFORM_FAILED,
                        "We encountered an internal error. Please try again.",
                        SageMakerProblems.PLATFORM_FAILED.remedy(),
                        true),
                Arguments.of(
                        "ClientError: Data download failed",
                        SageMakerProblems.JOB_FAILED,
                        "Data download failed",
                        DESCRIBE,
                        false),
                Arguments.of("", SageMakerProblems.JOB_FAILED, "no reason is told", DESCRIBE, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SageMaker was unable to assume the role arn:aws:iam::123456789012:role/a/trainer | FT0846 | may not act as the role |"
                        + " aws iam get-role --query Role.AssumeRolePolicyDocument --role-name trainer",
                "TrainingHostAgent Initialization failed: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: sts:AssumeRole |"
                        + " FT0846 | may not act as the role | aws iam get-role --query Role.AssumeRolePolicyDocument --role-name trainer",
                "ClientError: Cannot pull image 123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1 | FT0854 | could not pull the image |"
                        + " aws ecr describe-images --registry-id 123456789012 --region eu-central-1 --repository-name mine --image-ids"
                        + " imageTag=1",
                "ClientError: Cannot find repository: mine in registry ID: 123456789012 Please check if your ECR repository exists and role"
                        + " arn:aws:iam::123456789012:role/a/trainer has proper pull permissions for SageMaker: ecr:BatchGetImage | FT0854 |"
                        + " could not pull the image | aws ecr describe-images --registry-id 123456789012 --region eu-central-1"
                        + " --repository-name mine --image-ids imageTag=1",
                "ClientError: Cannot find the requested image: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1 | FT0854 | could not pull"
                        + " the image | aws ecr describe-images --registry-id 123456789012 --region eu-central-1 --repository-name mine"
                        + " --image-ids imageTag=1",
                "ClientError: No S3 objects found under S3 URL s3://b/x given in input data source | FT0854 | finds no input of |"
                        + " finetune policy JOB --for job",
                "ClientError: User: arn:aws:sts::1:assumed-role/trainer/SageMaker is not authorized to perform: ecr:BatchGetImage | FT0854 |"
                        + " the role of | finetune policy JOB --for job",
                "ClientError: Data download failed: s3 AccessDenied | FT0854 | the role of | finetune policy JOB --for job",
                "ClientError: Failed to download data. User is not allowed to access s3://x (403 Forbidden): the end-user license agreement"
                        + " is not accepted | FT0854 | licence | places.somewhere.accept-eula: true",
            })
    void namesTheOneThingToDoAboutWhatNeverRan(String reason, String code, String summary, String remedy) {
        Problem problem = snapshot(job("Failed", "Failed")
                        .failureReason(reason)
                        .roleArn("arn:aws:iam::123456789012:role/a/trainer")
                        .algorithmSpecification(
                                image -> image.trainingImage("123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1")))
                .failure()
                .orElseThrow();

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.summary()).contains(summary, ID.value());
        assertThat(problem.remedies()).containsExactly(remedy);
    }

    private static JobSnapshot snapshot(DescribeTrainingJobResponse.Builder job) {
        return SageMakerStatusMapper.snapshot(ID, List.of(job.build()), PLACE, START.plusSeconds(60));
    }

    private static DescribeTrainingJobResponse.Builder job(String primary, String secondary) {
        return DescribeTrainingJobResponse.builder()
                .trainingJobName(ID.value())
                .trainingJobArn("arn:aws:sagemaker:eu-central-1:123456789012:training-job/" + ID)
                .hyperParameters(Map.of("finetune4j-digest", "abc"))
                .trainingJobStatus(primary)
                .secondaryStatus(secondary)
                .creationTime(START)
                .lastModifiedTime(START.plusSeconds(30));
    }

    private static SecondaryStatusTransition transition(String status, int start, int end) {
        SecondaryStatusTransition.Builder transition =
                SecondaryStatusTransition.builder().status(status).startTime(START.plusSeconds(start));
        return end < 0
                ? transition.build()
                : transition.endTime(START.plusSeconds(end)).build();
    }
}
