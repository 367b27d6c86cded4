package dev.finetune4j.offlinecloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.JobBody;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.testkit.PythonPackages;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client that we did not write gets what it expects: jobs, errors that it knows, an end that its waiter sees. */
class Boto3Test {
    @Test
    void trainsStopsAndDeletes() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        ObjectNode request = JobBody.onDemand("boto3-job-1");
        request.putObject("HyperParameters").put("epochs", "3");
        ObjectNode seen = Json.records().createObjectNode();

        try (OfflineAws aws = OfflineAws.start(
                Account.sample(),
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)).windingDownIn(Duration.ofMillis(100)))) {
            JobBody.stage(aws.s3());
            aws.faults().throttle("CreateTrainingJob", 2).breakDown("ListTrainingJobs", 1);
            for (String line : boto3.output(
                            "boto3_client.py", aws.endpoint(), aws.accessKeyId(), aws.secretAccessKey(), request)
                    .split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }

            assertThat(aws.calls("CreateTrainingJob"))
                    .filteredOn(Call::hadEffect)
                    .hasSize(1);
            assertThat(aws.calls("CreateTrainingJob"))
                    .as("two were throttled and came again")
                    .hasSize(6);
        }

        assertThat(seen.path("caller").asText()).isEqualTo("arn:aws:iam::123456789012:user/offline");
        assertThat(seen.path("as role").asText())
                .isEqualTo("arn:aws:sts::123456789012:assumed-role/finetune4j-training/me");
        assertThat(seen.path("own session").asText()).isEqualTo("arn:aws:iam::123456789012:user/offline");
        assertThat(seen.path("no role").path(0).asText()).isEqualTo("AccessDenied");
        assertThat(seen.path("no such call").path(0).asText()).isEqualTo("InvalidAction");
        assertThat(seen.path("sellers")).hasToString("[\"AmazonBedrock\",\"AmazonSageMaker\"]");
        assertThat(seen.path("price")).hasToString("[{\"USD\":\"1.5150000000\"}]");
        assertThat(seen.path("no seller").path(2).asText()).isEqualTo("InvalidParameterException");
        assertThat(seen.path("no attribute").path(2).asText()).isEqualTo("NotFoundException");
        assertThat(seen.path("absent").path(0).asText()).isEqualTo("ValidationException");
        assertThat(seen.path("absent").path(1).asText()).isEqualTo("Requested resource not found.");
        assertThat(seen.path("created").asText())
                .isEqualTo("arn:aws:sagemaker:eu-central-1:123456789012:training-job/boto3-job-1");
        assertThat(seen.path("again").path(0).asText()).isEqualTo("ResourceInUse");
        assertThat(seen.path("again").path(1).asText()).contains("names must be unique");
        assertThat(seen.path("again").path(2).asText()).as("a class of its own").isEqualTo("ResourceInUse");
        assertThat(seen.path("bad name").path(0).asText()).isEqualTo("ValidationException");
        assertThat(seen.path("bad name").path(1).asText())
                .startsWith("1 validation error detected: Value 'a_b' at 'trainingJobName' failed");
        assertThat(seen.path("bad wait").path(1).asText()).contains("MaxWaitTimeInSeconds");
        assertThat(seen.path("listed")).hasToString("[\"boto3-job-1\"]");
        assertThat(seen.path("found")).hasToString("[\"boto3-job-1\"]");
        assertThat(seen.path("tags")).hasToString("[{\"Key\":\"finetune4j-run\",\"Value\":\"r1\"}]");
        assertThat(seen.path("training"))
                .hasToString("[\"InProgress\",{\"epochs\":\"3\"},{\"MaxRuntimeInSeconds\":36000},\"tzlocal()\"]");
        assertThat(seen.path("streams").asInt()).isEqualTo(1);
        assertThat(seen.path("log")).hasToString("[\"begins to compute for 1h\"]");
        assertThat(seen.path("no log").path(2).asText()).isEqualTo("ResourceNotFoundException");
        assertThat(seen.path("stopped")).hasToString("[\"Stopped\",\"Stopped\"]");
        assertThat(seen.path("stopped again").path(0).asText()).isEqualTo("ValidationException");
        assertThat(seen.path("deleted").path(0).asText()).isEqualTo("ValidationException");
    }
}
