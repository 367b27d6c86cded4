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

/** Amazon's own SDK for training makes jobs that train, follows their logs to the end, and raises what it raises at Amazon. */
@Tag("slow")
class SageMakerSdkTest {
    private static final String BUCKET = "my-bucket";
    private static final Path MODEL = Path.of("../junit/src/test/resources/tickets/model");

    private final ObjectNode seen = Json.records().createObjectNode();

    @TempDir
    private Path folder;

    @Test
    void trainsFollowsStopsAndFetches() throws Exception {
        PythonPackages sdk = PythonPackages.of("sagemaker-requirements.txt");
        try (TrainingAws cloud = TrainingAws.start(folder, TrainingAws.REGION, MODEL, System.getenv())) {
            OfflineAws aws = cloud.aws();
            aws.sageMaker().sellOut("ml.g5.48xlarge");
            aws.sageMaker().quota("ml.p4d.24xlarge", 0);
            Path own = Files.createDirectory(folder.resolve("own"));
            for (String line :
                    sdk.output(cloud.variables(), "sagemaker_sdk.py", own).split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }

            assertThat(aws.calls("CreateTrainingJob"))
                    .filteredOn(Call::hadEffect)
                    .as("each job once")
                    .hasSize(13);
        }
        assertTrainedAndFetched();
        assertErrors();
        assertScripts();
        assertSeveralMachines();
        assertTuned();
        assertResources();
    }

    private void assertSeveralMachines() {
        assertThat(seen.path("pair")).as("one shard each").hasToString("[\"a\",\"b\"]");
        assertThat(seen.path("pair model")).hasToString("[\"./a\",\"./b\"]");
    }

    private void assertTuned() {
        assertThat(seen.path("tuned").asBoolean()).as("figures of the script").isTrue();
        assertThat(seen.path("tuned model").toString()).contains("config.json", "model.safetensors", "tokenizer.json");
        assertThat(text("unknown model", 1)).contains("no-such-model");
    }

    private void assertTrainedAndFetched() {
        assertThat(text("bucket"))
                .as("that of the settings that the SDK is told to read")
                .isEqualTo(BUCKET);
        assertThat(text("followed"))
                .as("states and lines come from two calls, in any order")
                .containsSubsequence("Starting - ", "Completed - ", "Training seconds: ")
                .containsSubsequence("epoch 100 loss 0.0079", "epoch 300 loss 0.0001");
        assertThat(text("model data")).isEqualTo("s3://" + BUCKET + "/sdk-1/output/model.tar.gz");
        assertThat(text("model")).as("of 3 x + 1").isEqualTo("3.00 0.98\n");
        assertThat(seen.path("attached"))
                .hasToString(
                        "[\"sdk-1\",{\"epochs\":\"300\"},\"ml.g5.xlarge\",[{\"Key\":\"team\",\"Value\":\"search\"}],\""
                                + text("model data") + "\"]");
        assertThat(seen.path("logs again").asInt()).isEqualTo(3);
        assertThat(seen.path("named by itself")).hasToString("[\"accepted\"]");
        assertThat(text("spot")).startsWith("Managed Spot Training savings: ");
        assertThat(text("stopped")).isEqualTo("Stopped");
    }

    private void assertErrors() {
        assertThat(text("name taken", 0)).as("a class of its own").isEqualTo("ResourceInUse");
        assertThat(text("name taken", 2)).contains("names must be unique");
        assertThat(text("no wait", 2)).startsWith("Invalid MaxWaitTimeInSeconds");
        assertThat(text("failed", 0)).isEqualTo("UnexpectedStatusException");
        assertThat(text("failed", 1)).contains("Failed. Reason: AlgorithmError: no rows, exit code: 3");
        assertThat(text("no machine", 0)).isEqualTo("CapacityError");
        assertThat(text("no quota", 0)).isEqualTo("ResourceLimitExceeded");
        assertThat(text("no quota", 2)).contains("'ml.p4d.24xlarge for training job usage' is 0 Instances");
        assertThat(text("no such role", 0)).isEqualTo("NoSuchEntityException");
        assertThat(text("no such job", 2)).isEqualTo("Requested resource not found.");
    }

    private void assertScripts() {
        assertThat(text("no image", 1)).contains("name a ContainerEntrypoint");
        assertThat(seen.path("script").asBoolean()).isTrue();
        assertThat(text("script model")).isEqualTo("3.00 0.98\n");
        assertThat(text("script failed", 0)).isEqualTo("UnexpectedStatusException");
        assertThat(text("script failed", 1))
                .contains("ExecuteUserScriptError", "ValueError: nothing to do")
                .contains("descent.py --epochs 0 --output_dir ");
    }

    private void assertResources() {
        assertThat(seen.path("resource"))
                .hasToString("[\"Completed\",\"Completed\",\"s3://" + BUCKET + "/core-1/output/model.tar.gz\"]");
        assertThat(text("resource failed", 0)).isEqualTo("FailedStatusError");
        assertThat(text("resource failed", 1)).contains("exit code: 3");
        assertThat(seen.path("resources")).hasToString("[\"core-1\",\"core-bad\"]");
        assertThat(text("resource deleted", 1)).isEqualTo("ValidationException");
    }

    private String text(String what) {
        return seen.path(what).asText();
    }

    private String text(String what, int part) {
        return seen.path(what).path(part).asText();
    }
}
