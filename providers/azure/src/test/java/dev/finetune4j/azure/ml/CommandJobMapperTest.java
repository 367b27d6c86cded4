package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is sent to launch a command job, as it is read at the service; AzureMlJobsTest has it sent. */
class CommandJobMapperTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden");
    private static final RunId RUN = new RunId("letters-0123abcd-1");
    private static final Map<String, String> SPOT = Map.of("spot", "true");

    /** The mounted output is what a job whose machine is taken back goes on from, and nothing else of it is kept. */
    @Test
    void serverlessSpotJob() {
        ObjectNode body = body(SPOT, Duration.ofMinutes(90));

        GOLDEN.assertMatches("command-job-spot.json", Json.pretty(body) + "\n");
    }

    /** A job that names its compute names no machine: the service refuses both. */
    @Test
    void jobOfACluster() {
        ObjectNode body = body(
                Map.of(
                        "compute", "gpus",
                        "identity", "33333333-3333-3333-3333-333333333333",
                        "environment", "torch:3",
                        "tags", "team=letters"),
                null);

        GOLDEN.assertMatches("command-job-cluster.json", Json.pretty(body) + "\n");
    }

    @Test
    void isAskedForAgainWithWhatIsLeftOfItsTimeAndWithoutWhatTheServiceAdded() {
        ObjectNode told = Json.records().createObjectNode().put("name", RUN.value());
        told.setAll(body(SPOT, Duration.ofMinutes(90)));
        ObjectNode job = told.withObject("/properties").put("status", "Canceled");
        job.withObjectProperty("outputs").putObject("default").put("jobOutputType", "uri_folder");
        job.withObjectProperty("properties").put("_azureml.ComputeTargetType", "amlcdsi");

        ObjectNode again = CommandJobMapper.again(AzureJob.of(told), Duration.ofMinutes(20));

        assertThat(again).isEqualTo(body(SPOT, Duration.ofMinutes(20)));
    }

    private static ObjectNode body(Map<String, String> others, @Nullable Duration timeLimit) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "subscription", "00000000-0000-0000-0000-000000000001",
                "resource-group", "my-group",
                "workspace", "my-workspace",
                "region", "westeurope",
                "store", "https://myaccount.blob.core.windows.net/jobs/finetune4j",
                "machine", "Standard_NC24ads_A100_v4"));
        settings.putAll(others);
        Map<String, String> inputs = new LinkedHashMap<>();
        inputs.put(WorkOrder.MODEL_CHANNEL, "inputs/aaaa/");
        inputs.put(WorkOrder.DATA_CHANNEL, "inputs/bbbb/");
        inputs.put(WorkOrder.WORKER_CHANNEL, "inputs/cccc/");
        inputs.put(ContainerOrder.CHANNEL, "orders/letters-0123abcd-1/d1/");
        return new CommandJobMapper(new AzureMlSettings(settings, Map.of()).options())
                .body(RUN, "0123456789abcdef", inputs, Map.of(Submission.RUN_LABEL, RUN.value()), timeLimit);
    }
}
