package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that we did not write sends code and rows, follows and fetches its jobs, and gets the errors that it knows. */
@Tag("long")
class AzureAiMlTest {
    @TempDir
    private Path folder;

    @Test
    void launchesFollowsFetchesAndCancels() throws Exception {
        PythonPackages packages = PythonPackages.of("azure-ai-ml-requirements.txt");
        Workspace workspace = Workspace.sample();
        ObjectNode seen = Json.records().createObjectNode();
        try (Azurite blobs = Azurite.start(Path.of("../../target/azurite"));
                OfflineAzure azure = OfflineAzure.start(
                        workspace,
                        Clock.systemUTC(),
                        AzurePace.SWIFT,
                        new CommandContainer(
                                folder.resolve("machines"),
                                blobs,
                                Map.of("PATH", System.getenv("PATH")),
                                Clock.systemUTC()),
                        blobs)) {
            azure.faults().throttle("Jobs_Get", 1).breakDown("CodeVersions_List", 1);
            String printed = packages.output(
                    "azure_ai_ml_client.py",
                    Json.line(azure.variables()),
                    workspace.subscription(),
                    workspace.resourceGroup(),
                    workspace.name(),
                    Files.createDirectory(folder.resolve("own")));
            for (String line : printed.split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
            assertThat(azure.calls().of("Runs_GetDetails")).isNotEmpty();
        }

        assertThat(seen.path("created")).hasToString("[\"py-1\",\"NotStarted\",\"command\"]");
        assertThat(seen.path("streamed").asText()).contains("Streaming user_logs/std_log.txt", "{\"a\": 1} 1e-4");
        assertThat(seen.path("status").asText()).isEqualTo("Completed");
        assertThat(seen.at("/fetched/named-outputs~1model~1adapter.bin").asText())
                .isEqualTo("py-1");
        assertThat(seen.at("/fetched/artifacts~1user_logs~1std_log.txt").asText())
                .isEqualTo("{\"a\": 1} 1e-4\n");
        assertThat(seen.path("code again").asBoolean())
                .as("found by what it holds")
                .isTrue();
        assertThat(seen.path("cancelled").asText()).isEqualTo("Canceled");
        assertThat(seen.path("listed")).hasToString("[\"py-1\",\"py-2\"]");
        assertThat(seen.path("after archive")).hasToString("[\"py-1\"]");
        assertThat(seen.path("tags")).hasToString("{\"finetune4j-run\":\"r1\",\"seen\":\"yes\"}");
        assertThat(seen.path("failed").asText()).contains("exited with status code 3", "no such layer");
        assertThat(seen.at("/other definition/1").asText()).isEqualTo("UserError");
        assertThat(seen.at("/unknown/0").asInt()).isEqualTo(404);
        assertThat(seen.path("tuned")).hasToString("[\"finetuning\",\"mlflow_model\"]");
        assertThat(seen.path("tuned status").asText()).isEqualTo("Completed");
        assertThat(seen.path("registry")).hasToString("[\"uri_file\",\"1\"]");
        assertThat(seen.path("shared status").asText()).isEqualTo("Completed");
        assertThat(seen.path("cluster"))
                .hasToString("[\"gpu\",\"Succeeded\",\"low_priority\",\"Standard_NC24ads_A100_v4\"]");
        assertThat(seen.path("sizes").asBoolean()).isTrue();
    }
}
