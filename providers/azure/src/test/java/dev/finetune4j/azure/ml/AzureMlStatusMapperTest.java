package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of Azure ML with states that nobody knows, and with nulls where there is mostly something. */
class AzureMlStatusMapperTest {
    private static final RunId RUN = new RunId("run");
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "NotStarted, QUEUED",
        "Queued, QUEUED",
        "Starting, STARTING",
        "Provisioning, STARTING",
        "Preparing, STARTING",
        "Running, TRAINING",
        "Finalizing, UPLOADING",
        "CancelRequested, STOPPING",
        "Completed, SUCCEEDED",
        "Canceled, STOPPED",
        "Failed, FAILED",
        "NotResponding, TRAINING",
        "Paused, TRAINING",
        "Unknown, TRAINING",
        "Rebalancing, TRAINING",
        "'', TRAINING"
    })
    void takesAJobForRunningUntilItsEndIsTold(String status, RunState state) {
        JobSnapshot snapshot = snapshot("{'name':'run','properties':{'status':'" + status + "'}}", "{}");

        assertThat(snapshot.state()).isEqualTo(state);
        assertThat(snapshot.billedTime()).isEqualTo(Duration.ZERO);
    }

    @Test
    void survivesNulls() {
        for (String properties : List.of(
                "null",
                "{}",
                "{'status':null,'tags':null,'properties':null,'resources':null,'limits':null,'queueSettings':null}",
                "{'status':'Failed','limits':{'timeout':null},'inputs':null,'outputs':null}")) {
            for (String details : List.of(
                    "{}",
                    "{'startTimeUtc':null,'endTimeUtc':null,'error':null,'logFiles':null}",
                    "{'error':{'error':{'code':null,'message':null,'innerError':null}},'logFiles':{}}")) {
                JobSnapshot snapshot =
                        snapshot("{'name':'run','id':null,'systemData':null,'properties':" + properties + "}", details);

                assertThat(snapshot.id()).isEqualTo(RUN);
                assertThat(snapshot.failure().isPresent()).isEqualTo(snapshot.state() == RunState.FAILED);
                snapshot.failure()
                        .ifPresent(failure -> assertThat(failure.causes()).containsExactly("no reason is told"));
            }
        }
    }

    @Test
    void readsTimesWithAndWithoutAZone() {
        for (String zone : List.of("", "Z", "+00:00")) {
            JobSnapshot snapshot = snapshot(
                    "{'name':'run','systemData':{'createdAt':'2026-11-28T10:00:00.5" + zone
                            + "'},'properties':{'status':'Running'}}",
                    "{'startTimeUtc':'2026-11-28T11:00:00" + zone + "'}");

            assertThat(snapshot.submittedAt()).isEqualTo(Instant.parse("2026-11-28T10:00:00.5Z"));
            assertThat(snapshot.billedTime()).isEqualTo(Duration.ofHours(1));
        }
    }

    @Test
    void tellsWhatAFailureHasWithinHoweverDeepThatLies() {
        JobSnapshot snapshot = snapshot(
                "{'name':'run','properties':{'status':'Failed','resources':{'instanceType':'Standard_NC6'}}}",
                "{'error':{'error':{'code':'ServiceError','message':'no','innerError':{'code':'Compute',"
                        + "'innerError':{'code':'AllocationFailed','innerError':null}}}}}");

        assertThat(snapshot.failure().orElseThrow().kind()).isEqualTo(AzureMlProblems.NO_CAPACITY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UserError.ImagePullFailure|Failed to pull Docker image acme.azurecr.io/train:1: unauthorized"
                        + "|could not pull the image|az ml job show --name run --resource-group my-group"
                        + " --workspace-name my-workspace --query environment",
                "UserError|Job failed: AuthorizationPermissionMismatch for the blob of input order"
                        + "|may not do what the job takes|finetune policy JOB --for job",
                "UserError|The managed identity 00000000-0000-0000-0000-000000000007 was not found"
                        + "|act as its identity|az identity list --query '[].clientId'",
                "UserError|Identity train-7 not found" + "|act as its identity|az identity list --query '[].clientId'",
                "UserError|The input data azureml://x does not exist|finds no input|finetune launch JOB --again",
                "UserError|The file identity/docker.jsonl was not found|finds no input|finetune launch JOB --again",
                "UserError|something of its own|could not run run|az ml job show --name run --resource-group my-group"
                        + " --workspace-name my-workspace"
            })
    void namesTheOneThingToDoOfAJobThatNeverRan(String code, String message, String summary, String remedy) {
        JobSnapshot snapshot = snapshot(
                "{'name':'run','id':'/subscriptions/s/resourceGroups/my-group/providers/Microsoft.MachineLearningServices"
                        + "/workspaces/my-workspace/jobs/run','properties':{'status':'Failed'}}",
                "{'error':{'error':{'code':'" + code + "','message':'" + message + "'}}}");

        assertThat(snapshot.failure().orElseThrow()).satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(AzureMlProblems.JOB_FAILED);
            assertThat(problem.summary()).contains(summary);
            assertThat(problem.causes()).hasSize(1);
            assertThat(problem.causes().get(0)).contains(message);
            assertThat(problem.remedies()).containsExactly(remedy);
        });
    }

    /** Nothing but the time that is billed ends such a job, and no run history of one has been seen. */
    @ParameterizedTest
    @CsvSource({
        "Queued, '', 0",
        "NotStarted, '', 0",
        "Preparing, '', 0",
        "Running, '', 120",
        "NotResponding, '', 120",
        "Finalizing, '', 120",
        "CancelRequested, '', 120",
        "Completed, '', 90",
        "Canceled, '', 90",
        "Failed, UserError, 90",
        "Failed, AllocationFailed, 0",
        "Failed, QuotaExceeded, 0"
    })
    void countsAFineTuningJobThatTellsNoStartFromWhenItWasMade(String status, String code, int minutes) {
        String job = "{'name':'run','systemData':{'createdAt':'2026-11-28T10:00:00Z'},"
                + "'properties':{'jobType':'FineTuning','status':'" + status + "'}}";
        boolean hasEnded = AzureJob.of(json(job)).hasEnded();
        String details = hasEnded
                ? "{'endTimeUtc':'2026-11-28T11:30:00Z','error':{'error':{'code':'" + code + "'}}}"
                : "{'status':'" + status + "'}";

        assertThat(snapshot(job, details).billedTime()).isEqualTo(Duration.ofMinutes(minutes));
        assertThat(snapshot(job.replace("FineTuning", "Command"), details).billedTime())
                .as("Azure itself ends a command job")
                .isEqualTo(Duration.ZERO);
        if (!hasEnded) {
            assertThat(AzureMlStatusMapper.billedTime(new Launch(AzureJob.of(json(job)), null), NOW))
                    .as("one that the run history does not know")
                    .isEqualTo(Duration.ofMinutes(minutes));
        }
    }

    @Test
    void countsTheWaitsOfAFineTuningJobBetweenItsParts() {
        String job = "{'name':'run','properties':{'jobType':'FineTuning','status':'Running'}}";
        RunDetails details = new RunDetails(json("{'startTimeUtc':'2026-11-28T11:00:00Z'}"));

        for (String type : List.of("FineTuning", "Command")) {
            AzureJob launched = AzureJob.of(json(job.replace("FineTuning", type)));
            assertThat(AzureMlStatusMapper.billedTime(new Launch(launched, details, Duration.ofMinutes(20)), NOW))
                    .isEqualTo(Duration.ofMinutes(type.equals("Command") ? 40 : 60));
        }
    }

    private static JobSnapshot snapshot(String job, String details) {
        Launch launch = new Launch(AzureJob.of(json(job)), new RunDetails(json(details)));
        return AzureMlStatusMapper.snapshot(RUN, List.of(launch), "", NOW);
    }

    private static JsonNode json(String text) {
        return Json.read(text.replace('\'', '"'), JsonNode.class);
    }
}
