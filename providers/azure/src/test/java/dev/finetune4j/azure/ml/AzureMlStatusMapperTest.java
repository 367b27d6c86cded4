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

    private static JobSnapshot snapshot(String job, String details) {
        Launch launch = new Launch(AzureJob.of(json(job)), new RunDetails(json(details)));
        return AzureMlStatusMapper.snapshot(RUN, List.of(launch), "", NOW);
    }

    private static JsonNode json(String text) {
        return Json.read(text.replace('\'', '"'), JsonNode.class);
    }
}
