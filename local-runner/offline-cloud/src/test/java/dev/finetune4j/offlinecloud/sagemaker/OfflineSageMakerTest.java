package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs live as the service's do, on a clock that is moved by hand. */
class OfflineSageMakerTest {
    @TempDir
    private static Path folder;

    private static final Duration WORK = Duration.ofHours(3);

    private final VirtualClock clock = new VirtualClock();
    private OfflineSageMaker service = service(PlannedContainer.succeedingAfter(WORK));

    private OfflineSageMaker service(Container container) {
        return new OfflineSageMaker(
                Account.sample(),
                clock,
                Pace.LIFELIKE,
                container,
                new LogBook(clock),
                new OfflineIam("123456789012", Account.sample().roles(), session -> Optional.empty()),
                JobBody.store(folder),
                OfflineHub.shipped(Account.sample().region(), clock));
    }

    @Test
    void runsAJobToItsEnd() throws Exception {
        create(JobBody.onDemand("job-1"));
        assertThat(status("job-1")).isEqualTo("InProgress Starting");

        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            clock.advance(Duration.ofMinutes(1));
            if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(status("job-1"))) {
                seen.add(status("job-1"));
            }
        }

        assertThat(seen)
                .containsExactly(
                        "InProgress Starting",
                        "InProgress Downloading",
                        "InProgress Training",
                        "InProgress Uploading",
                        "Completed Completed");
        JsonNode job = describe("job-1");
        assertThat(transitions(job))
                .containsExactly("Starting 120", "Downloading 240", "Training 10800", "Uploading 40", "Completed 0");
        assertThat(job.path("TrainingTimeInSeconds").asInt()).isEqualTo(240 + 10800 + 40);
        assertThat(job.path("BillableTimeInSeconds")).isEqualTo(job.path("TrainingTimeInSeconds"));
        assertThat(job.path("ModelArtifacts").path("S3ModelArtifacts").asText())
                .isEqualTo("s3://my-bucket/outputs/job-1/output/model.tar.gz");
    }

    @Test
    void comesToTheSameEndHoweverSeldomAnybodyLooks() throws Exception {
        create(JobBody.onDemand("job-1"));

        clock.advance(Duration.ofDays(30));

        assertThat(transitions(describe("job-1")))
                .containsExactly("Starting 120", "Downloading 240", "Training 10800", "Uploading 40", "Completed 0");
    }

    @Test
    void saysWhyAJobFailed() throws Exception {
        service = service(PlannedContainer.failingAfter(WORK, 8, "FT0641: the loss is not a number"));
        create(JobBody.onDemand("job-1"));

        clock.advance(Duration.ofDays(1));

        assertThat(status("job-1")).isEqualTo("Failed Failed");
        assertThat(describe("job-1").path("FailureReason").asText())
                .isEqualTo("AlgorithmError: FT0641: the loss is not a number, exit code: 8");
    }

    @Test
    void cutsALongReasonAsTheServiceDoes() throws Exception {
        service = service(PlannedContainer.failingAfter(WORK, 1, "x".repeat(5000)));
        create(JobBody.onDemand("job-1"));

        clock.advance(Duration.ofDays(1));

        assertThat(describe("job-1").path("FailureReason").asText())
                .hasSize(1024)
                .endsWith(", exit code: 1");
    }

    @Test
    void stopsAJobAtItsLimit() throws Exception {
        ObjectNode body = JobBody.onDemand("job-1");
        body.withObject("/StoppingCondition").put("MaxRuntimeInSeconds", 600);
        create(body);

        clock.advance(Duration.ofDays(1));

        assertThat(status("job-1")).isEqualTo("Stopped MaxRuntimeExceeded");
        assertThat(transitions(describe("job-1")))
                .containsExactly(
                        "Starting 120",
                        "Downloading 240",
                        "Training 600",
                        "Stopping 5",
                        "Uploading 40",
                        "MaxRuntimeExceeded 0");
    }

    @Test
    void killsAContainerThatDoesNotEndWithinTwoMinutes() throws Exception {
        service = service(new PlannedContainer(WORK, 0, "", true, Duration.ofHours(1)));
        create(JobBody.onDemand("job-1"));
        clock.advance(Duration.ofMinutes(10));

        stop("job-1");
        assertThat(status("job-1")).isEqualTo("Stopping Stopping");
        clock.advance(Duration.ofHours(1));

        assertThat(status("job-1")).isEqualTo("Stopped Stopped");
        assertThat(transitions(describe("job-1")))
                .containsExactly(
                        "Starting 120", "Downloading 240", "Training 240", "Stopping 120", "Uploading 40", "Stopped 0");
    }

    @Test
    void stopsAJobThatHasNoMachineAtOnce() throws Exception {
        create(JobBody.onDemand("job-1"));

        stop("job-1");

        assertThat(status("job-1")).isEqualTo("Stopped Stopped");
        assertThat(describe("job-1").has("BillableTimeInSeconds")).isFalse();
    }

    @Test
    void refusesToStopWhatHasEnded() throws Exception {
        create(JobBody.onDemand("job-1"));
        clock.advance(Duration.ofDays(1));

        assertRefused("ValidationException", "Completed", () -> stop("job-1"));
    }

    @Test
    void goesOnWhereItWasWhenItsMachineIsTakenBack() throws Exception {
        create(JobBody.spot("job-1", 20_000, 40_000));
        clock.advance(Duration.ofMinutes(66));

        service.reclaim("job-1");
        assertThat(status("job-1")).isEqualTo("InProgress Interrupted");
        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1")))
                .containsExactly(
                        "Starting 120",
                        "Downloading 240",
                        "Training 3600",
                        "Interrupted 5",
                        "Starting 120",
                        "Downloading 240",
                        "Training 7195",
                        "Uploading 40",
                        "Completed 0");
        JsonNode job = describe("job-1");
        assertThat(job.path("BillableTimeInSeconds").asDouble())
                .isLessThan(job.path("TrainingTimeInSeconds").asDouble() / 2);
    }

    @Test
    void beginsAnewWithoutCheckpointsUntilTheLimitEndsIt() throws Exception {
        ObjectNode body = JobBody.spot("job-1", 12_000, 40_000);
        body.remove("CheckpointConfig");
        create(body);
        clock.advance(Duration.ofMinutes(66));

        service.reclaim("job-1");
        clock.advance(Duration.ofDays(1));

        assertThat(status("job-1")).isEqualTo("Stopped MaxRuntimeExceeded");
    }

    @Test
    void endsASpotJobThatWaitsTooLong() throws Exception {
        createWhereAllAreSold(JobBody.spot("job-1", 10_000, 12_000));

        clock.advance(Duration.ofSeconds(11_999));
        assertThat(status("job-1")).isEqualTo("InProgress Starting");
        clock.advance(Duration.ofSeconds(1));

        assertThat(status("job-1")).isEqualTo("Stopped MaxWaitTimeExceeded");
    }

    @Test
    void failsAJobForWhichThereIsNoMachine() throws Exception {
        createWhereAllAreSold(JobBody.onDemand("job-1"));

        clock.advance(Duration.ofHours(2));

        assertThat(status("job-1")).isEqualTo("Failed Failed");
        assertThat(describe("job-1").path("FailureReason").asText()).startsWith("CapacityError: ");
    }

    @Test
    void startsAJobOnceThereIsAMachine() throws Exception {
        createWhereAllAreSold(JobBody.onDemand("job-1"));
        clock.advance(Duration.ofMinutes(30));

        service.restock("ml.g5.xlarge");
        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1"))).startsWith("Starting 1800", "Downloading 240");
    }

    @Test
    void waitsForAMachineAsLongAsItIsToldTo() throws Exception {
        createWhereAllAreSold(pending("job-1", 7200));

        clock.advance(Duration.ofMinutes(100));
        assertThat(status("job-1")).isEqualTo("InProgress Pending");
        service.restock("ml.g5.xlarge");
        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1")))
                .startsWith("Starting 120", "Pending 5880", "Downloading 240", "Training 10800");
        assertThat(describe("job-1").path("BillableTimeInSeconds").asInt()).isEqualTo(240 + 10800 + 40);
    }

    @Test
    void stopsAJobThatIsPendingForTooLong() throws Exception {
        createWhereAllAreSold(pending("job-1", 7200));

        clock.advance(Duration.ofDays(1));

        assertThat(status("job-1")).isEqualTo("Stopped MaxWaitTimeExceeded");
        assertThat(transitions(describe("job-1")))
                .containsExactly("Starting 120", "Pending 7200", "MaxWaitTimeExceeded 0");
        assertThat(describe("job-1").path("SecondaryStatusTransitions").findValuesAsText("StatusMessage"))
                .endsWith("Training job exceeded MaxPendingTimeInSeconds provided");
        assertThat(describe("job-1").has("FailureReason")).isFalse();
    }

    @Test
    void isNeverPendingWhereThereAreMachines() throws Exception {
        create(pending("job-1", 7200));

        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1"))).startsWith("Starting 120", "Downloading 240");
    }

    @Test
    void stopsAPendingJob() throws Exception {
        createWhereAllAreSold(pending("job-1", 7200));
        clock.advance(Duration.ofMinutes(10));

        stop("job-1");

        assertThat(status("job-1")).isEqualTo("Stopped Stopped");
    }

    @Test
    void endsAPendingSpotJobByTheLimitThatComesFirst() throws Exception {
        service.sellOut("ml.g5.xlarge");
        ObjectNode body = JobBody.spot("job-1", 3000, 6000);
        body.withObject("/StoppingCondition").put("MaxPendingTimeInSeconds", 7200);
        create(body);

        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1")))
                .containsExactly("Starting 120", "Pending 5880", "MaxWaitTimeExceeded 0");
        assertThat(describe("job-1").path("SecondaryStatusTransitions").findValuesAsText("StatusMessage"))
                .endsWith("Training job exceeded MaxWaitTimeInSeconds provided");
    }

    private void createWhereAllAreSold(ObjectNode body) throws ServiceError {
        service.sellOut("ml.g5.xlarge");
        create(body);
    }

    private static ObjectNode pending(String name, int seconds) {
        ObjectNode body = JobBody.onDemand(name);
        body.withObject("/StoppingCondition").put("MaxPendingTimeInSeconds", seconds);
        return body;
    }

    @Test
    void failsAJobWhenTheServiceItselfFails() throws Exception {
        service.failInternally("job-1", "Training", Duration.ofHours(1));
        create(JobBody.onDemand("job-1"));

        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1")))
                .containsExactly("Starting 120", "Downloading 240", "Training 3600", "Failed 0");
        assertThat(describe("job-1").path("FailureReason").asText())
                .isEqualTo("InternalServerError: We encountered an internal error. Please try again.");
        assertThat(describe("job-1").at("/ModelArtifacts/S3ModelArtifacts").asText())
                .as("the service's model requires it of each answer")
                .endsWith("/job-1/output/model.tar.gz");
    }

    @Test
    void retriesAJobThatTheServiceFailedAsOftenAsItIsTold() throws Exception {
        service.failInternally("job-1", "Training", Duration.ofHours(1));
        service.failInternally("job-1", "Downloading", Duration.ofMinutes(1));
        service.failInternally("job-1", "Uploading", Duration.ZERO);
        create(retried("job-1", 3));

        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1")))
                .containsExactly(
                        "Starting 120",
                        "Downloading 240",
                        "Training 3600",
                        "Restarting 0",
                        "Starting 120",
                        "Downloading 60",
                        "Restarting 0",
                        "Starting 120",
                        "Downloading 240",
                        "Training 7200",
                        "Uploading 0",
                        "Restarting 0",
                        "Starting 120",
                        "Downloading 240",
                        "Training 0",
                        "Uploading 40",
                        "Completed 0");
        assertThat(describe("job-1").has("FailureReason")).isFalse();
        assertThat(describe("job-1").at("/RetryStrategy/MaximumRetryAttempts").asInt())
                .isEqualTo(3);
    }

    @Test
    void failsAJobForGoodOnceItsRetriesAreUsedUp() throws Exception {
        for (int i = 0; i < 2; i++) {
            service.failInternally("job-1", "Starting", Duration.ofMinutes(1));
        }
        create(retried("job-1", 1));

        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1")))
                .containsExactly("Starting 60", "Restarting 0", "Starting 60", "Failed 0");
    }

    @Test
    void countsAllAttemptsAgainstTheLimit() throws Exception {
        service.failInternally("job-1", "Training", Duration.ofHours(1));
        ObjectNode body = retried("job-1", 1);
        body.remove("CheckpointConfig");
        body.withObject("/StoppingCondition").put("MaxRuntimeInSeconds", 7200);
        create(body);

        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1"))).contains("Training 3600", "Restarting 0", "MaxRuntimeExceeded 0");
        assertThat(status("job-1")).isEqualTo("Stopped MaxRuntimeExceeded");
    }

    @Test
    void retriesNothingThatIsTheJobsOwnFault() throws Exception {
        service = service(PlannedContainer.failingAfter(WORK, 1, "no rows"));
        create(retried("job-1", 3));

        clock.advance(Duration.ofDays(1));

        assertThat(status("job-1")).isEqualTo("Failed Failed");
        assertThat(transitions(describe("job-1"))).doesNotContain("Restarting 0");
    }

    @Test
    void failsNoJobInAStatusThatHasNoWork() {
        assertThatThrownBy(() -> service.failInternally("job-1", "Completed", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Completed");
        assertThatThrownBy(() -> service.failInternally("job-1", "Trainig", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Trainig");
    }

    private static ObjectNode retried(String name, int attempts) {
        ObjectNode body = JobBody.onDemand(name);
        body.putObject("RetryStrategy").put("MaximumRetryAttempts", attempts);
        return body;
    }

    @Test
    void takesANameOnceUntilTheJobIsDeleted() throws Exception {
        create(JobBody.onDemand("job-1"));

        assertRefused("ResourceInUse", "training-job/job-1", () -> create(JobBody.onDemand("job-1")));
        assertRefused("ResourceInUse", "training-job/job-1", () -> create(JobBody.onDemand("JOB-1")));
        assertRefused("ResourceInUse", "can not be deleted", () -> ask("DeleteTrainingJob", named("job-1")));
        clock.advance(Duration.ofDays(1));
        assertRefused("ResourceInUse", "training-job/job-1", () -> create(JobBody.onDemand("job-1")));
        ask("DeleteTrainingJob", named("job-1"));

        assertRefused("ValidationException", "Requested resource not found", () -> describe("job-1"));
        create(JobBody.onDemand("job-1"));
    }

    @Test
    void holdsAQuotaForEachWayToBuy() throws Exception {
        service.quota("ml.g5.xlarge", 1);
        create(JobBody.onDemand("job-1"));
        create(JobBody.spot("job-2", 100, 100));

        assertRefused(
                "ResourceLimitExceeded",
                "'ml.g5.xlarge for training job usage' is 1 Instances, with current utilization of 1 Instances and a request delta of"
                        + " 1 Instances",
                () -> create(JobBody.onDemand("job-3")));
        assertRefused(
                "ResourceLimitExceeded", "spot training job usage", () -> create(JobBody.spot("job-3", 100, 100)));

        clock.advance(Duration.ofDays(1));
        create(JobBody.onDemand("job-3"));
    }

    @Test
    void countsAllMachinesOfAJob() throws Exception {
        service.quota("ml.g5.xlarge", 3);
        create(onMachines("job-1", 2));

        assertRefused(
                "ResourceLimitExceeded",
                "is 3 Instances, with current utilization of 2 Instances and a request delta of 2 Instances",
                () -> create(onMachines("job-2", 2)));
        create(onMachines("job-2", 1));
        clock.advance(Duration.ofDays(1));

        JsonNode job = describe("job-1");
        assertThat(transitions(job))
                .containsExactly("Starting 120", "Downloading 240", "Training 10800", "Uploading 40", "Completed 0");
        assertThat(job.path("BillableTimeInSeconds").asInt())
                .as("of each machine")
                .isEqualTo(240 + 10800 + 40);
        assertThat(job.at("/ResourceConfig/InstanceCount").asInt()).isEqualTo(2);
    }

    @Test
    void stopsAJobOfSeveralMachinesBeforeItFails() throws Exception {
        service = service(PlannedContainer.failingAfter(WORK, 1, "no rows"));
        create(onMachines("job-1", 2));
        create(onMachines("job-2", 2));
        clock.advance(Duration.ofHours(1));

        stop("job-1");
        clock.advance(Duration.ofDays(1));

        assertThat(status("job-1")).isEqualTo("Stopped Stopped");
        assertThat(transitions(describe("job-1"))).endsWith("Training 3240", "Stopping 5", "Uploading 40", "Stopped 0");
        assertThat(describe("job-2").path("FailureReason").asText()).isEqualTo("AlgorithmError: no rows, exit code: 1");
    }

    @Test
    void refusesMoreMachinesThanThereAre() {
        assertRefused(
                "ResourceLimitExceeded",
                "a request delta of 2000000000 Instances",
                () -> create(onMachines("job-1", 2_000_000_000)));
    }

    @Test
    void changesHowARunningJobIsWatched() throws Exception {
        ObjectNode body = JobBody.onDemand("job-1");
        body.putObject("ProfilerConfig").put("S3OutputPath", "s3://my-bucket/profiles");
        create(body);
        clock.advance(Duration.ofHours(1));

        ObjectNode change = named("job-1");
        change.putObject("ProfilerConfig").put("DisableProfiler", true);
        change.putObject("RemoteDebugConfig").put("EnableRemoteDebug", true);
        ask("UpdateTrainingJob", change);

        assertThat(describe("job-1").path("ProfilerConfig"))
                .hasToString("{\"S3OutputPath\":\"s3://my-bucket/profiles\",\"DisableProfiler\":true}");
        assertThat(describe("job-1").path("RemoteDebugConfig")).hasToString("{\"EnableRemoteDebug\":true}");
        assertRefused("ValidationException", "changes nothing", () -> ask("UpdateTrainingJob", named("job-1")));
        clock.advance(Duration.ofDays(1));
        assertRefused("ValidationException", "in status Completed", () -> ask("UpdateTrainingJob", change));
    }

    @Test
    void waitsForTheMachinesOfAllGroups() throws Exception {
        service.quota("ml.m5.xlarge", 1);
        service.sellOut("ml.m5.xlarge");
        ObjectNode body = JobBody.onDemand("job-1");
        ObjectNode machines = body.putObject("ResourceConfig").put("VolumeSizeInGB", 30);
        machines.withArray("/InstanceGroups")
                .addObject()
                .put("InstanceGroupName", "train")
                .put("InstanceType", "ml.g5.xlarge")
                .put("InstanceCount", 2);
        machines.withArray("/InstanceGroups")
                .addObject()
                .put("InstanceGroupName", "feed")
                .put("InstanceType", "ml.m5.xlarge")
                .put("InstanceCount", 1);
        create(body);
        clock.advance(Duration.ofMinutes(30));
        assertThat(status("job-1")).isEqualTo("InProgress Starting");

        service.restock("ml.m5.xlarge");
        clock.advance(Duration.ofDays(1));

        assertThat(transitions(describe("job-1"))).startsWith("Starting 1800", "Downloading 240");
        assertThat(describe("job-1").at("/ResourceConfig/InstanceGroups").size())
                .isEqualTo(2);
    }

    @Test
    void takesNoMoreMachinesThanCanBeOnOne() throws Exception {
        service.quota("ml.g5.xlarge", 1000);

        assertRefused("ValidationException", "at most 16 machines", () -> create(onMachines("job-1", 17)));
        create(onMachines("job-1", 16));
    }

    private static ObjectNode onMachines(String name, int count) {
        ObjectNode body = JobBody.onDemand(name);
        body.withObject("/ResourceConfig").put("InstanceCount", count);
        return body;
    }

    @Test
    void takesNoRoleThatItMayNotAssume() {
        ObjectNode body = JobBody.onDemand("job-1").put("RoleArn", "arn:aws:iam::123456789012:role/another");

        assertRefused("ValidationException", "Could not assume role", () -> create(body));
    }

    @Test
    void keepsTags() throws Exception {
        String arn = create(JobBody.onDemand("Job-1"));
        assertThat(arn).isEqualTo("arn:aws:sagemaker:eu-central-1:123456789012:training-job/job-1");

        ask("AddTags", arn(arn).set("Tags", Json.read("[{\"Key\":\"a\",\"Value\":\"b\"}]", JsonNode.class)));
        assertThat(ask("ListTags", arn(arn)).toString())
                .isEqualTo(
                        "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"},{\"Key\":\"finetune4j-run\",\"Value\":\"r1\"}]}");
        ask("DeleteTags", arn(arn).set("TagKeys", Json.read("[\"a\"]", JsonNode.class)));

        assertThat(ask("ListTags", arn(arn)).toString())
                .isEqualTo("{\"Tags\":[{\"Key\":\"finetune4j-run\",\"Value\":\"r1\"}]}");
    }

    @Test
    void listsPageByPage() throws Exception {
        for (int i = 0; i < 25; i++) {
            create(JobBody.onDemand("job-" + i));
            clock.advance(Duration.ofSeconds(1));
        }
        stop("job-3");

        List<String> names = new ArrayList<>();
        ObjectNode request = Json.records().createObjectNode().put("SortBy", "Name");
        while (true) {
            JsonNode page = ask("ListTrainingJobs", request);
            page.path("TrainingJobSummaries")
                    .forEach(job -> names.add(job.path("TrainingJobName").asText()));
            assertThat(page.path("TrainingJobSummaries").size()).isLessThanOrEqualTo(10);
            if (!page.has("NextToken")) {
                break;
            }
            request.set("NextToken", page.get("NextToken"));
        }
        JsonNode stopped =
                ask("ListTrainingJobs", Json.records().createObjectNode().put("StatusEquals", "Stopped"));

        assertThat(names).hasSize(25).isSorted().doesNotHaveDuplicates();
        assertThat(stopped.path("TrainingJobSummaries").size()).isEqualTo(1);
        assertRefused(
                "ValidationException",
                "NextToken",
                () -> ask("ListTrainingJobs", Json.records().createObjectNode().put("NextToken", "x")));
    }

    @Test
    void goesOnThoughTheLastOfThePageIsNoLongerListed() throws Exception {
        for (int i = 1; i <= 4; i++) {
            create(JobBody.onDemand("job-" + i));
        }
        ObjectNode running = Json.records().createObjectNode().put("StatusEquals", "InProgress");
        ObjectNode byStatus =
                Json.records().createObjectNode().put("SortBy", "Status").put("SortOrder", "Descending");

        JsonNode first = ask("ListTrainingJobs", running.put("MaxResults", 2));
        JsonNode sorted = ask("ListTrainingJobs", byStatus.put("MaxResults", 2));
        stop("job-2");
        running.set("NextToken", first.get("NextToken"));
        stop("job-3");
        byStatus.set("NextToken", sorted.get("NextToken"));

        assertThat(names(first)).containsExactly("job-1", "job-2");
        assertThat(names(ask("ListTrainingJobs", running))).containsExactly("job-4");
        assertThat(names(sorted)).containsExactly("job-4", "job-3");
        assertThat(names(ask("ListTrainingJobs", byStatus)))
                .as("behind where the job stood when it was told")
                .containsExactly("job-1");
    }

    private static List<String> names(JsonNode page) {
        return page.path("TrainingJobSummaries").findValuesAsText("TrainingJobName");
    }

    private String create(ObjectNode body) throws ServiceError {
        return ask("CreateTrainingJob", body).path("TrainingJobArn").asText();
    }

    private void stop(String name) throws ServiceError {
        ask("StopTrainingJob", named(name));
    }

    private JsonNode describe(String name) throws ServiceError {
        return ask("DescribeTrainingJob", named(name));
    }

    /** Request and answer must both be as the model says. */
    private JsonNode ask(String operation, JsonNode request) throws ServiceError {
        assertThat(service.model().violations(operation, request)).isEmpty();
        ObjectNode answer = service.answer(operation, (ObjectNode) request);
        assertThat(service.model().flawsOfAnswer(operation, answer)).isEmpty();
        return answer;
    }

    private String status(String name) throws ServiceError {
        JsonNode job = describe(name);
        return job.path("TrainingJobStatus").asText() + " "
                + job.path("SecondaryStatus").asText();
    }

    /** Each status with its seconds. */
    private static List<String> transitions(JsonNode job) {
        return StreamSupport.stream(job.path("SecondaryStatusTransitions").spliterator(), false)
                .map(transition -> transition.path("Status").asText() + " "
                        + Math.round(transition.path("EndTime").asDouble()
                                - transition.path("StartTime").asDouble()))
                .toList();
    }

    private static void assertRefused(String code, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServiceError.class, error -> assertThat(error.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    private static ObjectNode named(String name) {
        return Json.records().createObjectNode().put("TrainingJobName", name);
    }

    private static ObjectNode arn(String arn) {
        return Json.records().createObjectNode().put("ResourceArn", arn);
    }
}
