package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.internal.LaunchesOnceTest;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrock.model.CreateModelCustomizationJobRequest;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobStatus;

/** A name is launched once, whatever becomes of calls, and what goes wrong is told with what to do. */
class CustomizationJobsTest extends LaunchesOnceTest {
    private static final String CREATE = "CreateModelCustomizationJob";

    private final VirtualClock clock = new VirtualClock();
    private OfflineAws aws;
    private BedrockCalls calls;
    private CustomizationJobs jobs;

    CustomizationJobsTest() {
        super(new Service(
                CREATE,
                "GetModelCustomizationJob",
                "jobName",
                BedrockCalls.ATTEMPTS,
                new ServiceError(404, "ResourceNotFoundException", "there is no such job"),
                BedrockProblems.UNREACHABLE,
                BedrockProblems.NAME_TAKEN));
    }

    @BeforeEach
    void open() throws Exception {
        aws = OfflineTuning.start(clock, OfflineTuning.REGION);
        calls = client(aws.accessKeyId());
        jobs = new CustomizationJobs(calls);
    }

    @AfterEach
    void close() {
        calls.close();
        aws.close();
    }

    @Override
    protected OfflineAws aws() {
        return aws;
    }

    @Override
    protected void launch(String name, String digest) {
        try (BedrockCalls other = client(aws.accessKeyId())) {
            CustomizationJobs another = new CustomizationJobs(other);
            another.submit(request(name, digest));
        }
    }

    /** The service takes a token again and gives the same job. */
    @Override
    protected long made(String name) {
        return taken(name).stream()
                .map(call -> call.request().path("clientRequestToken").asText())
                .distinct()
                .count();
    }

    @Test
    void launchesAJobThatIsNotThere() {
        assertThat(jobs.find(NAME)).isEmpty();

        assertThat(jobs.submit(request(NAME, "abc")).status()).isEqualTo(ModelCustomizationJobStatus.IN_PROGRESS);

        assertThat(jobs.find(NAME))
                .hasValueSatisfying(
                        job -> assertThat(CustomizationJobs.digest(job(NAME).id(), job))
                                .isEqualTo("abc"));
    }

    @Test
    void attachesToAJobThatIsThereInWhateverState() {
        jobs.submit(request(NAME, "abc"));
        jobs.submit(request(NAME, "abc"));
        clock.advance(Duration.ofDays(1));

        assertThat(jobs.submit(request(NAME, "abc")).status()).isEqualTo(ModelCustomizationJobStatus.FAILED);
        assertThat(aws.calls(CREATE)).hasSize(1);
    }

    @Test
    void tellsOfAModelThatHasTheName() {
        jobs.submit(request(NAME, "abc"));
        CreateModelCustomizationJobRequest other =
                request("another", "abc").toBuilder().customModelName(NAME).build();

        Problem problem = refused(() -> jobs.submit(other)).problems().get(0);

        assertThat(problem.kind()).isEqualTo(BedrockProblems.NAME_TAKEN);
        assertThat(problem.remedies())
                .containsExactly("aws bedrock get-custom-model --region us-east-1 --model-identifier " + NAME);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void tellsWhatCanBeMended(
            Consumer<OfflineAws> fault, ProblemKind kind, boolean isWorthARetry, String cause, String remedy) {
        fault.accept(aws);

        Problem problem =
                refused(() -> jobs.submit(request(NAME, "abc"))).problems().get(0);

        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.retry() instanceof Retry.After).isEqualTo(isWorthARetry);
        assertThat(String.join("\n", problem.causes())).contains(cause);
        assertThat(problem.remedies().get(0)).startsWith(remedy);
        assertThat(aws.calls(CREATE)).noneMatch(Call::hadEffect);
    }

    static Stream<Arguments> failures() {
        ServiceError passRole =
                ServiceError.of("AccessDeniedException", "User is not authorized to perform: iam:PassRole");
        return Stream.of(
                failure(
                        aws -> aws.faults().expireToken(CREATE, 9),
                        BedrockProblems.NO_CREDENTIALS,
                        false,
                        "expired",
                        "aws sso login"),
                failure(
                        aws -> aws.faults().denyAccess(CREATE, 9),
                        BedrockProblems.DENIED,
                        false,
                        "not authorized",
                        "finetune policy JOB --for caller"),
                failure(
                        aws -> aws.faults().refuse(CREATE, 9, passRole),
                        BedrockProblems.DENIED,
                        false,
                        "iam:PassRole",
                        "finetune policy JOB --for caller"),
                failure(
                        aws -> aws.faults().throttle(CREATE, 9),
                        BedrockProblems.UNREACHABLE,
                        true,
                        "Rate exceeded",
                        "aws bedrock list-model-customization-jobs"),
                failure(
                        aws -> aws.bedrock().quota(0),
                        BedrockProblems.QUOTA,
                        true,
                        "limit of 0 concurrent",
                        "aws service-quotas list-service-quotas --service-code bedrock --region us-east-1"
                                + " --query \"Quotas[?contains(QuotaName, 'customization jobs')]\""),
                failure(
                        aws -> aws.bedrock().withhold(OfflineTuning.NOVA),
                        BedrockProblems.NO_MODEL_ACCESS,
                        false,
                        "access to the model",
                        "aws bedrock get-foundation-model-availability --region us-east-1 --model-id amazon.nova-micro-v1:0"));
    }

    @Test
    void tellsOfARoleThatCannotBeAssumed() {
        CreateModelCustomizationJobRequest request = request(NAME, "abc").toBuilder()
                .roleArn("arn:aws:iam::123456789012:role/another")
                .build();

        Problem problem = refused(() -> jobs.submit(request)).problems().get(0);

        assertThat(problem.kind()).isEqualTo(BedrockProblems.ROLE_UNUSABLE);
        assertThat(problem.retry()).isEqualTo(Retry.NEVER);
        assertThat(problem.causes()).contains("there is no role another");
        assertThat(problem.remedies().get(0)).startsWith("aws iam create-role --role-name another");
    }

    @Test
    void tellsOfAModelThatIsNotTunedThereAndOfOtherRefusals() {
        CreateModelCustomizationJobRequest elsewhere = request(NAME, "abc").toBuilder()
                .baseModelIdentifier("meta.llama3-1-8b-instruct-v1:0:128k")
                .build();
        CreateModelCustomizationJobRequest nowhere = request(NAME, "abc").toBuilder()
                .outputDataConfig(output -> output.s3Uri("s3://my-bucket/a b"))
                .build();

        assertThat(refused(() -> jobs.submit(elsewhere)).problems().get(0).kind())
                .isEqualTo(BedrockProblems.NOT_TUNABLE);
        Problem refusal = refused(() -> jobs.submit(nowhere)).problems().get(0);
        assertThat(refusal.kind()).isEqualTo(BedrockProblems.REFUSED);
        assertThat(refusal.remedies()).as("there is no job to be shown").containsExactly("finetune doctor aws JOB");
    }

    @Test
    void tellsOfAKeyThatNobodyKnows() {
        try (BedrockCalls other = client("AKIDSTRANGER")) {
            CustomizationJobs stranger = new CustomizationJobs(other);
            assertThat(refused(() -> stranger.find(NAME)).problems().get(0).kind())
                    .isEqualTo(BedrockProblems.NO_CREDENTIALS);
        }
    }

    @Test
    void stopsAsOftenAsItIsAsked() {
        assertThat(refused(() -> jobs.stop(NAME)).problems().get(0).kind()).isEqualTo(BedrockProblems.NO_SUCH_JOB);
        jobs.submit(request(NAME, "abc"));

        jobs.stop(NAME);
        jobs.stop(NAME);
        clock.advance(Duration.ofHours(1));
        jobs.stop(NAME);

        assertThat(jobs.find(NAME))
                .hasValueSatisfying(job -> assertThat(job.status()).isEqualTo(ModelCustomizationJobStatus.STOPPED));
        jobs.deleteModel(NAME);
    }

    /** The credentials go with every call; none of them may come back in an error. */
    @Test
    void keepsCredentialsOutOfErrors() {
        for (Consumer<Faults> fault : List.<Consumer<Faults>>of(
                faults -> faults.expireToken(CREATE, 9),
                faults -> faults.loseRequest(CREATE, 12),
                faults -> faults.breakDown(CREATE, 12))) {
            fault.accept(aws.faults());
            FineTuneException failure = refused(() -> jobs.submit(request(NAME, "abc")));
            assertThat(failure.problems().toString() + failure + failure.getCause())
                    .doesNotContain(aws.accessKeyId())
                    .doesNotContain(aws.secretAccessKey());
        }
    }

    private BedrockCalls client(String key) {
        return OfflineTuning.client(aws, OfflineTuning.REGION, key, clock);
    }

    private static StagedTuning job(String name) {
        return OfflineTuning.job(name, "abc");
    }

    private static CreateModelCustomizationJobRequest request(String name, String digest) {
        return OfflineTuning.request(
                OfflineTuning.job(name, digest), OfflineTuning.options().build());
    }

    private static Arguments failure(
            Consumer<OfflineAws> fault, ProblemKind kind, boolean isWorthARetry, String cause, String remedy) {
        return Arguments.of(fault, kind, isWorthARetry, cause, remedy);
    }
}
