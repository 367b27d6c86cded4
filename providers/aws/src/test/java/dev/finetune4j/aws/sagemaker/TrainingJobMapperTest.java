package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/** What the mapper makes of a job, the service takes; what the service would not take, the rules tell before. */
class TrainingJobMapperTest {
    private static final VendorImages IMAGES = VendorImages.shipped();
    private static final StagedJob JOB = new StagedJob(
            new RunId("tickets-3f9c2a11-1"),
            1,
            "0123456789abcdef",
            Map.of("data", "s3://my-bucket/jobs/inputs/5e/"),
            "s3://my-bucket/jobs/inputs/0a/",
            "s3://my-bucket/jobs/code/77/",
            Map.of("finetune4j-run", "tickets-3f9c2a11-1"),
            Duration.ofHours(5));

    private OfflineAws aws;
    private SageMakerClient client;

    @BeforeEach
    void open() throws Exception {
        aws = OfflineAws.start(
                OfflineAccount.ACCOUNT,
                new VirtualClock(),
                Pace.LIFELIKE,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        client = OfflineAccount.client(aws);
        stage(aws);
    }

    private static void stage(OfflineAws aws) throws IOException {
        OfflineAccount.stage(
                aws.s3(),
                "my-bucket",
                "jobs/inputs/5e/",
                "jobs/inputs/0a/",
                "jobs/code/77/",
                "inputs/model/",
                "inputs/data/",
                "inputs/more/",
                "inputs/order/",
                "code/");
    }

    @AfterEach
    void close() {
        client.close();
        aws.close();
    }

    @Test
    void writesTheRequestOfAJobOnDemand() {
        GoldenFiles.in("golden").assertMatches("training-job.json", sent(gpu().build()));
    }

    /** The service bills for each start of a container anew, and for what it does at the end. */
    @Test
    void isBilledForNoMoreThanIsPaidForThoughTheServiceItselfFails() throws Exception {
        Pace slow = new Pace(Duration.ofMinutes(5), Duration.ofMinutes(8), Duration.ofMinutes(3), Duration.ofHours(1));
        PlannedContainer endless = new PlannedContainer(Duration.ofDays(1), 0, "", true, Duration.ofMinutes(2));
        Duration paid = Objects.requireNonNull(JOB.timeLimit()).plus(SageMakerProvider.WIND_DOWN);
        for (boolean isSpot : List.of(false, true)) {
            VirtualClock clock = new VirtualClock();
            try (OfflineAws slowAws = OfflineAws.start(OfflineAccount.ACCOUNT, clock, slow, endless);
                    SageMakerClient slowClient = OfflineAccount.client(slowAws)) {
                stage(slowAws);
                slowAws.sageMaker().failInternally(JOB.name(), "Downloading", Duration.ofSeconds(470));
                slowClient.createTrainingJob(
                        new TrainingJobMapper(gpu().spot(isSpot).build()).request(JOB, image(gpu().build())));
                clock.advance(Duration.ofDays(2));

                int machines = slowClient
                        .describeTrainingJob(one -> one.trainingJobName(JOB.name()))
                        .trainingTimeInSeconds();
                assertThat(Duration.ofSeconds(machines)).as("spot: %s", isSpot).isLessThanOrEqualTo(paid);
            }
        }
    }

    @Test
    void writesTheRequestOfASpotJobWithAllThereIs() {
        SageMakerOptions options = SageMakerOptions.builder(
                        OfflineAccount.ROLE, "eu-central-1", "s3://my-bucket/jobs", "ml.m5.xlarge")
                .spot(true)
                .kmsKey("alias/training")
                .network(List.of("subnet-1", "subnet-2"), List.of("sg-1"))
                .isolated(true)
                .volumeGb(250)
                .build();

        GoldenFiles.in("golden").assertMatches("training-job-spot.json", sent(options));
    }

    @Test
    void waitsForAMachineAsLongAsItIsTold() {
        String request = sent(gpu().maxPending(Duration.ofHours(2)).build());

        assertThat(Json.read(request, ObjectNode.class)
                        .at("/StoppingCondition/MaxPendingTimeInSeconds")
                        .asInt())
                .isEqualTo(7200);
    }

    @Test
    void tellsWhateverTheServiceWouldRefuse() throws Exception {
        comparesRefusals(400);
    }

    @Test
    @Tag("slow")
    void tellsWhateverTheServiceWouldRefuseOfManyJobs() throws Exception {
        comparesRefusals(4000);
    }

    private void comparesRefusals(int count) throws Exception {
        JobsAtRandom jobs = new JobsAtRandom(20261126);
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            SageMakerOptions options = jobs.options();
            StagedJob job = jobs.job();
            List<Problem> problems = SageMakerRules.problems(job, options, IMAGES);
            boolean isGood = problems.stream().noneMatch(Problem::isError);

            Optional<SageMakerException> refusal = create(job, options);

            // The service lives in one region, and which roles it may assume shows only there.
            boolean isElsewhere = !options.region().equals(OfflineAccount.REGION);
            if (isGood) {
                assertThat(refusal.filter(error -> !isElsewhere))
                        .as("%s with %s", job, options)
                        .isEmpty();
                accepted += isElsewhere ? 0 : 1;
            }
            refusal.filter(error -> !isElsewhere)
                    .ifPresent(error -> assertThat(isGood)
                            .as("refused with %s: %s with %s", error.getMessage(), job, options)
                            .isFalse());
            forget(job);
        }

        assertThat(accepted).as("of %s jobs were good", count).isBetween(count / 10, count / 2);
    }

    @Test
    void launchesNoNameTwice() {
        CreateTrainingJobRequest request = new TrainingJobMapper(gpu().build()).request(JOB, image(gpu().build()));

        assertThat(request.trainingJobName()).isEqualTo("tickets-3f9c2a11-1");
        assertThat(new TrainingJobMapper(gpu().build())
                        .request(launch(JOB, 2), image(gpu().build()))
                        .trainingJobName())
                .isEqualTo("tickets-3f9c2a11-1-r2");
        assertThat(new TrainingJobMapper(gpu().build())
                        .request(launch(JOB, 2), image(gpu().build()))
                        .checkpointConfig())
                .as("the next launch goes on from the checkpoints of the first")
                .isEqualTo(request.checkpointConfig());
        assertThat(new TrainingJobMapper(gpu().build()).request(JOB, image(gpu().build())))
                .isEqualTo(request);
    }

    @Test
    void findsItsFiguresInTheWorkersLines() {
        RunEvent step = new RunEvent.StepCompleted(
                Instant.parse("2026-01-01T00:00:00Z"), 3, 12, 0.25, 1.234, 1e-4, 0.5, 512, 1730.5, 1_000_000);
        RunEvent validation = new RunEvent.ValidationCompleted(Instant.parse("2026-01-01T00:00:00Z"), 3, 0.987, true);

        assertThat(figure("train:loss", step)).isEqualTo("1.234");
        assertThat(figure("train:learning_rate", step)).isEqualTo("1.0E-4");
        assertThat(figure("train:tokens_per_second", step)).isEqualTo("1730.5");
        assertThat(figure("validation:loss", validation)).isEqualTo("0.987");
        assertThat(figure("train:loss", validation)).isEmpty();
    }

    private String figure(String metric, RunEvent event) {
        CreateTrainingJobRequest request = new TrainingJobMapper(gpu().build()).request(JOB, image(gpu().build()));
        String regex = request.algorithmSpecification().metricDefinitions().stream()
                .filter(definition -> definition.name().equals(metric))
                .map(MetricDefinition::regex)
                .findFirst()
                .orElseThrow();
        Matcher found = Pattern.compile(regex).matcher(ContainerOrder.EVENT_MARK + Json.line(event));
        return found.find() ? found.group(1) : "";
    }

    /** The request as it went over the wire, which the service must have taken whole. */
    private String sent(SageMakerOptions options) {
        assertThat(create(JOB, options)).isEmpty();
        List<Call> calls = aws.calls("CreateTrainingJob");
        ObjectNode body = calls.get(calls.size() - 1).request();
        return Json.pretty(body) + "\n";
    }

    private Optional<SageMakerException> create(StagedJob job, SageMakerOptions options) {
        try {
            client.createTrainingJob(new TrainingJobMapper(options).request(job, image(options)));
            List<Call> calls = aws.calls("CreateTrainingJob");
            assertThat(aws.sageMaker()
                            .model()
                            .unknownMembers(
                                    "CreateTrainingJob",
                                    calls.get(calls.size() - 1).request()))
                    .isEmpty();
            return Optional.empty();
        } catch (SageMakerException e) {
            return Optional.of(e);
        } catch (ServiceError e) {
            throw new AssertionError(e);
        }
    }

    private void forget(StagedJob job) {
        try {
            client.stopTrainingJob(request -> request.trainingJobName(job.name()));
            client.deleteTrainingJob(request -> request.trainingJobName(job.name()));
        } catch (SageMakerException e) {
            assertThat(e.awsErrorDetails().errorMessage()).isEqualTo("Requested resource not found.");
        }
    }

    private static String image(SageMakerOptions options) {
        if (options.image() != null) {
            return options.image();
        }
        return IMAGES.image(options.region(), new MachineKind(options.machine()).hasGpu())
                .orElse("no image of " + options.region());
    }

    private static StagedJob launch(StagedJob job, int launch) {
        return new StagedJob(
                job.id(),
                launch,
                job.digest(),
                job.channels(),
                job.orderPrefix(),
                job.codePrefix(),
                job.labels(),
                job.timeLimit());
    }

    private static SageMakerOptions.Builder gpu() {
        return SageMakerOptions.builder(OfflineAccount.ROLE, "eu-central-1", "s3://my-bucket/jobs", "ml.g5.xlarge");
    }
}
