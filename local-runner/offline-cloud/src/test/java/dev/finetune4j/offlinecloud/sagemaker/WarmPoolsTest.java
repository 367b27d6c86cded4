package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that a job keeps wait for another one, and tell how long they did. */
class WarmPoolsTest {
    @TempDir
    private static Path folder;

    private final VirtualClock clock = new VirtualClock();
    private final OfflineSageMaker service = new OfflineSageMaker(
            Account.sample(),
            clock,
            Pace.LIFELIKE,
            PlannedContainer.succeedingAfter(Duration.ofHours(1)),
            new LogBook(clock),
            new OfflineIam("123456789012", Account.sample().roles(), session -> Optional.empty()),
            JobBody.store(folder),
            OfflineHub.shipped(Account.sample().region(), clock));

    @Test
    void givesKeptMachinesToTheNextJobOfTheirKind() throws Exception {
        create(kept("job-1"));
        clock.advance(Duration.ofMinutes(30));
        assertThat(pool("job-1")).hasToString("{\"Status\":\"InUse\"}");
        clock.advance(Duration.ofMinutes(36).plusSeconds(40 + 600)); // 66:40 is its end
        assertThat(pool("job-1"))
                .hasToString("{\"Status\":\"Available\",\"ResourceRetainedBillableTimeInSeconds\":600}");
        service.sellOut("ml.g5.xlarge");

        create(JobBody.onDemand("job-2"));

        assertThat(pool("job-1"))
                .hasToString(
                        "{\"Status\":\"Reused\",\"ResourceRetainedBillableTimeInSeconds\":600,\"ReusedByJob\":\"job-2\"}");
        assertThat(describe("job-2").path("SecondaryStatus").asText())
                .as("though no machine is free")
                .isEqualTo("Downloading");
        assertThat(pool("job-2").isMissingNode()).as("it keeps none").isTrue();
        create(JobBody.onDemand("job-3"));
        assertThat(describe("job-3").path("SecondaryStatus").asText()).isEqualTo("Starting");
    }

    @Test
    void holdsAQuotaOfKeptMachines() throws Exception {
        service.quotaNamed("ml.g5.xlarge for training warm pool usage", 1);
        create(kept("job-1"));

        assertThatThrownBy(() -> create(kept("job-2")))
                .hasMessageContaining("'ml.g5.xlarge for training warm pool usage' is 1 Instances");
        create(JobBody.onDemand("job-3"));
    }

    @Test
    void letsKeptMachinesGoWhenTheirTimeIsOver() throws Exception {
        create(kept("job-1"));
        clock.advance(Duration.ofDays(1));

        create(JobBody.onDemand("job-2"));

        assertThat(pool("job-1"))
                .hasToString("{\"Status\":\"Terminated\",\"ResourceRetainedBillableTimeInSeconds\":1800}");
        assertThat(describe("job-2").path("SecondaryStatus").asText()).isEqualTo("Starting");
    }

    @Test
    void keepsMachinesFromJobsOfAnotherKind() throws Exception {
        create(kept("job-1"));
        clock.advance(Duration.ofMinutes(70));
        ObjectNode isolated = JobBody.onDemand("job-2").put("EnableNetworkIsolation", true);
        ObjectNode larger = JobBody.onDemand("job-3");
        larger.withObject("/ResourceConfig").put("InstanceType", "ml.g5.2xlarge");

        create(isolated);
        create(larger);
        create(JobBody.spot("job-4", 3600, 7200));

        assertThat(pool("job-1").path("Status").asText()).isEqualTo("Available");
    }

    @Test
    void findsJobsByTheirPoolsAndDeletesNoneThatKeepsMachines() throws Exception {
        create(kept("job-1"));
        create(JobBody.onDemand("job-2"));
        clock.advance(Duration.ofMinutes(70));
        ObjectNode available = Json.records().createObjectNode().put("WarmPoolStatusEquals", "Available");

        assertThat(service.answer("ListTrainingJobs", available).findValuesAsText("TrainingJobName"))
                .containsExactly("job-1");
        assertThatThrownBy(() -> service.answer("DeleteTrainingJob", named("job-1")))
                .hasMessageContaining("warm pool");
        clock.advance(Duration.ofHours(1));
        service.answer("DeleteTrainingJob", named("job-1"));
        assertThat(service.answer("ListTrainingJobs", Json.records().createObjectNode())
                        .findValuesAsText("TrainingJobName"))
                .containsExactly("job-2");
    }

    @Test
    void keepsMachinesForAnotherTimeOnRequest() throws Exception {
        create(kept("job-1"));
        create(JobBody.onDemand("job-2"));
        clock.advance(Duration.ofMinutes(30));
        update("job-1", 3600);
        clock.advance(Duration.ofMinutes(36).plusSeconds(40 + 2400)); // 66:40 is its end
        assertThat(pool("job-1"))
                .hasToString("{\"Status\":\"Available\",\"ResourceRetainedBillableTimeInSeconds\":2400}");
        assertThat(describe("job-1")
                        .at("/ResourceConfig/KeepAlivePeriodInSeconds")
                        .asInt())
                .isEqualTo(3600);

        update("job-1", 0);
        clock.advance(Duration.ofMinutes(5));

        assertThat(pool("job-1"))
                .hasToString("{\"Status\":\"Terminated\",\"ResourceRetainedBillableTimeInSeconds\":2400}");
        assertThatThrownBy(() -> update("job-1", 60)).hasMessageContaining("InUse or Available");
        assertThatThrownBy(() -> update("job-2", 60)).hasMessageContaining("InUse or Available");
        service.answer("DeleteTrainingJob", named("job-1"));
    }

    private void update(String name, int seconds) throws Exception {
        ObjectNode body = named(name);
        body.withObject("/ResourceConfig").put("KeepAlivePeriodInSeconds", seconds);
        assertThat(service.model().violations("UpdateTrainingJob", body)).isEmpty();
        service.answer("UpdateTrainingJob", body);
    }

    private static ObjectNode kept(String name) {
        ObjectNode body = JobBody.onDemand(name);
        body.withObject("/ResourceConfig").put("KeepAlivePeriodInSeconds", 1800);
        return body;
    }

    private void create(ObjectNode body) throws Exception {
        assertThat(service.model().violations("CreateTrainingJob", body)).isEmpty();
        service.answer("CreateTrainingJob", body);
    }

    private JsonNode describe(String name) throws Exception {
        return service.answer("DescribeTrainingJob", named(name));
    }

    private JsonNode pool(String name) throws Exception {
        return describe(name).path("WarmPoolStatus");
    }

    private static ObjectNode named(String name) {
        return Json.records().createObjectNode().put("TrainingJobName", name);
    }
}
