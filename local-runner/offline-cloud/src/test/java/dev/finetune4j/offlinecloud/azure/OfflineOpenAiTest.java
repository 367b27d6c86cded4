package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.JobFailure;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiLimits;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import dev.finetune4j.testkit.VirtualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files and jobs of Azure OpenAI, over the wire. */
@Tag("long")
class OfflineOpenAiTest {
    private static final OpenAiPace PACE = OfflineResource.PACE;
    private static Azurite blobs;

    private OfflineResource resource;
    private VirtualClock clock;
    private OfflineAzure azure;
    private AzureClient manager;
    private OpenAiClient client;

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
        resource = new OfflineResource(blobs);
        clock = resource.clock;
        azure = resource.azure;
        manager = resource.manager;
        client = resource.client;
    }

    @AfterEach
    void close() {
        resource.close();
    }

    private String submitted(ObjectNode body) throws Exception {
        HttpResponse<String> created = client.call("POST", "/fine_tuning/jobs", body);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return OpenAiClient.json(created).path("id").asText();
    }

    private String refusal(ObjectNode body) throws Exception {
        HttpResponse<String> refused = client.call("POST", "/fine_tuning/jobs", body);
        assertThat(AzureClient.code(refused)).isEqualTo("400 invalidPayload");
        return AzureClient.message(refused);
    }

    @Test
    void aFileIsPendingThenProcessedAndGoesAway() throws Exception {
        HttpResponse<String> sent = client.upload("train.jsonl", "application/jsonl", OpenAiClient.rows(12));
        JsonNode file = OpenAiClient.json(sent);
        String path = "/files/" + file.path("id").asText();

        assertThat(sent.statusCode()).isEqualTo(201);
        assertThat(sent.headers().firstValue("Location")).hasValue(azure.openAiEndpoint() + "/openai" + path);
        assertThat(file.path("status").asText()).isEqualTo("pending");
        assertThat(client.get("/files").path("data")).as("lists are late").isEmpty();
        clock.advance(PACE.importing());
        assertThat(client.get(path).path("status").asText()).isEqualTo("processed");
        assertThat(client.get("/files?purpose=fine-tune").at("/data/0/filename").asText())
                .isEqualTo("train.jsonl");
        assertThat(client.call("GET", path + "/content").body()).isEqualTo(OpenAiClient.rows(12));
        assertThat(OpenAiClient.json(client.call("DELETE", path))
                        .path("deleted")
                        .asBoolean())
                .isTrue();
        assertThat(AzureClient.code(client.call("GET", path))).isEqualTo("404 notFound");
    }

    @Test
    void filesThatNothingCanBeTrainedOnEndInError() throws Exception {
        String broken = OpenAiClient.rows(11) + "\n{\"messages\":";
        String noAnswer = OpenAiClient.rows(11) + "\n{\"messages\":[{\"role\":\"user\",\"content\":\"hm\"}]}";

        assertThat(details(OpenAiClient.rows(9))).contains("9 example(s)", "at least 10");
        assertThat(details(broken)).contains("line 12 is no valid JSON");
        assertThat(details(noAnswer)).contains("line 12", "last message must be from the assistant");
        assertThat(details("\ufeff" + OpenAiClient.rows(10))).isEqualTo("null");
    }

    private String details(String text) throws Exception {
        String id = OpenAiClient.json(client.upload("train.jsonl", "application/jsonl", text))
                .path("id")
                .asText();
        clock.advance(PACE.importing());
        return client.get("/files/" + id).path("status_details").asText();
    }

    @Test
    void filesHaveTypesAndLimits() throws Exception {
        azure.openAi().limits(new OpenAiLimits(2000, 2000, 2500, 2, 500, 100, 20, 2_000_000_000L, 5, 32));

        HttpResponse<String> untyped = client.upload("train.jsonl", "", OpenAiClient.rows(10));
        assertThat(AzureClient.code(untyped)).isEqualTo("400 invalidPayload");
        assertThat(AzureClient.message(untyped)).isEqualTo("The file has no or an empty content type specified.");
        assertThat(AzureClient.code(client.upload("train.jsonl", "text/plain", OpenAiClient.rows(20))))
                .isEqualTo("413 invalidPayload");
        assertThat(client.upload("a.jsonl", "text/plain", OpenAiClient.rows(10)).statusCode())
                .isEqualTo(201);
        assertThat(AzureClient.message(client.upload("b.jsonl", "text/plain", OpenAiClient.rows(14))))
                .contains("may have 2500 in total");
        assertThat(client.upload("b.jsonl", "text/plain", "{}").statusCode()).isEqualTo(201);
        assertThat(AzureClient.code(client.upload("c.jsonl", "text/plain", "{}")))
                .isEqualTo("400 quotaExceeded");
    }

    @Test
    void aLargeFileIsSentInParts() throws Exception {
        azure.openAi().limits(new OpenAiLimits(2000, 1000, 2500, 2, 2000, 100, 20, 2_000_000_000L, 5, 32));
        String text = OpenAiClient.rows(12) + "\n";
        HttpResponse<String> atOnce = client.upload("large.jsonl", "application/jsonl", text);
        assertThat(AzureClient.code(atOnce)).isEqualTo("413 invalidPayload");
        assertThat(AzureClient.message(atOnce)).contains("sent at once may have 1000 at most");
        ObjectNode start = Json.records()
                .createObjectNode()
                .put("filename", "large.jsonl")
                .put("purpose", "fine-tune")
                .put("bytes", text.length())
                .put("mime_type", "application/jsonl");
        String upload = "/uploads/"
                + OpenAiClient.json(client.call("POST", "/uploads", start))
                        .path("id")
                        .asText();
        ObjectNode order = Json.records().createObjectNode();
        order.withArray("part_ids").add(part(upload, text.substring(0, 100))).add(part(upload, text.substring(100)));
        part(upload, "left out");

        JsonNode completed = OpenAiClient.json(client.call("POST", upload + "/complete", order));

        assertThat(completed.path("status").asText()).isEqualTo("completed");
        assertThat(client.call("GET", "/files/" + completed.at("/file/id").asText() + "/content")
                        .body())
                .isEqualTo(text);
        assertThat(AzureClient.code(client.call("POST", upload + "/cancel"))).isEqualTo("400 unexpectedEntityState");
        String other = "/uploads/"
                + OpenAiClient.json(client.call("POST", "/uploads", start))
                        .path("id")
                        .asText();
        assertThat(OpenAiClient.json(client.call("POST", other + "/cancel"))
                        .path("status")
                        .asText())
                .isEqualTo("cancelled");
        assertThat(AzureClient.code(client.at("POST", "/openai/v1/uploads", start, token())))
                .as("by the classic paths only")
                .isEqualTo("404 404");
    }

    @Test
    void anUploadExpiresAndHasTheBytesThatWereAnnounced() throws Exception {
        ObjectNode start = Json.records()
                .createObjectNode()
                .put("filename", "large.jsonl")
                .put("purpose", "fine-tune")
                .put("bytes", 100)
                .put("mime_type", "application/jsonl");
        String upload = "/uploads/"
                + OpenAiClient.json(client.call("POST", "/uploads", start))
                        .path("id")
                        .asText();
        ObjectNode order = Json.records().createObjectNode();
        order.withArray("part_ids").add(part(upload, "short"));

        assertThat(AzureClient.message(client.call("POST", upload + "/complete", order)))
                .contains("have 5 bytes together, but 100 were announced");
        part(upload, "x".repeat(195));
        HttpResponse<String> more = client.form(upload + "/parts", form("more"));
        assertThat(AzureClient.message(more)).contains("more than twice the 100 bytes");
        clock.advance(Duration.ofHours(2));
        assertThat(AzureClient.message(client.call("POST", upload + "/complete", order)))
                .contains("is expired");
        assertThat(AzureClient.code(client.call("POST", "/uploads", start.put("bytes", 1L << 40))))
                .isEqualTo("400 invalidPayload");
    }

    @Test
    void aRequestThatNoFileCouldHoldIsNotRead() throws Exception {
        azure.openAi().limits(new OpenAiLimits(2000, 2000, 2500, 2, 500, 100, 20, 2_000_000_000L, 5, 32));

        HttpResponse<String> refused = client.upload("train.jsonl", "application/jsonl", OpenAiClient.rows(1000));

        assertThat(AzureClient.code(refused)).isEqualTo("413 invalidPayload");
        assertThat(AzureClient.message(refused)).contains("larger than a file may be, which is 2000 bytes");
        HttpResponse<String> unannounced =
                manager.send(AzureClient.request(azure.openAiEndpoint() + "/openai/files?api-version=2024-10-21")
                        .header("Authorization", token())
                        .header("Content-Type", "multipart/form-data; boundary=limit")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[70_000]))));
        assertThat(AzureClient.code(unannounced)).isEqualTo("413 invalidPayload");
    }

    @Test
    void theClassicPathsListAllFilesAndV1ByPages() throws Exception {
        String first = resource.processed(10);
        String second = resource.processed(10);

        JsonNode all = client.get("/files?limit=1");
        assertThat(all.path("data").findValuesAsText("id")).containsExactly(second, first);
        assertThat(all.has("has_more")).isFalse();
        JsonNode page = OpenAiClient.json(v1("/files?limit=1"));
        assertThat(page.path("data").findValuesAsText("id")).containsExactly(second);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(OpenAiClient.json(v1("/files?limit=10000&order=asc"))
                        .path("data")
                        .findValuesAsText("id"))
                .containsExactly(first, second);
        assertThat(AzureClient.message(v1("/files?limit=10001"))).contains("limit must be a number from 1 to 10000");
        assertThat(AzureClient.message(v1("/fine_tuning/jobs?limit=101"))).contains("from 1 to 100, was 101");
        assertThat(AzureClient.message(v1("/files?limit=0"))).contains("was 0");
        assertThat(AzureClient.message(v1("/files?order=up"))).contains("order must be asc or desc, was 'up'");
        assertThat(AzureClient.code(v1("/files?after=file-1"))).isEqualTo("404 notFound");
    }

    private HttpResponse<String> v1(String path) throws Exception {
        return client.at("GET", "/openai/v1" + path, null, token());
    }

    @Test
    void jobsAreFoundByTheirMetadata() throws Exception {
        String file = resource.processed(10);
        List<String> jobs = new ArrayList<>();
        for (String run : new String[] {"r1", "r2"}) {
            ObjectNode body = OpenAiClient.job(file);
            body.putObject("metadata").put("run", run).put("team", "a");
            jobs.add(OpenAiClient.json(client.at("POST", "/openai/v1/fine_tuning/jobs", body, token()))
                    .path("id")
                    .asText());
        }
        jobs.add(submitted(OpenAiClient.job(file)));
        clock.advance(PACE.listing());

        assertThat(found("?metadata%5Brun%5D=r2&metadata%5Bteam%5D=a")).containsExactly(jobs.get(1));
        assertThat(found("?metadata%5Bteam%5D=a")).containsExactly(jobs.get(1), jobs.get(0));
        assertThat(found("?metadata%5Bother%5D=")).isEmpty();
        assertThat(found("")).hasSize(3);
    }

    private List<String> found(String query) throws Exception {
        return OpenAiClient.json(v1("/fine_tuning/jobs" + query)).path("data").findValuesAsText("id");
    }

    private String token() throws Exception {
        return "Bearer " + manager.token(OpenAiClient.SCOPE);
    }

    private String part(String upload, String text) throws Exception {
        return OpenAiClient.json(client.form(upload + "/parts", form(text)))
                .path("id")
                .asText();
    }

    private static String form(String text) {
        return "--limit\r\nContent-Disposition: form-data; name=\"data\"; filename=\"data\"\r\n\r\n" + text
                + "\r\n--limit--\r\n";
    }

    @Test
    void aJobLivesByTheClockAndLeavesAModelAndATable() throws Exception {
        ObjectNode body = OpenAiClient.job(resource.processed(20))
                .put("suffix", "tickets")
                .put("seed", 7);
        body.put("validation_file", resource.processed(10)).put("trainingType", "GlobalStandard");
        body.putObject("hyperparameters").put("n_epochs", 4).put("batch_size", 4);

        JsonNode created = OpenAiClient.json(client.call("POST", "/fine_tuning/jobs", body));
        String job = created.path("id").asText();

        assertThat(job).startsWith("ftjob-");
        assertThat(created.path("organization_id").isNull()).isTrue();
        assertThat(created.path("result_files").isNull()).isTrue();
        List<String> seen = new ArrayList<>();
        for (int minute = 0; minute < 60 && !seen.contains("succeeded"); minute++) {
            if (!seen.contains(client.status(job))) {
                seen.add(client.status(job));
            }
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(seen).containsExactly("pending", "running", "succeeded");
        JsonNode done = client.get("/fine_tuning/jobs/" + job);
        assertThat(done.path("fine_tuned_model").asText()).matches("gpt-4o-mini-2024-07-18\\.ft-[0-9a-f]{32}-tickets");
        assertThat(done.path("finished_at").asLong() - done.path("created_at").asLong())
                .isEqualTo(PACE.validation().plus(PACE.training()).toSeconds());
        assertThat(done.at("/hyperparameters/n_epochs").asInt()).isEqualTo(4);
        assertThat(done.path("trained_tokens").asLong()).isPositive();
        assertThat(done.path("trained_tokens").asLong() % 4).isZero();
        JsonNode events = client.get("/fine_tuning/jobs/" + job + "/events?limit=3");
        assertThat(events.at("/data/0/message").asText()).isEqualTo("Job succeeded.");
        assertThat(events.path("has_more").asBoolean()).isTrue();
        JsonNode older = client.get("/fine_tuning/jobs/" + job + "/events?limit=100&after="
                + events.path("last_id").asText());
        assertThat(older.at("/data/0/type").asText()).isEqualTo("metrics");
        assertThat(older.at("/data/0/data/step").asInt()).isEqualTo(20);
        JsonNode checkpoints = client.get("/fine_tuning/jobs/" + job + "/checkpoints");
        assertThat(checkpoints.path("data").findValuesAsText("step_number")).containsExactly("20", "15", "10");
        assertThat(checkpoints.at("/data/0/fine_tuned_model_checkpoint").asText())
                .isEqualTo(done.path("fine_tuned_model").asText());
        List<String> table = client.call(
                        "GET", "/files/" + done.at("/result_files/0").asText() + "/content")
                .body()
                .lines()
                .toList();
        assertThat(table)
                .hasSize(21)
                .first()
                .asString()
                .startsWith("step,train_loss,train_mean_token_accuracy,valid_loss,valid_mean_token_accuracy");
        assertThat(table.get(1)).as("not validated").endsWith(",,,,");
        assertThat(loss(table.get(20))).isLessThan(loss(table.get(1)) / 2);
    }

    private static double loss(String line) {
        return Double.parseDouble(line.split(",", -1)[1]);
    }

    @Test
    void equalSeedsGiveEqualTables() throws Exception {
        String file = resource.processed(20);
        List<String> tables = new ArrayList<>();
        for (int seed : new int[] {1, 1, 2}) {
            String job = submitted(OpenAiClient.job(file).put("seed", seed));
            clock.advance(Duration.ofHours(1));
            String results =
                    client.get("/fine_tuning/jobs/" + job).at("/result_files/0").asText();
            tables.add(client.call("GET", "/files/" + results + "/content").body());
        }

        assertThat(tables.get(0)).isEqualTo(tables.get(1)).isNotEqualTo(tables.get(2));
    }

    /** Id of a file that prefers one answer to another one. */
    private String preferring(String rejected) throws Exception {
        String row = "{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]},"
                + "\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"Good day, sir.\"}],"
                + "\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"" + rejected + "\"}]}\n";
        String file = OpenAiClient.json(client.upload("dpo.jsonl", "application/jsonl", row.repeat(10)))
                .path("id")
                .asText();
        clock.advance(PACE.importing());
        return file;
    }

    @Test
    void aLongRejectedAnswerLeavesLossesSmall() throws Exception {
        ObjectNode body = OpenAiClient.job(preferring("Good day to you, dear sir. ".repeat(150)));
        body.putObject("method").put("type", "dpo");
        String job = submitted(body);
        clock.advance(Duration.ofHours(1));

        String results =
                client.get("/fine_tuning/jobs/" + job).at("/result_files/0").asText();
        List<String> table = client.call("GET", "/files/" + results + "/content")
                .body()
                .lines()
                .toList();

        assertThat(table.subList(1, table.size()))
                .allSatisfy(line -> assertThat(loss(line)).isBetween(0.3, 0.7));
        assertThat(loss(table.get(table.size() - 1))).isLessThan(loss(table.get(1)));
    }

    @Test
    void preferencesAreLearnedFromWhereTheModelStands() throws Exception {
        String file = preferring("yo");
        ObjectNode body = OpenAiClient.job(file);
        body.putObject("method")
                .put("type", "dpo")
                .putObject("dpo")
                .putObject("hyperparameters")
                .put("beta", 0.2);
        String job = submitted(body);
        String supervised = submitted(OpenAiClient.job(file));
        clock.advance(Duration.ofHours(1));

        JsonNode done = client.get("/fine_tuning/jobs/" + job);
        assertThat(done.at("/method/dpo/hyperparameters/beta").asDouble()).isEqualTo(0.2);
        List<String> table = client.call(
                        "GET", "/files/" + done.at("/result_files/0").asText() + "/content")
                .body()
                .lines()
                .toList();
        assertThat(loss(table.get(1))).isEqualTo(0.69315);
        assertThat(loss(table.get(table.size() - 1))).isLessThan(0.5);
        JsonNode failed = client.get("/fine_tuning/jobs/" + supervised);
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.at("/error/code").asText()).isEqualTo("jsonlValidationFailed");
        assertThat(failed.at("/error/param").asText()).isEqualTo("training_file");
    }

    @Test
    void jobsAreHeldToTheRules() throws Exception {
        String file = resource.processed(10);
        String fresh = client.file(10);

        assertThat(refusal(OpenAiClient.job(fresh))).contains("status is 'pending', but must be 'processed'");
        assertThat(refusal(OpenAiClient.job("file-1"))).contains("'file-1'", "was not found");
        assertThat(refusal(OpenAiClient.job(file).put("model", "gpt-5"))).contains("does not support fine-tuning");
        assertThat(refusal(OpenAiClient.job(file).put("model", "gpt-4.1-mini-2025-04-14")))
                .as("no type of training")
                .contains("does not support fine-tuning");
        assertThat(refusal(OpenAiClient.job(file).put("trainingType", "Fast"))).contains("does not support");
        assertThat(refusal(OpenAiClient.job(file).put("suffix", "more-than-eighteen-s")))
                .contains("1 to 18");
        assertThat(refusal(OpenAiClient.job(file).put("seed", -1))).contains("seed must be");
        ObjectNode epochs = OpenAiClient.job(file);
        epochs.putObject("hyperparameters").put("n_epochs", 51);
        assertThat(refusal(epochs)).contains("n_epochs must be a whole number from 1 to 50, was 51");
        ObjectNode auto = OpenAiClient.job(file);
        auto.putObject("hyperparameters").put("n_epochs", "auto");
        assertThat(refusal(auto)).contains("\"auto\"");
        assertThat(client.at("POST", "/openai/v1/fine_tuning/jobs", auto, token())
                        .statusCode())
                .isEqualTo(201);
        ObjectNode reinforcement = OpenAiClient.job(file);
        assertThat(refusal(OpenAiClient.job(file).put("method", "dpo"))).contains("method must be an object");
        reinforcement.putObject("method").put("type", "reinforcement");
        assertThat(refusal(reinforcement)).contains("supervised or dpo");
        submitted(OpenAiClient.job(file).put("trainingType", 1).put("unknown", true));
        submitted(OpenAiClient.job(file).put("model", "gpt-4.1-mini").put("trainingType", "DeveloperTier"));
    }

    @Test
    void oneJobTrainsAtATimeAndTheQueueHasAnEnd() throws Exception {
        azure.openAi().limits(new OpenAiLimits(5000, 5000, 50_000, 50, 500, 100, 2, 2_000_000_000L, 5, 32));
        String file = resource.processed(10);
        String first = submitted(OpenAiClient.job(file));
        clock.advance(PACE.validation());
        String second = submitted(OpenAiClient.job(file));
        String third = submitted(OpenAiClient.job(file));

        HttpResponse<String> full = client.call("POST", "/fine_tuning/jobs", OpenAiClient.job(file));

        assertThat(AzureClient.code(full)).isEqualTo("429 quotaExceeded");
        assertThat(full.headers().firstValue("Retry-After")).hasValue("60");
        clock.advance(PACE.validation());
        assertThat(List.of(client.status(first), client.status(second), client.status(third)))
                .containsExactly("running", "queued", "queued");
        assertThat(OpenAiClient.json(client.call("POST", "/fine_tuning/jobs/" + first + "/cancel"))
                        .path("status")
                        .asText())
                .isEqualTo("cancelled");
        assertThat(client.status(second)).isEqualTo("running");
        clock.advance(PACE.training().plusMinutes(1));
        assertThat(List.of(client.status(second), client.status(third))).containsExactly("succeeded", "running");
    }

    @Test
    void jobsAreListedLateCancelledOnceAndDeletedWhenTheyEnded() throws Exception {
        String job = submitted(OpenAiClient.job(resource.processed(10)));
        assertThat(client.get("/fine_tuning/jobs").path("data")).isEmpty();
        assertThat(client.status(job)).as("there, though not listed").isEqualTo("pending");
        clock.advance(PACE.listing());
        String again = submitted(OpenAiClient.job(
                client.get("/fine_tuning/jobs/" + job).path("training_file").asText()));
        clock.advance(PACE.listing());
        assertThat(client.get("/fine_tuning/jobs").path("data").findValuesAsText("id"))
                .as("the same twice is two jobs")
                .containsExactly(again, job);
        assertThat(client.get("/fine_tuning/jobs?limit=1").path("has_more").asBoolean())
                .isTrue();
        assertThat(client.get("/fine_tuning/jobs?after=" + again).path("data").findValuesAsText("id"))
                .containsExactly(job);

        assertThat(AzureClient.code(client.call("DELETE", "/fine_tuning/jobs/" + job)))
                .isEqualTo("400 unexpectedEntityState");
        assertThat(client.call("POST", "/fine_tuning/jobs/" + job + "/cancel").statusCode())
                .isEqualTo(200);
        assertThat(AzureClient.code(client.call("POST", "/fine_tuning/jobs/" + job + "/cancel")))
                .isEqualTo("400 unexpectedEntityState");
        assertThat(client.call("DELETE", "/fine_tuning/jobs/" + job).statusCode())
                .isEqualTo(204);
        assertThat(AzureClient.code(client.call("GET", "/fine_tuning/jobs/" + job)))
                .isEqualTo("404 notFound");
    }

    @Test
    void whoeverIsLetInHasATokenForTheRightAudienceOrAKey() throws Exception {
        String path = "/openai/files?api-version=2024-10-21";
        String key = azure.openAi().keys(OfflineOpenAi.ACCOUNT).get(1);

        HttpResponse<String> other = client.at("GET", path, null, "Bearer " + manager.token(AzureClient.MANAGEMENT));
        assertThat(AzureClient.code(other)).isEqualTo("401 Unauthorized");
        assertThat(AzureClient.message(other)).contains("audience is incorrect (https://cognitiveservices.azure.com)");
        assertThat(AzureClient.code(client.withKey(path, "guess"))).isEqualTo("401 401");
        assertThat(client.withKey(path, key).statusCode()).isEqualTo(200);
        assertThat(client.at("GET", "/openai/v1/files", null, "Bearer " + key).statusCode())
                .as("as OpenAI's own clients send it")
                .isEqualTo(200);
        assertThat(AzureClient.code(client.at("GET", path, null, "Bearer " + key)))
                .as("a key is no token by the classic paths")
                .isEqualTo("401 401");
        assertThat(AzureClient.code(client.withKey("/openai/files", key))).isEqualTo("404 404");
        assertThat(AzureClient.message(client.withKey("/openai/files?api-version=2021-01-01", key)))
                .isEqualTo("API version not supported");
        assertThat(AzureClient.code(client.withKey("/openai/assistants?api-version=2024-10-21", key)))
                .isEqualTo("404 404");
    }

    @Test
    void faultsAreInTheServicesOwnWords() throws Exception {
        String file = resource.processed(10);
        azure.faults()
                .throttle("FineTuning_List", 1)
                .breakDown("FineTuning_List", 1)
                .expireToken("FineTuning_List", 1)
                .denyAccess("FineTuning_Create", 1)
                .loseAnswer("FineTuning_Create", 1);

        HttpResponse<String> throttled = client.call("GET", "/fine_tuning/jobs");
        assertThat(AzureClient.code(throttled)).isEqualTo("429 429");
        assertThat(throttled.headers().firstValue("retry-after-ms")).hasValue("1000");
        assertThat(AzureClient.code(client.call("GET", "/fine_tuning/jobs"))).isEqualTo("500 internalFailure");
        assertThat(AzureClient.code(client.call("GET", "/fine_tuning/jobs"))).isEqualTo("401 Unauthorized");
        HttpResponse<String> denied = client.call("POST", "/fine_tuning/jobs", OpenAiClient.job(file));
        assertThat(AzureClient.code(denied)).isEqualTo("401 PermissionDenied");
        assertThat(AzureClient.message(denied))
                .contains("Microsoft.CognitiveServices/accounts/OpenAI/fine-tunes/write");
        assertThat(catchThrowable(() -> client.call("POST", "/fine_tuning/jobs", OpenAiClient.job(file))))
                .isInstanceOf(IOException.class);
        clock.advance(PACE.listing());
        JsonNode made = client.get("/fine_tuning/jobs").at("/data/0");
        assertThat(made.path("training_file").asText()).as("made all the same").isEqualTo(file);
        azure.openAi().fail(made.path("id").asText(), new JobFailure("internalFailure", "Lost a machine.", ""));
        JsonNode failed = client.get("/fine_tuning/jobs/" + made.path("id").asText());
        assertThat(failed.at("/error/message").asText()).isEqualTo("Lost a machine.");
        assertThat(failed.at("/error/param").isNull()).isTrue();
    }

    @Test
    void whatGoesWrongIsOrderedByAnyProgram() throws Exception {
        String control = azure.control().toString();
        ObjectNode late =
                Json.records().createObjectNode().put("do", "delay-lists").put("seconds", 600);
        assertThat(manager.at("POST", control, late, "").statusCode()).isEqualTo(200);
        String job = submitted(OpenAiClient.job(resource.processed(10)));
        clock.advance(Duration.ofMinutes(9));
        assertThat(client.get("/fine_tuning/jobs").path("data")).isEmpty();
        ObjectNode failure = Json.records()
                .createObjectNode()
                .put("do", "fail-tuning")
                .put("job", job)
                .put("code", "contentFilter")
                .put("message", "The training data contain harmful text.")
                .put("param", "training_file");

        assertThat(manager.at("POST", control, failure, "").statusCode()).isEqualTo(200);

        assertThat(client.get("/fine_tuning/jobs/" + job).at("/error/code").asText())
                .isEqualTo("contentFilter");
        assertThat(manager.at("POST", control, failure, "").body()).contains("no fine-tuning job in progress");
        assertThat(manager.at("POST", control, late.put("seconds", -1), "").body())
                .contains("must be at least 0, was -1");
    }

    @Test
    void pricesAreOrderedAsNumbersOrTexts() throws Exception {
        String control = azure.control().toString();
        ObjectNode price =
                Json.records().createObjectNode().put("do", "training-price").put("model", "gpt-4o-mini-2024-07-18");
        String job = submitted(OpenAiClient.job(resource.processed(10)));
        clock.advance(Duration.ofHours(1));
        BigDecimal tokens = new BigDecimal(
                client.get("/fine_tuning/jobs/" + job).path("trained_tokens").asText());

        assertThat(manager.at("POST", control, price.put("dollars", "20000.00"), "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(azure.openAi().trainingBill())
                .isPositive()
                .isEqualByComparingTo(tokens.movePointLeft(2).multiply(BigDecimal.valueOf(2)));
        assertThat(manager.at("POST", control, price.put("dollars", 10000), "").statusCode())
                .isEqualTo(200);
        assertThat(azure.openAi().trainingBill()).isEqualByComparingTo(tokens.movePointLeft(2));
        for (String wrong : new String[] {"abc", "-1", "1e999999999", "1000000.5"}) {
            assertThat(manager.at("POST", control, price.put("dollars", wrong), "")
                            .body())
                    .contains("must be from 0 to 1000000 with at most 6 decimals", wrong);
        }
        assertThat(manager.at("POST", control, price.put("dollars", 1).put("model", "gpt-4o-mini"), "")
                        .body())
                .contains("there is no model", "that can be tuned");
    }

    @Test
    void whatWasTrainedIsPaid() throws Exception {
        azure.openAi().trainingPrice("gpt-4o-mini-2024-07-18", new BigDecimal("10000"));
        String job = submitted(OpenAiClient.job(resource.processed(10)));
        clock.advance(Duration.ofHours(1));
        long tokens =
                client.get("/fine_tuning/jobs/" + job).path("trained_tokens").asLong();
        assertThat(tokens).isPositive();

        assertThat(azure.openAi().trainingBill())
                .isEqualByComparingTo(BigDecimal.valueOf(tokens).movePointLeft(2));

        client.call("DELETE", "/fine_tuning/jobs/" + job);
        assertThat(azure.openAi().trainingBill())
                .as("deleted and paid all the same")
                .isEqualByComparingTo(BigDecimal.valueOf(tokens).movePointLeft(2));
    }

    @Test
    void aCancelledJobIsPaidInPartAndAFailedOneIsFree() throws Exception {
        azure.openAi().trainingPrice("gpt-4o-mini-2024-07-18", new BigDecimal("10000"));
        String file = resource.processed(10);
        for (String end : new String[] {"cancelled", "failed"}) {
            String job = submitted(OpenAiClient.job(file));
            clock.advance(PACE.validation().plus(PACE.training().dividedBy(2)));
            if (end.equals("failed")) {
                azure.openAi().fail(job, new JobFailure("internalFailure", "Lost a machine.", ""));
            } else {
                client.call("POST", "/fine_tuning/jobs/" + job + "/cancel");
            }
            assertThat(client.status(job)).isEqualTo(end);
        }
        BigDecimal half = azure.openAi().trainingBill();
        submitted(OpenAiClient.job(file));
        clock.advance(Duration.ofHours(1));
        BigDecimal whole = azure.openAi().trainingBill().subtract(half);

        assertThat(half.multiply(BigDecimal.valueOf(2))).isPositive().isCloseTo(whole, Percentage.withPercentage(5));
    }

    @Test
    void aTunedModelIsTunedOn() throws Exception {
        String file = resource.processed(20);
        ObjectNode body = OpenAiClient.job(file).put("seed", 1);
        List<Double> losses = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            String job = submitted(body);
            clock.advance(Duration.ofHours(1));
            JsonNode done = client.get("/fine_tuning/jobs/" + job);
            assertThat(done.path("model")).isEqualTo(body.path("model"));
            String results = done.at("/result_files/0").asText();
            losses.add(loss(
                    client.call("GET", "/files/" + results + "/content").body().split("\n")[1]));
            body.set("model", done.path("fine_tuned_model"));
        }

        assertThat(losses.get(1)).as("it begins where the first one ended").isLessThan(losses.get(0) / 2);
    }
}
