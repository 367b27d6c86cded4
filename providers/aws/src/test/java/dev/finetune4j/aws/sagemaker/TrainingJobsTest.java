package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.spi.CreateOnce;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/** A name is launched once, whatever becomes of calls, and what goes wrong is told with what to do. */
class TrainingJobsTest {
    private static final String CREATE = "CreateTrainingJob";
    private static final String NAME = "tickets-3f9c2a11-1";
    private static final int SCHEDULES = 40;

    private final VirtualClock clock = new VirtualClock();
    private OfflineAws aws;
    private TrainingJobs jobs;

    @BeforeEach
    void open() throws Exception {
        aws = OfflineAws.start(
                OfflineAccount.ACCOUNT, clock, Pace.LIFELIKE, PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        jobs = client(aws.accessKeyId());
    }

    @AfterEach
    void close() {
        jobs.close();
        aws.close();
    }

    @Test
    void launchesAJobThatIsNotThere() {
        assertThat(jobs.find(NAME)).isEmpty();

        assertThat(jobs.submit(request(NAME, "abc")).trainingJobStatus()).isEqualTo(TrainingJobStatus.IN_PROGRESS);

        assertThat(jobs.find(NAME))
                .hasValueSatisfying(job -> assertThat(job.hyperParameters()).containsEntry("finetune4j-digest", "abc"));
        assertLaunchedOnce(NAME);
    }

    @Test
    void attachesToAJobThatIsThereInWhateverState() {
        jobs.submit(request(NAME, "abc"));
        jobs.submit(request(NAME, "abc"));
        clock.advance(Duration.ofDays(1));

        assertThat(jobs.submit(request(NAME, "abc")).trainingJobStatus()).isEqualTo(TrainingJobStatus.COMPLETED);
        assertThat(aws.calls(CREATE)).hasSize(1);
    }

    @Test
    void takesNoJobOfAnotherOrderForItsOwn() {
        jobs.submit(request(NAME, "abc"));

        FineTuneException refusal = refused(() -> jobs.submit(request(NAME, "def")));

        assertThat(refusal.problems().get(0).kind()).isEqualTo(SageMakerProblems.NAME_TAKEN);
        assertThat(refusal.problems().get(0).causes().get(0)).endsWith("is abc, the new one's is def");
        assertThat(aws.calls(CREATE)).hasSize(1);
    }

    @Test
    void launchesOnceWhenTheAnswerIsLost() {
        aws.faults().loseAnswer(CREATE, 1);

        assertThat(jobs.submit(request(NAME, "abc")).trainingJobStatus()).isEqualTo(TrainingJobStatus.IN_PROGRESS);

        assertLaunchedOnce(NAME);
    }

    @Test
    void launchesOnceWhenOnlyTheLastRequestArrives() {
        aws.faults().loseRequest(CREATE, CreateOnce.ROUNDS - 1);

        jobs.submit(request(NAME, "abc"));

        assertLaunchedOnce(NAME);
    }

    @Test
    void saysThatTheServiceDoesNotAnswerAndLaunchesWhenAskedAgain() {
        aws.faults().breakDown(CREATE, CreateOnce.ROUNDS);

        FineTuneException failure = refused(() -> jobs.submit(request(NAME, "abc")));

        assertThat(failure.problems().get(0).kind()).isEqualTo(SageMakerProblems.UNREACHABLE);
        assertThat(failure.problems().get(0).retry()).isInstanceOf(Retry.After.class);
        jobs.submit(request(NAME, "abc"));
        assertLaunchedOnce(NAME);
    }

    @Test
    void triesAsOftenAsItSaysWhateverAmazonsClientHasForADefault() {
        aws.faults().throttle(CREATE, 100);

        refused(() -> jobs.submit(request(NAME, "abc")));

        assertThat(aws.calls(CREATE)).hasSize(CreateOnce.ROUNDS);
    }

    @Test
    void neverTakesUnreachableForGone() {
        jobs.submit(request(NAME, "abc"));
        aws.faults().loseRequest("DescribeTrainingJob", 2 * TrainingJobs.ATTEMPTS);

        assertThat(refused(() -> jobs.find(NAME)).problems().get(0).kind()).isEqualTo(SageMakerProblems.UNREACHABLE);
    }

    @Test
    void launchesOnceWhenClientsRace() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(pool.submit(() -> {
                try (TrainingJobs another = client(aws.accessKeyId())) {
                    another.submit(request(NAME, "abc"));
                }
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        pool.shutdown();

        assertLaunchedOnce(NAME);
    }

    /** Faults at random, and a caller that asks again as often as it is told that it may. */
    @Test
    void launchesOnceOnEveryScheduleOfFaults() {
        Random random = new Random(7);
        List<Consumer<Faults>> kinds = List.of(
                faults -> faults.loseAnswer(CREATE, 1),
                faults -> faults.loseRequest(CREATE, 1),
                faults -> faults.breakDown(CREATE, 1),
                faults -> faults.loseAnswer("DescribeTrainingJob", 1),
                faults -> faults.breakDown("DescribeTrainingJob", 1));
        for (int i = 0; i < SCHEDULES; i++) {
            for (int fault = random.nextInt(8); fault > 0; fault--) {
                kinds.get(random.nextInt(kinds.size())).accept(aws.faults());
            }
            String name = "schedule-" + i;
            for (int asked = 0; ; asked++) {
                try {
                    jobs.submit(request(name, "abc"));
                    break;
                } catch (FineTuneException e) {
                    assertThat(e.problems().get(0).retry()).as(name).isInstanceOf(Retry.After.class);
                    assertThat(asked).as(name).isLessThan(5);
                }
            }
            assertLaunchedOnce(name);
        }
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

        assertThat(refused(() -> jobs.submit(request)).problems().get(0).kind()).isEqualTo(SageMakerProblems.REFUSED);
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

    private void assertLaunchedOnce(String name) {
        assertThat(aws.calls(CREATE).stream()
                        .filter(call -> call.hadEffect()
                                && call.request()
                                        .path("TrainingJobName")
                                        .asText()
                                        .equals(name))
                        .count())
                .as(name)
                .isEqualTo(1);
    }

    private static FineTuneException refused(ThrowingCallable call) {
        FineTuneException refusal = catchThrowableOfType(FineTuneException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.problems())
                .allSatisfy(problem -> assertThat(problem.remedies()).isNotEmpty());
        return refusal;
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
                                "secret"),
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
