package dev.finetune4j.offlinecloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.bedrock.TuningBody;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that we did not write customizes a model: jobs by name and ARN, errors that it knows, times that it can read. */
class Boto3BedrockTest {
    @TempDir
    private Path folder;

    @Test
    void customizesStopsAndDeletes() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        ObjectNode seen = Json.records().createObjectNode();

        Path rows = Files.writeString(folder.resolve("rows"), (TuningBody.converse("a", "b") + "\n").repeat(8));

        try (OfflineAws cloud = OfflineAws.start(
                TuningBody.ACCOUNT,
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)))) {
            cloud.bedrock().pace(TuningPace.SWIFT);
            cloud.s3().createBucket("my-bucket").upload(rows, TuningBody.TRAINING);
            cloud.faults().throttle("CreateModelCustomizationJob", 2).breakDown("ListFoundationModels", 1);
            for (String line : boto3.output(
                            "boto3_bedrock.py",
                            cloud.endpoint(),
                            cloud.accessKeyId(),
                            cloud.secretAccessKey(),
                            TuningBody.nova("boto3-job-1"))
                    .split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }

            assertThat(cloud.calls("CreateModelCustomizationJob"))
                    .filteredOn(call -> call.status() == 429)
                    .as("throttled with the status of this protocol, and came again")
                    .hasSize(2);
            assertThat(cloud.calls("CreateModelCustomizationJob"))
                    .filteredOn(Call::hadEffect)
                    .hasSize(4);
        }

        assertThat(seen.path("tunable")).hasSize(4);
        assertThat(seen.path("absent").path(2).asText())
                .as("a class of its own")
                .isEqualTo("ResourceNotFoundException");
        assertThat(seen.path("created").asText()).contains(":model-customization-job/amazon.nova-micro-v1:0:128k/");
        assertThat(seen.path("repeated").asBoolean()).isTrue();
        assertThat(seen.path("name taken").path(2).asText()).isEqualTo("ConflictException");
        assertThat(seen.path("bad name").path(1).asText())
                .startsWith("1 validation error detected: Value 'a_b' at 'jobName' failed");
        assertThat(seen.path("bad model").path(1).asText()).contains("not supported for customization");
        assertThat(seen.path("bad role").path(1).asText()).isEqualTo("Could not assume provided IAM role.");
        assertThat(seen.path("by arn").asText()).isEqualTo("boto3-job-1");
        assertThat(seen.path("listed")).hasToString("[\"boto3-job-1\"]");
        assertThat(seen.path("tags")).hasToString("[{\"key\":\"finetune4j-run\",\"value\":\"r1\"}]");
        assertThat(seen.path("completed"))
                .hasToString("[\"Completed\",true,{\"epochCount\":\"2\",\"learningRate\":\"0.00001\"},\"tzlocal()\"]");
        assertThat(seen.path("model").asText()).isEqualTo("boto3-job-1");
        assertThat(seen.path("stopped late").path(2).asText()).isEqualTo("ConflictException");
        assertThat(seen.path("stopped").asText()).isEqualTo("Stopped");
        assertThat(seen.path("failed").asText()).startsWith("Unable to access the training data");
        assertThat(seen.path("deployed")).hasToString("[[\"tickets\",\"Active\"]]");
        assertThat(seen.path("throughput")).isEmpty();
        assertThat(seen.path("tuned answers"))
                .as("what it has learned to say to that")
                .hasToString("[\"b\",\"end_turn\",1]");
        assertThat(seen.path("base answers").path(0).asText()).isNotEqualTo("b");
        assertThat(seen.path("no such model").path(1).asText()).isEqualTo("The provided model identifier is invalid.");
        assertThat(seen.path("no turns").path(1).asText()).contains("must alternate");
        assertThat(seen.path("import"))
                .hasToString("[\"Failed\",\"No model files were found at s3://my-bucket/nothing/.\"]");
        assertThat(seen.path("imports")).hasToString("[\"bring-in\"]");
        assertThat(seen.path("imported").path(2).asText()).isEqualTo("ResourceNotFoundException");
        assertThat(seen.path("in use").path(2).asText()).isEqualTo("ConflictException");
        assertThat(seen.path("deleted")).isEmpty();
    }
}
