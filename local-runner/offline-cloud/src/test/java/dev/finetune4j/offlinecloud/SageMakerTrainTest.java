package dev.finetune4j.offlinecloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 3 of the SageMaker Python SDK trains here: its trainer looks at the role, sends code and rows, and follows its own scripts. */
@Tag("slow")
class SageMakerTrainTest {
    private static final Path MODEL = Path.of("../junit/src/test/resources/tickets/model");

    private final ObjectNode seen = Json.records().createObjectNode();

    @TempDir
    private Path folder;

    @Test
    void trainsFollowsStopsAndTellsErrors() throws Exception {
        PythonPackages sdk = PythonPackages.of("sagemaker-train-requirements.txt");
        try (TrainingAws cloud = TrainingAws.start(folder, TrainingAws.REGION, MODEL, System.getenv())) {
            OfflineAws aws = cloud.aws();
            aws.sageMaker().quota("ml.p4d.24xlarge", 0);
            Path own = Files.createDirectory(folder.resolve("own"));
            for (String line :
                    sdk.output(cloud.variables(), "sagemaker_train.py", own).split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }

            assertThat(aws.calls("CreateTrainingJob"))
                    .filteredOn(Call::hadEffect)
                    .as("each job once")
                    .hasSize(5);
        }

        assertThat(seen.path("logged").toString()).contains("epoch 100 loss 0.0079", "epoch 300 loss 0.0001");
        assertThat(seen.at("/job/0").asText()).startsWith("line-");
        assertThat(seen.at("/job/1").asText()).isEqualTo("Completed");
        assertThat(seen.path("model").asText()).as("of 3 x + 1").isEqualTo("3.00 0.98\n");
        assertThat(seen.at("/failed/0").asText()).isEqualTo("FailedStatusError");
        assertThat(seen.at("/no quota/0").asText()).isEqualTo("ResourceLimitExceeded");
        assertThat(seen.at("/jumpstart/0").asText()).contains("huggingface-pytorch-training:2.0.0");
        assertThat(seen.at("/jumpstart/2").toString()).isEqualTo("[\"model\",\"training\"]");
        assertThat(seen.path("gated").toString()).isEqualTo("[\"ValueError\",[\"model\",\"training\"]]");
        assertThat(seen.at("/tuned/0").asText()).isEqualTo("Completed");
        assertThat(seen.at("/tuned/1").toString()).contains("config.json", "model.safetensors", "tokenizer.json");
        assertThat(seen.path("pair")).hasToString("[\"algo-1 of 2\\n\",\"algo-2 of 2\\n\"]");
        assertThat(seen.path("stopped").asText()).isEqualTo("Stopped");
    }
}
