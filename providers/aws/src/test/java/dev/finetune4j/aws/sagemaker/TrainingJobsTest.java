package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.aws.internal.LaunchesOnceTest;
import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.aws.internal.jobs.TrainingJobs;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/** A name is launched once, whatever becomes of calls, and what goes wrong is told with what to do. */
class TrainingJobsTest extends LaunchesOnceTest {
    private static final String CREATE = "CreateTrainingJob";

    private final VirtualClock clock = new VirtualClock();
    private OfflineAws aws;
    private TrainingJobs jobs;

    TrainingJobsTest() {
        super(new Service(
                CREATE,
                "DescribeTrainingJob",
                "TrainingJobName",
                TrainingJobs.ATTEMPTS,
                ServiceError.invalid("Requested resource not found."),
                SageMakerProblems.UNREACHABLE,
                SageMakerProblems.NAME_TAKEN));
    }

    @BeforeEach
    void open() throws Exception {
        aws = OfflineAws.start(
                OfflineAccount.ACCOUNT, clock, Pace.LIFELIKE, PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        aws.sageMaker().quota("ml.g5.xlarge", 1000); // schedules leave hundreds of jobs running
        OfflineAccount.stage(aws.s3(), "my-bucket", "jobs/inputs/data/", "jobs/inputs/order/", "jobs/code/");
        jobs = client(aws.accessKeyId());
    }

    @AfterEach
    void close() {
        jobs.close();
        aws.close();
    }

    @Override
    protected OfflineAws aws() {
        return aws;
    }

    @Override
    protected void launch(String name, String digest) {
        try (TrainingJobs another = client(aws.accessKeyId())) {
            another.submit(request(name, digest));
        }
    }

    @Override
    protected long made(String name) {
        return taken(name).size();
    }

    @Test
    void launchesAJobThatIsNotThere() {
        assertThat(jobs.find(NAME)).isEmpty();

        assertThat(jobs.submit(request(NAME, "abc")).trainingJobStatus()).isEqualTo(TrainingJobStatus.IN_PROGRESS);

        assertThat(jobs.find(NAME))
                .hasValueSatisfying(job -> assertThat(job.hyperParameters()).containsEntry("finetune4j-digest", "abc"));
        assertThat(made(NAME)).isEqualTo(1);
    }

    @Test
    void attachesToAJobThatIsThereInWhateverState() {
        jobs.submit(request(NAME, "abc"));
        jobs.submit(request(NAME, "abc"));
        clock.advance(Duration.ofDays(1));

        assertThat(jobs.submit(request(NAME, "abc")).trainingJobStatus()).isEqualTo(TrainingJobStatus.COMPLETED);
        assertThat(aws.calls(CREATE)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void tellsWhatCanBeMended(Consumer<OfflineAws> fault, ProblemKind kind, boolean isWorthARetry, String cause) {
        fault.accept(aws);

        Problem problem =
                refused(() -> jobs.submit(request(NAME, "abc"))).problems().get(0);

        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.retry() instanceof Retry.After).isEqualTo(isWorthARetry);
        assertThat(problem.causes().get(0)).contains(cause);
        assertThat(aws.calls(CREATE)).noneMatch(Call::hadEffect);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                failure(aws -> aws.faults().expireToken(CREATE, 9), SageMakerProblems.NO_CREDENTIALS, false, "expired"),
                failure(aws -> aws.faults().denyAccess(CREATE, 9), SageMakerProblems.DENIED, false, "not authorized"),
                failure(aws -> aws.faults().throttle(CREATE, 9), SageMakerProblems.UNREACHABLE, true, "Rate exceeded"),
                failure(
                        aws -> aws.sageMaker().quota("ml.g5.xlarge", 0),
                        SageMakerProblems.QUOTA,
                        false,
                        "the quota \"ml.g5.xlarge for training job usage\" in eu-central-1 is 0"));
    }

    @Test
    void tellsOfARoleThatCannotBeAssumed() {
        CreateTrainingJobRequest request = request(NAME, "abc").toBuilder()
                .roleArn("arn:aws:iam::123456789012:role/another")
                .build();

        Problem problem = refused(() -> jobs.submit(request)).problems().get(0);

        assertThat(problem.kind()).isEqualTo(SageMakerProblems.ROLE_UNUSABLE);
        assertThat(problem.retry()).as("to ask again makes no role").isEqualTo(Retry.NEVER);
        assertThat(problem.causes()).contains("there is no role another");
        assertThat(problem.remedies().get(0))
                .startsWith("aws iam create-role --role-name another --assume-role-policy-document '{")
                .contains("sagemaker.amazonaws.com");
    }

    @Test
    void asksAgainOnlyForARoleThatIsYoungOrNotShown() {
        ServiceError refusal = ServiceError.invalid(
                "Could not assume role " + OfflineAccount.ROLE + ". Please ensure that the role exists");
        aws.faults().refuse(CREATE, 3, refusal);

        assertThat(refused(() -> jobs.submit(request(NAME, "abc")))
                        .problems()
                        .get(0)
                        .retry())
                .as("the clock is at the time when it was made")
                .isEqualTo(Retry.after(Duration.ofSeconds(15)));
        aws.faults().denyAccess("GetRole", 1);
        assertThat(refused(() -> jobs.submit(request(NAME, "abc")))
                        .problems()
                        .get(0)
                        .retry())
                .isEqualTo(Retry.after(Duration.ofSeconds(15)));
        clock.advance(Duration.ofMinutes(3));
        assertThat(refused(() -> jobs.submit(request(NAME, "abc")))
                        .problems()
                        .get(0)
                        .retry())
                .isEqualTo(Retry.NEVER);
    }

    @Test
    void tellsOfARequestThatTheServiceRefuses() {
        CreateTrainingJobRequest request = request(NAME, "abc").toBuilder()
                .stoppingCondition(limits -> limits.maxRuntimeInSeconds(0))
                .build();

        Problem problem = refused(() -> jobs.submit(request)).problems().get(0);

        assertThat(problem.kind()).isEqualTo(SageMakerProblems.REFUSED);
        assertThat(problem.remedies()).as("there is no job to describe").containsExactly("finetune doctor aws JOB");
    }

    /** What others were told by SageMaker when it refused their jobs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "No S3 objects found under S3 URL \"s3://my-bucket/jobs/\" given in input data source. Please ensure that the bucket exists in"
                        + " the selected region (eu-central-1), that objects exist under that S3 prefix, and that the role"
                        + " \"arn:aws:iam::123456789012:role/finetune4j-training\" has \"s3:ListBucket\" permissions on bucket"
                        + " \"my-bucket\". | finds no input of | finetune policy JOB --for job",
                "Cannot find repository: pytorch-training in registry ID: 763104351884 Please check if your ECR repository exists and role"
                        + " arn:aws:iam::123456789012:role/finetune4j-training has proper pull permissions for SageMaker:"
                        + " ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer | could not pull the image of |"
                        + " aws ecr describe-images --registry-id 763104351884 --region eu-central-1 --repository-name ",
                "Access denied for repository: pytorch-training in registry ID: 763104351884. Please check if your ECR repository and image"
                        + " exist and role arn:aws:iam::123456789012:role/finetune4j-training has proper pull permissions for SageMaker:"
                        + " ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer | the role of |"
                        + " finetune policy JOB --for job",
                "Cannot find the requested image: 763104351884.dkr.ecr.eu-central-1.amazonaws.com/a:1 | could not pull the image of |"
                        + " aws ecr describe-images --registry-id 763104351884 --region eu-central-1 --repository-name ",
            })
    void namesTheOneThingToDoAboutAJobThatIsRefused(String message, String summary, String remedy) {
        aws.faults().refuse(CREATE, 1, ServiceError.invalid(message));

        Problem problem =
                refused(() -> jobs.submit(request(NAME, "abc"))).problems().get(0);

        assertThat(problem.kind()).isEqualTo(SageMakerProblems.REFUSED);
        assertThat(problem.summary()).contains(summary, NAME);
        assertThat(problem.causes()).containsExactly("ValidationException: " + message);
        assertThat(problem.remedies()).singleElement().asString().startsWith(remedy);
        assertThat(jobs.find(NAME)).isEmpty();
    }

    @Test
    void tellsOfAKeyThatNobodyKnows() {
        try (TrainingJobs stranger = client("AKIDSTRANGER")) {
            assertThat(refused(() -> stranger.find(NAME)).problems().get(0).kind())
                    .isEqualTo(SageMakerProblems.NO_CREDENTIALS);
        }
    }

    @Test
    void stopsAndDeletesAsOftenAsItIsAsked() {
        assertThat(refused(() -> jobs.stop(NAME)).problems().get(0).kind()).isEqualTo(SageMakerProblems.NO_SUCH_JOB);
        jobs.delete(NAME);
        jobs.submit(request(NAME, "abc"));
        assertThatThrownBy(() -> jobs.delete(NAME)).isInstanceOf(FineTuneException.class);

        jobs.stop(NAME);
        jobs.stop(NAME);
        assertThat(jobs.find(NAME))
                .hasValueSatisfying(job -> assertThat(job.trainingJobStatus()).isEqualTo(TrainingJobStatus.STOPPED));
        jobs.delete(NAME);
        jobs.delete(NAME);

        assertThat(jobs.find(NAME)).isEmpty();
    }

    private TrainingJobs client(String key) {
        return TrainingJobs.open(
                OfflineAccount.REGION,
                new ProviderContext(
                        Path.of("unused"),
                        Map.of(
                                "AWS_ENDPOINT_URL_SAGEMAKER",
                                aws.endpoint().toString(),
                                "AWS_ENDPOINT_URL_IAM",
                                aws.endpoint().toString(),
                                "AWS_ACCESS_KEY_ID",
                                key,
                                "AWS_SECRET_ACCESS_KEY",
                                aws.secretAccessKey()),
                        clock));
    }

    private static CreateTrainingJobRequest request(String name, String digest) {
        String store = "s3://my-bucket/jobs";
        SageMakerOptions options = SageMakerOptions.builder(
                        OfflineAccount.ROLE, OfflineAccount.REGION, store, "ml.g5.xlarge")
                .build();
        StagedJob job = new StagedJob(
                new RunId(name),
                1,
                digest,
                Map.of("data", store + "/inputs/data/"),
                store + "/inputs/order/",
                store + "/code/",
                Map.of(),
                Duration.ofHours(5));
        return new TrainingJobMapper(options)
                .request(
                        job,
                        VendorImages.shipped()
                                .image(OfflineAccount.REGION, true)
                                .orElseThrow());
    }

    private static Arguments failure(
            Consumer<OfflineAws> fault, ProblemKind kind, boolean isWorthARetry, String cause) {
        return Arguments.of(fault, kind, isWorthARetry, cause);
    }
}
