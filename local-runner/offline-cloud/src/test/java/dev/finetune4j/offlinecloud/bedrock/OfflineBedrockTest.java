package dev.finetune4j.offlinecloud.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs live as the service's do, on a clock that is moved by hand. */
class OfflineBedrockTest {
    private static final String GET = "GetModelCustomizationJob";

    private final VirtualClock clock = new VirtualClock();

    @TempDir
    private Path folder;

    private OfflineS3 store;
    private OfflineBedrock service;

    @BeforeEach
    void open() throws IOException {
        store = new OfflineS3(folder.resolve("s3"), TuningBody.ACCOUNT.id(), TuningBody.ACCOUNT.region(), clock)
                .createBucket("my-bucket");
        service = new OfflineBedrock(
                TuningBody.ACCOUNT,
                clock,
                TuningPace.LIFELIKE,
                store,
                new OfflineIam(TuningBody.ACCOUNT.id(), TuningBody.ACCOUNT.roles(), session -> Optional.empty()));
        put(TuningBody.TRAINING, rows(40));
    }

    @Test
    void runsAJobToItsModel() throws Exception {
        String arn = create(TuningBody.nova("job-1"));
        assertThat(arn)
                .matches("arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon\\.nova-micro-v1:0:128k/"
                        + "[a-z0-9]{12}");
        assertThat(get("job-1").path("validationDataConfig")).hasToString("{\"validators\":[]}");

        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(status("job-1"))) {
                seen.add(status("job-1"));
            }
            clock.advance(Duration.ofMinutes(1));
        }

        assertThat(seen)
                .containsExactly(
                        "InProgress InProgress NotStarted",
                        "InProgress Completed InProgress",
                        "Completed Completed Completed");
        JsonNode job = get(arn);
        assertThat(job.path("endTime").asText()).isEqualTo("2026-01-01T00:45:00Z");
        assertThat(job.path("baseModelArn").asText())
                .isEqualTo("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k");
        assertThat(job.path("clientRequestToken").asText()).isEqualTo("token-job-1");
        JsonNode model = ask(
                "GetCustomModel", "modelIdentifier", job.path("outputModelArn").asText());
        assertThat(model.path("modelName").asText()).isEqualTo("job-1");
        assertThat(model.path("trainingMetrics")).isEqualTo(job.path("trainingMetrics"));
    }

    @Test
    void comesToTheSameEndHoweverSeldomAnybodyLooks() throws Exception {
        create(TuningBody.nova("job-1"));

        clock.advance(Duration.ofDays(30));

        assertThat(get("job-1").path("endTime").asText()).isEqualTo("2026-01-01T00:45:00Z");
    }

    @Test
    void leavesFiguresOfItsStepsInTheStore() throws Exception {
        put("s3://my-bucket/inputs/validation.jsonl", rows(4));
        String arn = create(TuningBody.comparing("job-1", "s3://my-bucket/inputs/validation.jsonl"));
        clock.advance(Duration.ofDays(1));
        service.advance();

        String id = arn.substring(arn.lastIndexOf('/') + 1);
        String below = "s3://my-bucket/outputs/model-customization-job-" + id;
        List<String> steps =
                Files.readAllLines(store.file(below + "/training_artifacts/step_wise_training_metrics.csv"));
        List<String> compared = Files.readAllLines(
                store.file(below + "/validation_artifacts/post_fine_tuning_validation/validation_metrics.csv"));

        assertThat(steps.get(0)).isEqualTo("step_number,epoch_number,training_loss,perplexity");
        assertThat(steps).as("5 batches of 8 in each of 2 passes").hasSize(11);
        assertThat(steps.get(1)).startsWith("0,0,");
        assertThat(steps.get(10)).startsWith("9,1,");
        assertThat(loss(steps.get(10))).as("something is learned").isLessThan(loss(steps.get(1)) / 2);
        assertThat(get("job-1").path("trainingMetrics").path("trainingLoss").asDouble())
                .isEqualTo(loss(steps.get(10)), within(1e-6));
        assertThat(compared).hasSize(2);
        assertThat(get("job-1")
                        .path("validationMetrics")
                        .path(0)
                        .path("validationLoss")
                        .asDouble())
                .isPositive();
    }

    @Test
    void failsAJobOfBadDataMinutesLater() throws Exception {
        put(TuningBody.TRAINING, rows(40) + "{\"prompt\": \"a\", \"completion\": \"b\"}\n");
        create(TuningBody.nova("job-1"));

        assertThat(status("job-1")).isEqualTo("InProgress InProgress NotStarted");
        clock.advance(Duration.ofMinutes(5));

        assertThat(status("job-1")).isEqualTo("Failed Failed NotStarted");
        assertThat(get("job-1").path("failureMessage").asText())
                .startsWith(
                        "Input data at inputs/train.jsonl must follow '{\"schemaVersion\": \"bedrock-conversation-2024\"");
        assertThat(get("job-1").has("outputModelArn")).isFalse();
    }

    /** Bedrock tunes in few regions, and reads and writes in its own. */
    @Test
    void failsAJobWhoseBucketIsInAnotherRegion() throws Exception {
        store.createBucket("abroad", "eu-central-1", TuningBody.ACCOUNT.id());
        put("s3://abroad/train.jsonl", rows(40));
        ObjectNode reads = TuningBody.nova("reads");
        reads.putObject("trainingDataConfig").put("s3Uri", "s3://abroad/train.jsonl");
        create(reads);
        ObjectNode writes = TuningBody.nova("writes");
        writes.putObject("outputDataConfig").put("s3Uri", "s3://abroad/outputs");
        create(writes);

        clock.advance(Duration.ofDays(1));

        assertThat(get("reads").path("failureMessage").asText())
                .startsWith("Unable to access the training data at s3://abroad/train.jsonl");
        assertThat(get("writes").path("failureMessage").asText()).startsWith("Unable to write to s3://abroad/outputs");
        assertThat(store.keys("s3://abroad/outputs")).isEmpty();
    }

    @Test
    void failsAJobWhoseDataAreNotThere() throws Exception {
        ObjectNode body = TuningBody.nova("job-1");
        body.putObject("trainingDataConfig").put("s3Uri", "s3://another-bucket/train.jsonl");
        create(body);

        clock.advance(Duration.ofDays(1));

        assertThat(get("job-1").path("failureMessage").asText())
                .startsWith("Unable to access the training data at s3://another-bucket/train.jsonl");
    }

    @Test
    void stopsAJobAndNoneThatHasEnded() throws Exception {
        create(TuningBody.nova("job-1"));
        clock.advance(Duration.ofMinutes(10));

        ask("StopModelCustomizationJob", "jobIdentifier", "job-1");
        ask("StopModelCustomizationJob", "jobIdentifier", "job-1");
        assertThat(status("job-1")).isEqualTo("Stopping Completed Stopping");
        clock.advance(Duration.ofHours(1));

        assertThat(status("job-1")).isEqualTo("Stopped Completed Stopped");
        assertThat(get("job-1").path("endTime").asText()).isEqualTo("2026-01-01T00:12:00Z");
        assertRefused("ConflictException", "Stopped", () -> ask("StopModelCustomizationJob", "jobIdentifier", "job-1"));
    }

    @Test
    void failsAJobWhenItIsToldTo() throws Exception {
        create(TuningBody.nova("job-1"));
        clock.advance(Duration.ofMinutes(10));

        service.fail("job-1", "Internal error");

        assertThat(status("job-1")).isEqualTo("Failed Completed Failed");
        assertThat(get("job-1").path("failureMessage").asText()).isEqualTo("Internal error");
    }

    @Test
    void takesATokenOnce() throws Exception {
        String arn = create(TuningBody.nova("job-1"));

        assertThat(create(TuningBody.nova("job-1"))).isEqualTo(arn);
        ObjectNode other = TuningBody.nova("job-1").put("customModelName", "another");
        assertRefused("ValidationException", "clientRequestToken", () -> create(other));
    }

    @Test
    void takesNamesOnce() throws Exception {
        create(TuningBody.nova("job-1"));

        ObjectNode sameJob =
                TuningBody.nova("job-1").put("clientRequestToken", "t2").put("customModelName", "m2");
        ObjectNode sameModel = TuningBody.nova("job-2").put("customModelName", "job-1");
        assertRefused("ConflictException", "job name", () -> create(sameJob));
        assertRefused("ConflictException", "custom model name", () -> create(sameModel));
        clock.advance(Duration.ofDays(1));
        assertRefused("ConflictException", "job name", () -> create(sameJob));
        assertRefused("ConflictException", "custom model name", () -> create(sameModel));

        ask("DeleteCustomModel", "modelIdentifier", "job-1");
        create(sameModel);
        assertRefused("ResourceNotFoundException", "job-1", () -> ask("GetCustomModel", "modelIdentifier", "job-1"));
    }

    @Test
    void refusesWhatTheAccountMayNot() throws Exception {
        service.quota(1);
        create(TuningBody.nova("job-1"));
        assertRefused("ServiceQuotaExceededException", "limit of 1", () -> create(TuningBody.nova("job-2")));
        clock.advance(Duration.ofDays(1));
        create(TuningBody.nova("job-2"));

        service.withhold("amazon.nova-micro-v1:0:128k");
        assertRefused("AccessDeniedException", "access to the model", () -> create(TuningBody.nova("job-3")));
        ObjectNode body = TuningBody.nova("job-3").put("roleArn", "arn:aws:iam::123456789012:role/another");
        assertRefused("ValidationException", "Could not assume provided IAM role.", () -> create(body));
    }

    @Test
    void keepsTags() throws Exception {
        String arn = create(TuningBody.nova("job-1"));
        ObjectNode more = named("resourceARN", arn);
        more.putArray("tags").addObject().put("key", "a").put("value", "b");

        ask("TagResource", more);
        assertThat(ask("ListTagsForResource", "resourceARN", arn).path("tags")).hasSize(2);
        ObjectNode fewer = named("resourceARN", arn);
        fewer.putArray("tagKeys").add("a");
        ask("UntagResource", fewer);

        assertThat(ask("ListTagsForResource", "resourceARN", arn))
                .hasToString("{\"tags\":[{\"key\":\"finetune4j-run\",\"value\":\"r1\"}]}");
    }

    @Test
    void listsPageByPage() throws Exception {
        for (int i = 0; i < 25; i++) {
            create(TuningBody.nova("job-" + i));
            clock.advance(Duration.ofSeconds(1));
        }
        ask("StopModelCustomizationJob", "jobIdentifier", "job-3");

        List<String> names = new ArrayList<>();
        ObjectNode request = Json.records().createObjectNode().put("sortOrder", "Ascending");
        do {
            JsonNode page = ask("ListModelCustomizationJobs", request);
            page.path("modelCustomizationJobSummaries")
                    .forEach(job -> names.add(job.path("jobName").asText()));
            request.set("nextToken", page.get("nextToken"));
        } while (request.hasNonNull("nextToken"));

        assertThat(names)
                .hasSize(25)
                .doesNotHaveDuplicates()
                .startsWith("job-0", "job-1")
                .endsWith("job-24");
        assertThat(listed("statusEquals", "Stopping")).containsExactly("job-3");
        assertThat(listed("nameContains", "job-1")).hasSize(10);
        assertThat(listed("creationTimeAfter", "2026-01-01T00:00:22Z")).containsExactly("job-24", "job-23");
        assertThat(listed("creationTimeBefore", "2026-01-01T01:00:02+01:00")).containsExactly("job-1", "job-0");
        assertRefused("ValidationException", "nextToken", () -> listed("nextToken", "x"));
    }

    @Test
    void goesOnTuningATunedModel() throws Exception {
        create(TuningBody.nova("job-1"));
        clock.advance(Duration.ofDays(1));
        JsonNode first = get("job-1");
        String tuned = first.path("outputModelArn").asText();

        for (String base : List.of(
                tuned,
                ask("GetCustomModel", "modelIdentifier", tuned)
                        .path("modelName")
                        .asText())) {
            String name = base.equals(tuned) ? "job-2" : "job-3";
            create(TuningBody.nova(name).put("baseModelIdentifier", base));
            clock.advance(Duration.ofDays(1));

            JsonNode second = get(name);
            assertThat(second.path("status").asText()).as("%s", second).isEqualTo("Completed");
            assertThat(second.path("baseModelArn"))
                    .as("of a job the service tells the foundation model")
                    .isEqualTo(first.path("baseModelArn"));
            assertThat(ask(
                                    "GetCustomModel",
                                    "modelIdentifier",
                                    second.path("outputModelArn").asText())
                            .path("baseModelArn")
                            .asText())
                    .isEqualTo(tuned);
            assertThat(second.at("/trainingMetrics/trainingLoss").asDouble())
                    .as("it knows what the first has learned")
                    .isLessThan(first.at("/trainingMetrics/trainingLoss").asDouble());
        }
        assertRefused(
                "ValidationException",
                "not supported for customization",
                () -> create(TuningBody.nova("job-4")
                        .put("baseModelIdentifier", tuned.replaceFirst("[^/]+$", "0".repeat(12)))));
    }

    @Test
    void givesThroughputAnotherNameAndModel() throws Exception {
        create(TuningBody.nova("job-1"));
        clock.advance(Duration.ofHours(1));
        create(TuningBody.nova("job-2"));
        clock.advance(Duration.ofDays(1));
        String second = get("job-2").path("outputModelArn").asText();
        String arn = ask(
                        "CreateProvisionedModelThroughput",
                        named("provisionedModelName", "tickets")
                                .put(
                                        "modelId",
                                        get("job-1").path("outputModelArn").asText())
                                .put("modelUnits", 1))
                .path("provisionedModelArn")
                .asText();

        ask(
                "UpdateProvisionedModelThroughput",
                named("provisionedModelId", "tickets")
                        .put("desiredProvisionedModelName", "mails")
                        .put("desiredModelId", second));

        JsonNode told = ask("GetProvisionedModelThroughput", named("provisionedModelId", "mails"));
        assertThat(told.path("provisionedModelArn").asText()).isEqualTo(arn);
        assertThat(told.path("modelArn").asText()).isEqualTo(second);
        assertRefused(
                "ResourceNotFoundException",
                "tickets",
                () -> ask("GetProvisionedModelThroughput", named("provisionedModelId", "tickets")));

        String next = ask(
                        "CreateProvisionedModelThroughput",
                        named("provisionedModelName", "tickets")
                                .put("modelId", second)
                                .put("modelUnits", 1))
                .path("provisionedModelArn")
                .asText();
        assertThat(next).as("the name is free, and the ARN is the other's").isNotEqualTo(arn);
        assertThat(ask("ListProvisionedModelThroughputs", Json.records().createObjectNode())
                        .findValuesAsText("provisionedModelArn"))
                .containsExactlyInAnyOrder(arn, next);
        assertRefused(
                "ValidationException",
                "currently in use",
                () -> ask(
                        "CreateProvisionedModelThroughput",
                        named("provisionedModelName", "mails")
                                .put("modelId", second)
                                .put("modelUnits", 1)));
    }

    @Test
    void goesOnThoughTheLastOfThePageIsNoLongerListed() throws Exception {
        for (int i = 0; i < 3; i++) {
            create(TuningBody.nova("job-" + i));
            clock.advance(Duration.ofSeconds(1));
        }
        ObjectNode request = Json.records()
                .createObjectNode()
                .put("statusEquals", "InProgress")
                .put("maxResults", 1);

        JsonNode page = ask("ListModelCustomizationJobs", request);
        ask("StopModelCustomizationJob", "jobIdentifier", "job-2");
        request.set("nextToken", page.get("nextToken"));

        assertThat(page.at("/modelCustomizationJobSummaries/0/jobName").asText())
                .isEqualTo("job-2");
        assertThat(ask("ListModelCustomizationJobs", request)
                        .at("/modelCustomizationJobSummaries/0/jobName")
                        .asText())
                .isEqualTo("job-1");
    }

    @Test
    void hostsAModelOnRequest() throws Exception {
        create(TuningBody.nova("job-1"));
        clock.advance(Duration.ofDays(1));
        String arn = get("job-1").path("outputModelArn").asText();
        ObjectNode deployment = named("modelDeploymentName", "tickets").put("modelArn", arn);
        ObjectNode throughput =
                named("provisionedModelName", "tickets").put("modelId", arn).put("modelUnits", 1);

        String deployed = ask("CreateCustomModelDeployment", deployment)
                .path("customModelDeploymentArn")
                .asText();
        String provisioned = ask("CreateProvisionedModelThroughput", throughput)
                .path("provisionedModelArn")
                .asText();
        assertThat(deploymentStatus(deployed)).isEqualTo("Creating");
        clock.advance(Duration.ofMinutes(10));

        assertThat(deploymentStatus("tickets")).isEqualTo("Active");
        assertThat(ask("GetProvisionedModelThroughput", "provisionedModelId", provisioned)
                        .path("status")
                        .asText())
                .isEqualTo("InService");
        assertRefused("ConflictException", "in use", () -> ask("DeleteCustomModel", "modelIdentifier", "job-1"));
        ask("DeleteCustomModelDeployment", "customModelDeploymentIdentifier", deployed);
        ask("DeleteProvisionedModelThroughput", "provisionedModelId", provisioned);
        ask("DeleteCustomModel", "modelIdentifier", "job-1");
        assertRefused("ResourceNotFoundException", deployed, () -> deploymentStatus(deployed));
    }

    @Test
    void keepsThroughputUntilTheEndOfItsCommitment() throws Exception {
        create(TuningBody.nova("job-1"));
        clock.advance(Duration.ofDays(1));
        ObjectNode throughput = named("provisionedModelName", "tickets")
                .put("modelId", "job-1")
                .put("modelUnits", 2)
                .put("commitmentDuration", "OneMonth");
        service.modelUnits(1);
        assertRefused(
                "ServiceQuotaExceededException",
                "quota of 1",
                () -> ask("CreateProvisionedModelThroughput", throughput));
        service.modelUnits(2);
        ask("CreateProvisionedModelThroughput", throughput);

        assertRefused(
                "ConflictException",
                "commitment",
                () -> ask("DeleteProvisionedModelThroughput", "provisionedModelId", "tickets"));
        clock.advance(Duration.ofDays(31));
        ask("DeleteProvisionedModelThroughput", "provisionedModelId", "tickets");
    }

    @Test
    void listsModelsThatCanBeTuned() throws Exception {
        JsonNode tuned = ask("ListFoundationModels", "byCustomizationType", "FINE_TUNING")
                .path("modelSummaries");
        JsonNode all =
                ask("ListFoundationModels", Json.records().createObjectNode()).path("modelSummaries");

        assertThat(tuned.findValuesAsText("modelId"))
                .containsExactly(
                        "amazon.nova-micro-v1:0:128k",
                        "amazon.nova-lite-v1:0:300k",
                        "amazon.nova-pro-v1:0:300k",
                        "amazon.nova-2-lite-v1:0:256k");
        assertThat(all).hasSize(8);
        assertThat(ask("GetFoundationModel", "modelIdentifier", "amazon.nova-micro-v1:0")
                        .path("modelDetails")
                        .path("customizationsSupported"))
                .isEmpty();
        assertRefused(
                "ValidationException",
                "identifier is invalid",
                () -> ask("GetFoundationModel", "modelIdentifier", "amazon.nova-mini-v1:0"));
    }

    @Test
    void listsItsModels() throws Exception {
        create(TuningBody.nova("job-1"));
        create(TuningBody.nova("job-2"));
        clock.advance(Duration.ofDays(1));

        assertThat(ask("ListCustomModels", "nameContains", "job")
                        .path("modelSummaries")
                        .findValuesAsText("modelName"))
                .containsExactly("job-2", "job-1");
        assertThat(ask("ListCustomModels", "modelStatus", "Creating").path("modelSummaries"))
                .isEmpty();
    }

    private String create(ObjectNode body) throws ServiceError {
        return ask("CreateModelCustomizationJob", body).path("jobArn").asText();
    }

    private JsonNode get(String job) throws ServiceError {
        return ask(GET, "jobIdentifier", job);
    }

    private List<String> listed(String member, String value) throws ServiceError {
        return ask("ListModelCustomizationJobs", member, value)
                .path("modelCustomizationJobSummaries")
                .findValuesAsText("jobName");
    }

    private String deploymentStatus(String deployment) throws ServiceError {
        return ask("GetCustomModelDeployment", "customModelDeploymentIdentifier", deployment)
                .path("status")
                .asText();
    }

    private JsonNode ask(String operation, String member, String value) throws ServiceError {
        return ask(operation, named(member, value));
    }

    /** Request and answer must both be as the model says. */
    private JsonNode ask(String operation, ObjectNode request) throws ServiceError {
        request.remove(request.properties().stream()
                .filter(member -> member.getValue().isNull())
                .map(Map.Entry::getKey)
                .toList());
        assertThat(service.model().violations(operation, request)).isEmpty();
        ObjectNode answer = service.answer(operation, request);
        assertThat(service.model().flawsOfAnswer(operation, answer)).isEmpty();
        return answer;
    }

    /** The job's status, and those of reading the data and of training. */
    private String status(String name) throws ServiceError {
        JsonNode job = get(name);
        JsonNode details = job.path("statusDetails");
        return job.path("status").asText() + " "
                + details.path("validationDetails").path("status").asText() + " "
                + details.path("trainingDetails").path("status").asText();
    }

    private void put(String uri, String text) throws IOException {
        store.upload(Files.writeString(folder.resolve("rows.jsonl"), text), uri);
    }

    private static String rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> TuningBody.converse("ticket " + i, i % 2 == 0 ? "billing" : "technical") + "\n")
                .collect(Collectors.joining());
    }

    private static double loss(String line) {
        return Double.parseDouble(line.split(",")[2]);
    }

    private static void assertRefused(String code, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServiceError.class, error -> assertThat(error.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    private static ObjectNode named(String member, String value) {
        return Json.records().createObjectNode().put(member, value);
    }
}
