package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.JobBill;
import dev.finetune4j.offlinecloud.azure.ml.PlayedTuning;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class OfflineAzureTest {
    private static final Duration WORK = Duration.ofHours(3);
    private static Azurite blobs;

    private final VirtualClock clock = new VirtualClock();
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
        open(PlannedContainer.succeedingAfter(WORK));
    }

    private void open(Container container) throws Exception {
        close();
        azure = OfflineAzure.start(Workspace.sample(), clock, AzurePace.LIFELIKE, container, blobs);
        client = new AzureClient(azure.variables(), Workspace.sample());
    }

    @AfterEach
    void close() {
        if (azure != null) {
            azure.close();
        }
    }

    private HttpResponse<String> submit(String id, ObjectNode body) throws Exception {
        return client.call("PUT", "/jobs/" + id, body);
    }

    @Test
    void aJobLivesByTheClock() throws Exception {
        HttpResponse<String> created = submit("job-1", CommandBody.serverless("python train.py"));
        assertThat(created.statusCode()).isEqualTo(201);
        JsonNode job = AzureClient.json(created);
        assertThat(job.path("id").asText()).isEqualTo(Workspace.sample().id() + "/jobs/job-1");
        assertThat(job.at("/properties/outputs/default/jobOutputType").asText()).isEqualTo("uri_folder");
        assertThat(job.at("/systemData/createdAt").asText()).isEqualTo(VirtualClock.START.toString());

        List<String> seen = new ArrayList<>();
        while (!seen.contains("Completed")) {
            String status = client.status("job-1");
            if (!seen.contains(status)) {
                seen.add(status);
            }
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(seen)
                .containsExactly(
                        "NotStarted", "Preparing", "Queued", "Provisioning", "Running", "Finalizing", "Completed");

        JsonNode details = client.details("job-1");
        Instant started = Instant.parse(details.path("startTimeUtc").asText());
        assertThat(started).isEqualTo(VirtualClock.START.plus(Duration.ofSeconds(320)));
        assertThat(Instant.parse(details.path("endTimeUtc").asText()))
                .isEqualTo(started.plus(WORK).plus(AzurePace.LIFELIKE.upload()));
        assertThat(client.fetch(details.at("/logFiles/user_logs~1std_log.txt").asText())
                        .body())
                .isEqualTo("begins to compute for 3h\n");
        assertThat(azure.calls().of("Jobs_CreateOrUpdate"))
                .singleElement()
                .satisfies(call ->
                        assertThat(call.request().at("/path/id").asText()).isEqualTo("job-1"));
    }

    @Test
    void aRepeatedCreationIsNoSecondRunAndADifferentOneIsRefused() throws Exception {
        submit("job-1", CommandBody.serverless("python train.py"));
        clock.advance(Duration.ofMinutes(10));
        ObjectNode same = CommandBody.serverless("python train.py");
        CommandBody.properties(same).withObject("/tags").put("more", "yes");

        HttpResponse<String> again = submit("job-1", same);

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(AzureClient.json(again).at("/properties/status").asText()).isEqualTo("Running");
        assertThat(AzureClient.json(again).at("/properties/tags/more").asText()).isEqualTo("yes");
        HttpResponse<String> other = submit("job-1", CommandBody.serverless("python other.py"));
        assertThat(AzureClient.code(other)).isEqualTo("400 UserError");
        assertThat(AzureClient.message(other)).contains("already exists", "command cannot be changed");
        HttpResponse<String> fetched = client.call("GET", "/jobs/job-1");
        assertThat(submit("job-1", (ObjectNode) Json.read(
                                "{\"properties\":" + AzureClient.json(fetched).path("properties") + "}",
                                JsonNode.class))
                        .statusCode())
                .as("what the service answered is the same job")
                .isEqualTo(200);
    }

    /** Only previews have fine-tuning jobs; they are played, and read their rows. */
    @Test
    void aFineTuningJobIsAPreviewAndIsPlayed() throws Exception {
        open(new PlayedTuning(blobs, Duration.ofHours(1)));
        client.store(azure.store() + "/rows/train.jsonl", "{\"messages\":[]}\n{\"messages\":[]}\n");
        ObjectNode body = TuningBody.chat("rows/train.jsonl", 2);

        HttpResponse<String> stable = submit("tuned", body);
        HttpResponse<String> created = preview("tuned", body);
        clock.advance(Duration.ofMinutes(10));
        assertThat(client.status("tuned")).isEqualTo("Running");
        clock.advance(Duration.ofHours(2));

        assertThat(AzureClient.code(stable)).isEqualTo("400 UserError");
        assertThat(AzureClient.message(stable)).contains("jobType");
        assertThat(created.statusCode()).isEqualTo(201);
        JsonNode job = AzureClient.json(client.call("GET", "/jobs/tuned"));
        assertThat(job.at("/properties/status").asText()).isEqualTo("Completed");
        assertThat(job.at("/properties/outputs/registered_model/assetName").asText())
                .isEqualTo("mine");
        assertThat(preview("tuned", (ObjectNode)
                                Json.read("{\"properties\":" + job.path("properties") + "}", JsonNode.class))
                        .statusCode())
                .as("what the service answered is the same job")
                .isEqualTo(200);
        assertThat(client.fetch(client.details("tuned")
                                .at("/logFiles/user_logs~1std_log.txt")
                                .asText())
                        .body())
                .isEqualTo("trains on 2 rows for ChatCompletion\nbegins to compute for 2h\n");
        assertThat(client.call("GET", "/models/mine/versions/1").statusCode())
                .as("nothing was trained, and nothing is claimed")
                .isEqualTo(404);
    }

    @Test
    void aFineTuningJobFailsByItsRowsAndIsRefusedByItsBody() throws Exception {
        open(new PlayedTuning(blobs, Duration.ofHours(1)));
        client.store(azure.store() + "/rows/other.jsonl", "{\"text\":\"a\"}\n");
        preview("columns", TuningBody.chat("rows/other.jsonl", 1));
        preview("nothing", TuningBody.chat("rows/none.jsonl", 1));
        clock.advance(Duration.ofHours(1));

        assertThat(client.details("columns").at("/error/error/message").asText())
                .contains("trainingData row 1 has no column 'messages', which ChatCompletion reads");
        assertThat(client.status("nothing")).isEqualTo("Failed");
        ObjectNode model = TuningBody.chat("rows/other.jsonl", 1);
        ((ObjectNode) model.at("/properties/fineTuningDetails/model")).put("uri", "mine");
        ObjectNode machines = TuningBody.chat("rows/other.jsonl", 1);
        CommandBody.properties(machines).remove("resources");
        ObjectNode task = TuningBody.chat("rows/other.jsonl", 1);
        ((ObjectNode) task.at("/properties/fineTuningDetails")).put("taskType", "ImageClassification");
        ObjectNode outputs = TuningBody.chat("rows/other.jsonl", 1);
        CommandBody.properties(outputs).remove("outputs");
        assertThat(AzureClient.message(preview("a", model))).contains("Could not find asset with ID: mine");
        assertThat(AzureClient.message(preview("a", machines))).contains("machines that are named only");
        assertThat(AzureClient.message(preview("a", task))).contains("ChatCompletion");
        assertThat(AzureClient.message(preview("a", outputs))).contains("outputs");
    }

    /** Rows are uploaded for a version of a registry's data, which never changes, and which jobs read. */
    @Test
    void aRegistryKeepsDataForFineTuningJobs() throws Exception {
        open(new PlayedTuning(blobs, Duration.ofHours(1)));
        HttpResponse<String> early = registry("PUT", "/rows/versions/1", data(azure.store() + "/rows.jsonl"));
        HttpResponse<String> upload = registry("POST", "/rows/versions/1/startPendingUpload", upload("one"));
        HttpResponse<String> again = registry("POST", "/rows/versions/1/startPendingUpload", upload("one"));
        HttpResponse<String> another = registry("POST", "/rows/versions/1/startPendingUpload", upload("two"));
        JsonNode blob = AzureClient.json(upload).path("blobReferenceForConsumption");
        String address = blob.path("blobUri").asText() + "/rows.jsonl";
        HttpResponse<String> stored = client.send(
                AzureClient.request(blob.at("/credential/sasUri").asText().replace("?", "/rows.jsonl?"))
                        .header("x-ms-blob-type", "BlockBlob")
                        .PUT(BodyPublishers.ofString("{\"messages\":[]}\n")));
        HttpResponse<String> created = registry("PUT", "/rows/versions/1", data(address));

        assertThat(AzureClient.message(early)).contains("Nothing was uploaded for ");
        assertThat(AzureClient.json(again).path("blobReferenceForConsumption").path("blobUri"))
                .as("the same upload")
                .isEqualTo(blob.path("blobUri"));
        assertThat(AzureClient.json(another).path("blobReferenceForConsumption").path("blobUri"))
                .isNotEqualTo(blob.path("blobUri"));
        assertThat(stored.statusCode()).isEqualTo(201);
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(AzureClient.json(created).at("/properties/provisioningState").asText())
                .isEqualTo("Creating");
        String operation = created.headers().firstValue("Azure-AsyncOperation").orElseThrow();
        while (AzureClient.json(client.at("GET", operation, null))
                .path("status")
                .asText()
                .equals("InProgress")) {
            Thread.sleep(20);
        }
        JsonNode version = AzureClient.json(registry("GET", "/rows/versions/1", null));
        assertThat(version.at("/properties/provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(version.path("id").asText()).isEqualTo("azureml://registries/my-registry/data/rows/versions/1");

        assertThat(AzureClient.code(registry("POST", "/rows/versions/1/startPendingUpload", upload("one"))))
                .isEqualTo("409 UserError");
        assertThat(registry("PUT", "/rows/versions/1", data(address)).statusCode())
                .isEqualTo(200);
        assertThat(AzureClient.code(registry("PUT", "/rows/versions/1", data(address + "x"))))
                .isEqualTo("409 UserError");
        assertThat(AzureClient.message(
                        registry("PUT", "/rows/versions/2", Json.records().createObjectNode())))
                .contains("properties");
        assertThat(AzureClient.code(registry("GET", "/rows/versions/2", null))).isEqualTo("404 UserError");
        String path = Workspace.sample().id().replaceFirst("workspaces/.*", "registries/");
        String asked = "?api-version=2024-10-01";
        assertThat(AzureClient.json(client.at("GET", path + azure.registry() + asked, null))
                        .path("name")
                        .asText())
                .isEqualTo("my-registry");
        assertThat(AzureClient.code(client.at("GET", path + "another" + asked, null)))
                .isEqualTo("404 ResourceNotFound");
        String token = "Bearer " + client.token("https://storage.azure.com/.default");
        assertThat(client.at("GET", path + azure.registry() + "/data/rows/versions/1" + asked, null, token)
                        .statusCode())
                .isEqualTo(401);

        preview("reads", TuningBody.of("azureml://registries/my-registry/data/rows/versions/1", 1));
        preview("finds-none", TuningBody.of("azureml://registries/my-registry/data/rows/versions/2", 1));
        clock.advance(Duration.ofHours(3));
        assertThat(client.status("reads")).isEqualTo("Completed");
        assertThat(client.status("finds-none")).isEqualTo("Failed");
        assertThat(client.details("finds-none").at("/error/error/message").asText())
                .contains("there is no data that the workspace can read at azureml://registries/my-registry");
    }

    private HttpResponse<String> registry(String method, String path, @Nullable ObjectNode body) throws Exception {
        return client.at(
                method,
                Workspace.sample().id().replaceFirst("workspaces/.*", "registries/my-registry/data" + path)
                        + "?api-version=2024-10-01",
                body);
    }

    private static ObjectNode upload(String id) {
        return Json.records()
                .createObjectNode()
                .put("pendingUploadType", "TemporaryBlobReference")
                .put("pendingUploadId", id);
    }

    private static ObjectNode data(String address) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("properties").put("dataType", "uri_file").put("dataUri", address);
        return body;
    }

    private HttpResponse<String> preview(String id, ObjectNode body) throws Exception {
        return client.at("PUT", Workspace.sample().id() + "/jobs/" + id + "?api-version=2024-10-01-preview", body);
    }

    @Test
    void bodiesAreHeldToTheSchemaAndTheRules() throws Exception {
        ObjectNode noCommand = CommandBody.serverless("python train.py");
        CommandBody.properties(noCommand).remove("command");
        ObjectNode unknown = CommandBody.serverless("python train.py");
        CommandBody.properties(unknown).put("instanceType", "Standard_NC24ads_A100_v4");
        ObjectNode tuning = CommandBody.serverless("python train.py");
        CommandBody.properties(tuning).put("jobType", "FineTuning");
        ObjectNode nothing = CommandBody.serverless("python train.py --data ${{inputs.train}}");
        ObjectNode size = CommandBody.serverless("python train.py");
        CommandBody.properties(size).withObject("/resources").put("instanceType", "Standard_NC1");
        ObjectNode environment = CommandBody.serverless("python train.py");
        CommandBody.properties(environment)
                .put("environmentId", "azureml://registries/azureml/environments/acft-hf-nlp-gpu/versions/1");
        ObjectNode nulls = CommandBody.serverless("python train.py");
        CommandBody.properties(nulls).putNull("computeId").putNull("parentJobName");

        assertThat(AzureClient.message(submit("a", noCommand))).contains("command");
        assertThat(AzureClient.json(submit("a", unknown)).at("/error/target").asText())
                .isEqualTo("/properties");
        assertThat(AzureClient.message(submit("a", tuning))).contains("jobType");
        assertThat(AzureClient.message(submit("a", nothing))).contains("inputs.train");
        assertThat(AzureClient.message(submit("a", size)))
                .contains("Standard_NC1 is not supported in region westeurope");
        assertThat(AzureClient.code(submit("a", environment))).isEqualTo("400 UserError");
        assertThat(AzureClient.message(submit("-a", CommandBody.serverless("python train.py"))))
                .contains("The job name '-a' is invalid");
        assertThat(submit("a", nulls).statusCode()).isEqualTo(201);
    }

    @Test
    void jobsAreListedByPagesTagsAndView() throws Exception {
        for (int i = 0; i < 60; i++) {
            ObjectNode body = CommandBody.serverless("python train.py");
            CommandBody.properties(body).withObject("/tags").put("even", Boolean.toString(i % 2 == 0));
            submit("job-" + i, body);
            clock.advance(Duration.ofSeconds(1));
        }
        ObjectNode archived = CommandBody.serverless("python train.py");
        CommandBody.properties(archived).withObject("/tags").put("even", "true");
        CommandBody.properties(archived).put("isArchived", true);
        submit("job-0", archived);

        assertThat(listed("/jobs?listViewType=All")).hasSize(60).startsWith("job-59", "job-58");
        assertThat(listed("/jobs")).hasSize(59).doesNotContain("job-0");
        assertThat(listed("/jobs?tag=even=true&listViewType=ActiveOnly")).hasSize(29);
        assertThat(listed("/jobs?listViewType=ArchivedOnly")).containsExactly("job-0");
    }

    private List<String> listed(String path) throws Exception {
        List<String> names = new ArrayList<>();
        JsonNode page = AzureClient.json(client.call("GET", path));
        while (true) {
            page.path("value").forEach(job -> names.add(job.path("name").asText()));
            if (!page.has("nextLink")) {
                return names;
            }
            page = AzureClient.json(client.at("GET", page.path("nextLink").asText(), null));
        }
    }

    @Test
    void aJobIsCancelledAndDeleted() throws Exception {
        submit("job-1", CommandBody.serverless("python train.py"));
        clock.advance(Duration.ofMinutes(30));
        assertThat(AzureClient.code(client.call("DELETE", "/jobs/job-1"))).isEqualTo("400 UserError");

        HttpResponse<String> cancelled = client.call("POST", "/jobs/job-1/cancel");

        assertThat(cancelled.statusCode()).isEqualTo(202);
        assertThat(client.status("job-1")).isEqualTo("CancelRequested");
        String where = cancelled.headers().firstValue("Location").orElseThrow();
        assertThat(client.at("GET", where, null).statusCode()).isEqualTo(202);
        clock.advance(Duration.ofMinutes(2));
        assertThat(client.at("GET", where, null).statusCode()).isEqualTo(200);
        assertThat(client.status("job-1")).isEqualTo("Canceled");
        assertThat(client.call("POST", "/jobs/job-1/cancel").statusCode()).isEqualTo(200);
        assertThat(client.call("DELETE", "/jobs/job-1").statusCode()).isEqualTo(200);
        assertThat(AzureClient.code(client.call("GET", "/jobs/job-1"))).isEqualTo("404 UserError");
        assertThat(client.call("DELETE", "/jobs/job-1").statusCode()).isEqualTo(204);
    }

    @Test
    void aFailureIsToldByRunHistoryOnly() throws Exception {
        open(PlannedContainer.failingAfter(WORK, 8, "FT0641: the loss is not a number"));
        submit("job-1", CommandBody.serverless("python train.py"));
        clock.advance(Duration.ofHours(4));

        assertThat(client.status("job-1")).isEqualTo("Failed");
        JsonNode error = client.details("job-1").at("/error/error");
        assertThat(error.path("code").asText()).isEqualTo("UserError");
        assertThat(error.path("message").asText())
                .contains("exited with status code 8", "FT0641: the loss is not a number", "user_logs/std_log.txt");
    }

    @Test
    void aJobThatRunsTooLongFails() throws Exception {
        ObjectNode body = CommandBody.serverless("python train.py");
        CommandBody.limit(body, "PT1H");
        submit("job-1", body);
        clock.advance(Duration.ofMinutes(64));
        assertThat(client.status("job-1")).isEqualTo("Running");

        clock.advance(Duration.ofMinutes(3));

        assertThat(client.status("job-1")).isEqualTo("Failed");
        JsonNode error = client.details("job-1").at("/error/error");
        assertThat(error.at("/innerError/code").asText()).isEqualTo("JobTimeoutExceeded");
        assertThat(error.path("message").asText()).contains("PT1H");
    }

    @Test
    void aReclaimedSpotJobIsQueuedAgainUnderItsId() throws Exception {
        submit("job-1", CommandBody.spot("python train.py"));
        clock.advance(Duration.ofHours(2));
        assertThat(client.status("job-1")).isEqualTo("Running");
        azure.sellOut("Standard_NC24ads_A100_v4");

        azure.reclaim("job-1");

        assertThat(client.status("job-1")).isEqualTo("Queued");
        clock.advance(Duration.ofMinutes(30));
        assertThat(client.status("job-1")).isEqualTo("Queued");
        azure.restock("Standard_NC24ads_A100_v4");
        clock.advance(Duration.ofMinutes(5));
        assertThat(client.status("job-1")).isEqualTo("Running");
        clock.advance(Duration.ofMinutes(70));
        assertThat(client.status("job-1")).as("what it wrote is mounted again").isEqualTo("Completed");
    }

    /** While the machine is prepared and given back, too, and not while there is none. */
    @Test
    void aJobIsBilledForAsLongAsItHasAMachine() throws Exception {
        submit("job-1", CommandBody.spot("python train.py"));
        clock.advance(Duration.ofSeconds(80));
        assertThat(azure.bill()).singleElement().extracting(JobBill::time).isEqualTo(Duration.ZERO);
        clock.advance(Duration.ofHours(2));
        azure.sellOut("Standard_NC24ads_A100_v4");
        azure.reclaim("job-1");
        clock.advance(Duration.ofMinutes(30));
        Duration ran = Duration.ofHours(2);
        assertThat(azure.bill()).singleElement().extracting(JobBill::time).isEqualTo(ran);

        azure.restock("Standard_NC24ads_A100_v4");
        clock.advance(Duration.ofHours(5));
        AzurePace pace = AzurePace.LIFELIKE;
        Duration time = WORK.plus(pace.provisioning().multipliedBy(2))
                .plus(pace.upload())
                .plus(pace.release());
        JobBill whole = new JobBill("job-1", "Completed", "Standard_NC24ads_A100_v4", true, 1, time, true);
        assertThat(azure.bill()).containsExactly(whole);

        submit("job-2", CommandBody.serverless("python train.py"));
        clock.advance(Duration.ofSeconds(80).plus(ran));
        azure.cancel("job-2");
        clock.advance(Duration.ofMinutes(2));
        azure.delete("job-2");
        assertThat(azure.bill()).extracting(JobBill::isOver).containsExactly(true, false);
        clock.advance(Duration.ofMinutes(2));
        assertThat(azure.bill())
                .containsExactly(
                        whole,
                        new JobBill(
                                "job-2",
                                "Canceled",
                                "Standard_NC24ads_A100_v4",
                                false,
                                1,
                                ran.plusSeconds(5).plus(pace.upload()).plus(pace.release()),
                                true));
    }

    /** Its limit goes on while there is no machine: the next one is prepared in vain, and billed. */
    @Test
    void aJobWhoseTimeIsOverWhileItGetsAnotherMachineEndsWithThat() throws Exception {
        ObjectNode body = CommandBody.spot("python train.py");
        CommandBody.limit(body, "PT1H");
        submit("job-1", body);
        AzurePace pace = AzurePace.LIFELIKE;
        clock.advance(Duration.ofSeconds(80).plus(pace.provisioning()));
        Duration ran = Duration.ofMinutes(59);
        clock.advance(ran);
        azure.reclaim("job-1");
        clock.advance(Duration.ofHours(5));

        assertThat(client.status("job-1")).isEqualTo("Failed");
        assertThat(client.details("job-1").at("/error/error/innerError/code").asText())
                .isEqualTo("JobTimeoutExceeded");
        assertThat(azure.bill())
                .singleElement()
                .extracting(JobBill::time)
                .isEqualTo(ran.plus(pace.provisioning().multipliedBy(2))
                        .plusSeconds(5)
                        .plus(pace.upload())
                        .plus(pace.release()));
    }

    @Test
    void withoutAMachineOrAQuotaAServerlessJobFails() throws Exception {
        azure.sellOut("Standard_NC24ads_A100_v4");
        submit("job-1", CommandBody.serverless("python train.py"));
        clock.advance(Duration.ofMinutes(30));
        assertThat(client.status("job-1")).isEqualTo("Queued");
        clock.advance(Duration.ofHours(1));
        assertThat(client.status("job-1")).isEqualTo("Failed");
        assertThat(client.details("job-1").at("/error/error/innerError/code").asText())
                .isEqualTo("AllocationFailed");

        azure.quota("standardNCADSA100v4Family", 12);
        submit("job-2", CommandBody.serverless("python train.py"));
        clock.advance(Duration.ofMinutes(5));
        assertThat(client.details("job-2").at("/error/error/message").asText())
                .contains("Standard NCADSA100v4 Family Cluster Dedicated vCPUs", "allowed: 12", "requested: 24");
        JsonNode usages = AzureClient.json(client.at("GET", location("/usages"), null));
        assertThat(limit(usages, "Standard NCADSA100v4 Family Cluster Dedicated vCPUs"))
                .isEqualTo(12);
        assertThat(AzureClient.json(client.at("GET", location("/vmSizes"), null))
                        .path("value")
                        .findValuesAsText("name"))
                .contains("Standard_NC24ads_A100_v4");
    }

    private static String location(String what) {
        return "/subscriptions/" + Workspace.sample().subscription()
                + "/providers/Microsoft.MachineLearningServices/locations/westeurope" + what
                + "?api-version=2024-10-01";
    }

    private static int limit(JsonNode usages, String name) {
        for (JsonNode usage : usages.path("value")) {
            if (usage.at("/name/value").asText().equals(name)) {
                return usage.path("limit").asInt();
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void aClusterThatCanHaveNoMachineSaysSoThoughItSucceeded() throws Exception {
        azure.quota("LowPriority", 10);
        ObjectNode body = Json.records().createObjectNode().put("location", "westeurope");
        ObjectNode cluster = body.putObject("properties")
                .put("computeType", "AmlCompute")
                .putObject("properties")
                .put("vmSize", "Standard_NC24ads_A100_v4")
                .put("vmPriority", "LowPriority");
        cluster.putObject("scaleSettings").put("minNodeCount", 0).put("maxNodeCount", 1);
        assertThat(client.call("PUT", "/computes/gpu", body).statusCode()).isEqualTo(201);
        clock.advance(Duration.ofMinutes(1));

        JsonNode made = AzureClient.json(client.call("GET", "/computes/gpu"));

        assertThat(made.at("/properties/provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(made.at("/properties/properties/errors/0/error/code").asText())
                .isEqualTo("ClusterCoreQuotaReached");
        ObjectNode job = CommandBody.serverless("python train.py");
        CommandBody.properties(job).put("computeId", Workspace.sample().id() + "/computes/gpu");
        submit("job-1", job);
        clock.advance(Duration.ofDays(1));
        assertThat(client.status("job-1")).isEqualTo("Queued");
        azure.quota("LowPriority", 24);
        clock.advance(Duration.ofMinutes(5));
        assertThat(AzureClient.json(client.call("POST", "/computes/gpu/listNodes"))
                        .at("/nodes/0/runId")
                        .asText())
                .isEqualTo("job-1");
        assertThat(AzureClient.code(client.call("PUT", "/computes/g", body))).isEqualTo("400 UserError");
        cluster.put("vmPriority", "Dedicated");
        assertThat(AzureClient.message(client.call("PUT", "/computes/gpu", body)))
                .contains("scaleSettings");
        assertThat(client.call("DELETE", "/computes/gpu?underlyingResourceAction=Delete")
                        .statusCode())
                .isEqualTo(202);
        assertThat(AzureClient.code(client.call("GET", "/computes/gpu"))).isEqualTo("404 ResourceNotFound");
    }

    @Test
    void onlyTheRightTokenLetsIn() throws Exception {
        String path = Workspace.sample().id() + "?api-version=2024-10-01";
        String storage = client.token("https://storage.azure.com/.default");

        assertThat(AzureClient.code(client.at("GET", path, null, "none"))).isEqualTo("401 AuthenticationFailed");
        assertThat(AzureClient.code(client.at("GET", path, null, "Bearer abc")))
                .isEqualTo("401 InvalidAuthenticationToken");
        assertThat(AzureClient.code(client.at("GET", path, null, "Bearer " + storage)))
                .isEqualTo("401 InvalidAuthenticationTokenAudience");
        assertThat(client.at("GET", path, null, "Bearer " + storage).headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).contains("authorization_uri"));
        assertThat(client.at("GET", path, null).statusCode()).isEqualTo(200);
        assertThat(AzureClient.json(client.signIn(Map.of("client_secret", "guess")))
                        .path("error_description"))
                .hasToString("\"AADSTS7000215: Invalid client secret provided.\"");
        assertThat(AzureClient.json(client.signIn(Map.of("scope", "https://example.org/.default")))
                        .path("error")
                        .asText())
                .isEqualTo("invalid_resource");
    }

    @Test
    void theResourceManagerRefusesWhatItDoesNotKnow() throws Exception {
        String id = Workspace.sample().id();

        assertThat(AzureClient.code(client.at("GET", id, null))).isEqualTo("400 MissingApiVersionParameter");
        HttpResponse<String> version = client.at("GET", id + "?api-version=2021-01-01", null);
        assertThat(AzureClient.code(version)).isEqualTo("400 InvalidApiVersionParameter");
        assertThat(AzureClient.message(version)).contains("2024-10-01", "2026-05-01");
        assertThat(AzureClient.code(
                        client.at("GET", id.replace("my-work", "your-work") + "?api-version=2024-10-01", null)))
                .isEqualTo("404 ResourceNotFound");
        assertThat(AzureClient.code(
                        client.at("GET", id.replace("my-group", "group") + "?api-version=2024-10-01", null)))
                .isEqualTo("404 ResourceGroupNotFound");
        assertThat(client.at("GET", id.replace("resourceGroups", "resourcegroups") + "?api-version=2024-10-01", null)
                        .statusCode())
                .isEqualTo(200);
        JsonNode workspace = AzureClient.json(client.call("GET", ""));
        assertThat(AzureClient.json(client.fetch(
                                workspace.at("/properties/discoveryUrl").asText()))
                        .path("history")
                        .asText())
                .isEqualTo(azure.endpoint().toString());
    }

    @Test
    void faultsAreAzures() throws Exception {
        azure.faults()
                .throttle("Jobs_List", 1)
                .breakDown("Jobs_List", 1)
                .denyAccess("Jobs_List", 1)
                .loseAnswer("Jobs_CreateOrUpdate", 1);

        HttpResponse<String> throttled = client.call("GET", "/jobs");
        assertThat(AzureClient.code(throttled)).isEqualTo("429 TooManyRequests");
        assertThat(throttled.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(AzureClient.code(client.call("GET", "/jobs"))).isEqualTo("500 InternalServerError");
        HttpResponse<String> denied = client.call("GET", "/jobs");
        assertThat(AzureClient.code(denied)).isEqualTo("403 AuthorizationFailed");
        assertThat(AzureClient.message(denied))
                .contains(
                        "'Microsoft.MachineLearningServices/workspaces/jobs/read'",
                        Workspace.sample().id());
        assertThat(catchThrowable(() -> submit("job-1", CommandBody.serverless("python train.py"))))
                .isInstanceOf(IOException.class);
        assertThat(client.status("job-1")).isEqualTo("NotStarted");
    }

    @Test
    void environmentsAreMadeOrCurated() throws Exception {
        String registry = Workspace.sample().id().replace("/workspaces/my-workspace", "/registries/azureml")
                + "/environments/acft-hf-nlp-gpu/versions?api-version=2024-10-01";
        assertThat(AzureClient.json(client.at("GET", registry, null))
                        .at("/value/0/name")
                        .asText())
                .isEqualTo("122");
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("properties").put("image", "example.azurecr.io/train:1");
        assertThat(client.call("PUT", "/environments/own/versions/1", body).statusCode())
                .isEqualTo(201);
        assertThat(client.call("PUT", "/environments/own/versions/1", body).statusCode())
                .isEqualTo(200);
        ObjectNode job = CommandBody.serverless("python train.py");
        CommandBody.properties(job).put("environmentId", Workspace.sample().id() + "/environments/own/versions/1");
        assertThat(submit("job-1", job).statusCode()).isEqualTo(201);
        body.withObject("/properties").put("image", "example.azurecr.io/train:2");
        assertThat(client.call("PUT", "/environments/own/versions/1", body).statusCode())
                .isEqualTo(409);
    }

    @Test
    void theDefaultStoreTakesTokensAndGivesSecrets() throws Exception {
        assertThat(client.store(azure.store() + "/data/train.jsonl", "{}").statusCode())
                .isEqualTo(201);
        JsonNode store = AzureClient.json(client.call("GET", "/datastores?isDefault=true"))
                .at("/value/0");
        assertThat(store.at("/properties/containerName").asText()).isEqualTo("jobs");
        ObjectNode wanted = Json.records().createObjectNode().put("expirableSecret", true);
        String access = AzureClient.json(client.call("POST", "/datastores/workspaceblobstore/listSecrets", wanted))
                .path("sasToken")
                .asText();
        assertThat(client.fetch(azure.store() + "/data/train.jsonl?" + access).body())
                .isEqualTo("{}");
        assertThat(client.fetch(azure.store() + "/data/train.jsonl").statusCode())
                .as("nobody")
                .isNotEqualTo(200);
        assertThat(AzureClient.code(client.call("GET", "/datastores/other"))).isEqualTo("404 UserError");
    }

    @Test
    void metricsAreKeptUnlessTheyComeTooOften() throws Exception {
        submit("job-1", CommandBody.serverless("python train.py"));
        String mlflow = "/mlflow/v1.0" + Workspace.sample().id() + "/api/2.0/mlflow";
        ObjectNode batch = Json.records().createObjectNode().put("run_id", "job-1");
        for (int step = 1; step <= 3; step++) {
            batch.withArray("metrics")
                    .addObject()
                    .put("key", "loss")
                    .put("value", 1.0 / step)
                    .put("step", step);
        }
        assertThat(client.at("POST", mlflow + "/runs/log-batch", batch).statusCode())
                .isEqualTo(200);

        JsonNode history =
                AzureClient.json(client.at("GET", mlflow + "/metrics/get-history?run_id=job-1&metric_key=loss", null));
        JsonNode run = AzureClient.json(client.at("GET", mlflow + "/runs/get?run_id=job-1", null));

        assertThat(history.path("metrics")).hasSize(3);
        assertThat(run.at("/run/data/metrics/0/step").asInt())
                .as("the last one")
                .isEqualTo(3);
        assertThat(run.at("/run/info/status").asText()).isEqualTo("SCHEDULED");
        ObjectNode metric = Json.records()
                .createObjectNode()
                .put("run_id", "job-1")
                .put("key", "loss")
                .put("value", 0.1);
        String authorization = "Bearer " + client.token("https://ml.azure.com/.default");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 200 && !statuses.contains(429); i++) {
            statuses.add(client.at("POST", mlflow + "/runs/log-metric", metric, authorization)
                    .statusCode());
        }
        assertThat(statuses).contains(429);
        assertThat(AzureClient.code(client.at("GET", mlflow + "/runs/get?run_id=other", null)))
                .isEqualTo("404 RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void whatGoesWrongIsOrderedByAnyProgram() throws Exception {
        ObjectNode order = Json.records().createObjectNode().put("do", "quota").put("family", "LowPriority");
        String control = azure.control().toString();

        assertThat(client.at("POST", control, order.put("value", 3), "").statusCode())
                .isEqualTo(200);
        assertThat(client.at("POST", control, order.put("family", "none"), "").body())
                .contains("there is no family");

        assertThat(limit(
                        AzureClient.json(client.at("GET", location("/quotas"), null)),
                        "Total Cluster Low Priority Regional vCPUs"))
                .isEqualTo(3);
        assertThat(client.fetch(control).body()).contains("\"operation\":\"Quotas_List\",\"status\":200");
    }
}
