package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.Signer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does not ask the hub finds its models in Amazon's public bucket, which anybody may read and nobody write. */
class JumpStartSpecsTest {
    private static final Account ACCOUNT = Account.sample();
    private static final String BUCKET = "/jumpstart-cache-prod-eu-central-1";

    @TempDir
    private Path folder;

    private OfflineAws aws;

    @BeforeEach
    void open() throws IOException {
        Clock clock = Clock.systemUTC();
        OfflineS3 store = new OfflineS3(folder, ACCOUNT.id(), ACCOUNT.region(), clock);
        OfflineHub hub = OfflineHub.shipped(ACCOUNT.region(), clock);
        JumpStartBuckets.describe(store, ACCOUNT.region(), hub);
        aws = OfflineAws.start(ACCOUNT, clock, Pace.SWIFT, PlannedContainer.succeedingAfter(Duration.ZERO), store, hub);
    }

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void saysOfAModelWhatTheHubSays() throws Exception {
        JsonNode manifest =
                Json.read(send("GET", BUCKET + "/models_manifest.json").body(), JsonNode.class);
        assertThat(manifest.findValuesAsText("version")).containsExactly("1.0.0", "1.0.0", "1.1.0", "1.2.0");
        assertThat(send("GET", BUCKET + "/proprietary-sdk-manifest.json").body())
                .isEqualTo("[]");

        JsonNode spec = Json.read(
                send("GET", BUCKET + "/" + manifest.path(2).path("spec_key").asText())
                        .body(),
                JsonNode.class);

        assertThat(spec.path("model_id").asText()).isEqualTo("huggingface-llm-offline-tiny");
        assertThat(spec.path("training_script_key").asText())
                .isEqualTo("source-directory-tarballs/huggingface/transfer_learning/llm/v1.0.0/sourcedir.tar.gz");
        assertThat(spec.path("training_ecr_specs"))
                .hasToString("{\"framework\":\"huggingface\",\"framework_version\":\"2.0.0\","
                        + "\"huggingface_transformers_version\":\"4.28.1\",\"py_version\":\"py310\"}");
        assertThat(spec.path("estimator_kwargs").path("max_run").asInt()).isEqualTo(360_000);
        assertThat(spec.path("hyperparameters").findValuesAsText("name")).contains("epoch", "sagemaker_program");
        assertThat(spec.path("metrics").path(0).path("Regex").asText()).startsWith("'loss': ");
        JsonNode variants = spec.at("/training_instance_type_variants/variants");
        assertThat(variants.at("/g5/regional_properties/image_uri").asText()).isEqualTo("$training_ecr_uri");
        assertThat(variants.path("ml.p4d.24xlarge")
                        .at("/regional_properties/image_uri")
                        .asText())
                .isEqualTo("$gpu_ecr_uri_2");
        assertThat(spec.at("/training_instance_type_variants/regional_aliases/eu-central-1/training_ecr_uri")
                        .asText())
                .endsWith("huggingface-pytorch-training:2.0.0-transformers4.28.1-gpu-py310-cu118-ubuntu20.04");
    }

    @Test
    void letsNobodyWriteThere() throws Exception {
        assertThat(send("PUT", BUCKET + "/models_manifest.json").statusCode()).isEqualTo(403);
        assertThat(send("DELETE", BUCKET + "/models_manifest.json").statusCode())
                .isEqualTo(403);
        assertThat(send("GET", BUCKET + "/models_manifest.json").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        HttpRequest request = Signer.of(aws, "eu-central-1", "s3")
                .sign(method, aws.endpoint().resolve(path), method.equals("PUT") ? "[]" : "");
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
