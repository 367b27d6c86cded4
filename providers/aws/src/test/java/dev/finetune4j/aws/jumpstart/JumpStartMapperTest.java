package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.aws.internal.RequestJson;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker;
import dev.finetune4j.offlinecloud.wire.ServiceModel;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The request is what the document and the job say, the same each time, and one that the service's model knows. */
class JumpStartMapperTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden");

    @Test
    void asksForWhatTheDocumentAndTheJobSay() throws Exception {
        String request = request(
                Map.of("model", OfflineHubPlace.LLAMA, "machine", "ml.g5.2xlarge", "accept-eula", "true"),
                HubDocuments.llama(),
                "s3://my-bucket/jobs/inputs/v/",
                Duration.ofHours(2));

        GOLDEN.assertMatches("jumpstart-job.json", request + "\n");
        JsonNode json = Json.read(request, JsonNode.class);
        ServiceModel model = ServiceModel.resource(OfflineSageMaker.class, "service-model.json");
        assertThat(model.violations("CreateTrainingJob", json)).isEmpty();
        assertThat(model.unknownMembers("CreateTrainingJob", json)).isEmpty();
    }

    @Test
    void acceptsNoLicenceOfAModelThatHasNoneAndKeepsNetworksAndKeys() throws Exception {
        JsonNode json = Json.read(
                request(
                        Map.of("kms-key", "alias/mine", "subnets", "subnet-1", "security-groups", "sg-1"),
                        HubDocuments.tiny(),
                        null,
                        null),
                JsonNode.class);

        assertThat(json.toString())
                .doesNotContain("AcceptEula", "validation\"", "EnableManagedSpotTraining", "RetryStrategy");
        assertThat(json.at("/OutputDataConfig/KmsKeyId").asText()).isEqualTo("alias/mine");
        assertThat(json.at("/VpcConfig/Subnets/0").asText()).isEqualTo("subnet-1");
        assertThat(json.at("/StoppingCondition/MaxRuntimeInSeconds").asInt()).isEqualTo(28 * 24 * 3600);
    }

    @Test
    void acceptsTheLicenceByAVariableWhereTheScriptFetchesTheModelItself() throws Exception {
        ObjectNode document = Json.read(
                OfflineHub.shipped("eu-central-1", new VirtualClock())
                        .newest(OfflineHubPlace.LLAMA)
                        .orElseThrow()
                        .document()
                        .toString(),
                ObjectNode.class);
        document.withObject("/TrainingInstanceTypeVariants/Variants/g5/Properties")
                .put("GatedModelEnvVarUri", "s3://jumpstart-private-cache-prod-eu-central-1/llama/");

        JsonNode json = Json.read(
                request(
                        Map.of("machine", "ml.g5.2xlarge", "accept-eula", "true"),
                        HubDocument.of(OfflineHubPlace.LLAMA, "1.0.0", document.toString()),
                        null,
                        null),
                JsonNode.class);

        assertThat(json.at("/InputDataConfig").findValuesAsText("ChannelName")).containsExactly("training", "code");
        assertThat(json.at("/Environment/accept_eula").asText()).isEqualTo("true");
        assertThat(json.at("/Environment/SageMakerGatedModelS3Uri").asText()).startsWith("s3://jumpstart-private");
    }

    private static String request(
            Map<String, String> more, HubDocument document, @Nullable String validation, @Nullable Duration limit) {
        Map<String, String> settings = new HashMap<>(OfflineHubPlace.SETTINGS);
        settings.putAll(more);
        JumpStartOptions options = new JumpStartSettings(settings, Map.of()).options(new ModelRef("any"));
        StagedLearning job = new StagedLearning(
                new RunId("tickets-0123abcd-1"),
                1,
                "0123456789abcdef",
                "s3://my-bucket/jobs/inputs/t/",
                validation,
                Map.of("epoch", "3"),
                Map.of("finetune4j-run", "tickets-0123abcd-1"),
                limit);
        return RequestJson.of(new JumpStartMapper(options, document).request(job));
    }
}
