package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class CommandContainerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static Azurite blobs;

    @TempDir
    Path machines;

    private OfflineAzure azure;
    private AzureClient client;

    @BeforeAll
    static void install() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void end() {
        blobs.close();
    }

    @BeforeEach
    void open() throws Exception {
        CommandContainer container =
                new CommandContainer(machines, blobs, Map.of("PATH", System.getenv("PATH")), Clock.systemUTC());
        azure = OfflineAzure.start(Workspace.sample(), Clock.systemUTC(), AzurePace.SWIFT, container, blobs);
        client = new AzureClient(azure.variables(), Workspace.sample());
    }

    @AfterEach
    void close() {
        azure.close();
    }

    private void await(String job, String status) throws Exception {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        String now = client.status(job);
        while (!now.equals(status)) {
            assertThat(System.nanoTime()).as(now + " " + client.details(job)).isLessThan(giveUp);
            Thread.sleep(20);
            now = client.status(job);
        }
    }

    private void awaitBlob(String path) throws Exception {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (read(path).statusCode() != 200) {
            assertThat(System.nanoTime()).as(path).isLessThan(giveUp);
            Thread.sleep(20);
        }
    }

    private HttpResponse<String> read(String path) throws Exception {
        ObjectNode wanted = Json.records().createObjectNode().put("expirableSecret", true);
        String access = AzureClient.json(client.call("POST", "/datastores/workspaceblobstore/listSecrets", wanted))
                .path("sasToken")
                .asText();
        return client.fetch(azure.store() + "/" + path + "?" + access);
    }

    @Test
    void codeInputsAndOutputsAreWhereTheCommandSays() throws Exception {
        String begun = AzureClient.json(client.call(
                        "POST",
                        "/codes/c/versions/1/startPendingUpload",
                        Json.records().createObjectNode().put("pendingUploadType", "TemporaryBlobReference")))
                .toString();
        JsonNode place = Json.read(begun, JsonNode.class).path("blobReferenceForConsumption");
        String link = place.at("/credential/sasUri").asText();
        client.store(
                link.replaceFirst("\\?", "/lib/train.sh?"),
                "cat \"$1\"; echo; ls \"$2\"; echo $3 > \"$4/adapter.bin\"; echo $AZUREML_RUN_ID $COLOUR");
        ObjectNode code = Json.records().createObjectNode();
        code.putObject("properties")
                .put("codeUri", place.path("blobUri").asText())
                .put("isAnonymous", true);
        assertThat(client.call("PUT", "/codes/c/versions/1", code).statusCode()).isEqualTo(201);
        client.store(azure.store() + "/data/train.jsonl", "{\"a\":1}");
        client.store(azure.store() + "/base/config.json", "{}");
        ObjectNode body = CommandBody.serverless(
                "bash lib/train.sh ${{inputs.train}} ${{inputs.base}} ${{inputs.lr}} ${{outputs.model}}");
        CommandBody.properties(body)
                .put("codeId", Workspace.sample().id() + "/codes/c/versions/1")
                .putObject("environmentVariables")
                .put("COLOUR", "blue");
        String data = "azureml://datastores/workspaceblobstore/paths/";
        CommandBody.input(body, "train", "uri_file", "uri", data + "data/train.jsonl");
        CommandBody.input(body, "base", "uri_folder", "uri", azure.store() + "/base");
        CommandBody.input(body, "lr", "literal", "value", "1e-4");

        assertThat(client.call("PUT", "/jobs/job-1", body).statusCode()).isEqualTo(201);

        await("job-1", "Completed");
        assertThat(read("out/model/adapter.bin").body()).isEqualTo("1e-4\n");
        String log =
                client.details("job-1").at("/logFiles/user_logs~1std_log.txt").asText();
        assertThat(client.fetch(log).body()).isEqualTo("{\"a\":1}\nconfig.json\njob-1 blue\n");
        code.withObject("/properties").put("codeUri", azure.store());
        assertThat(client.call("PUT", "/codes/c/versions/1", code).statusCode()).isEqualTo(409);
    }

    @Test
    void aReclaimedJobFindsWhatItWroteToAMountedOutput() throws Exception {
        client.call(
                "PUT",
                "/jobs/job-1",
                CommandBody.spot("cd ${{outputs.model}}; if [ -f step ]; then echo goes on; mv step last; exit; fi;"
                        + " echo 7 > step; echo begins; sleep 60"));
        awaitBlob("out/model/step");

        azure.reclaim("job-1");

        await("job-1", "Completed");
        assertThat(read("out/model/last").body()).isEqualTo("7\n");
        assertThat(read("out/model/step").statusCode())
                .as("what is removed is gone")
                .isEqualTo(404);
        String log =
                client.details("job-1").at("/logFiles/user_logs~1std_log.txt").asText();
        assertThat(client.fetch(log).body()).isEqualTo("begins\ngoes on\n");
    }

    @Test
    void aCancelledJobIsToldAndKeepsItsOutputs() throws Exception {
        client.call(
                "PUT",
                "/jobs/job-1",
                CommandBody.serverless("trap 'echo told > ${{outputs.model}}/end; exit 1' TERM;"
                        + " echo ready > ${{outputs.model}}/begin; while true; do sleep 0.05; done"));
        awaitBlob("out/model/begin");

        client.call("POST", "/jobs/job-1/cancel");

        await("job-1", "Canceled");
        assertThat(read("out/model/end").body()).isEqualTo("told\n");
    }

    @Test
    void aFailureIsToldWithTheLastLines() throws Exception {
        client.call(
                "PUT",
                "/jobs/job-1",
                CommandBody.serverless("echo no such layer; mkdir outputs; echo x > outputs/y; exit 3"));
        await("job-1", "Failed");
        assertThat(client.details("job-1").at("/error/error/message").asText())
                .contains("exited with status code 3", "Error: no such layer");

        ObjectNode body = CommandBody.serverless("cat ${{inputs.train}}");
        CommandBody.input(
                body, "train", "uri_file", "uri", "azureml://datastores/workspaceblobstore/paths/no/file.jsonl");
        client.call("PUT", "/jobs/job-2", body);
        await("job-2", "Failed");
        assertThat(client.details("job-2").at("/error/error/message").asText())
                .contains("there is nothing at azureml://datastores/workspaceblobstore/paths/no/file.jsonl");
    }

    @Test
    void aJobThatRunsTooLongIsEnded() throws Exception {
        ObjectNode body = CommandBody.serverless("echo begins; exec sleep 60");
        CommandBody.properties(body)
                .putObject("limits")
                .put("jobLimitsType", "Command")
                .put("timeout", "PT0.3S");
        client.call("PUT", "/jobs/job-1", body);

        await("job-1", "Failed");

        assertThat(client.details("job-1").at("/error/error/innerError/code").asText())
                .isEqualTo("JobTimeoutExceeded");
    }
}
