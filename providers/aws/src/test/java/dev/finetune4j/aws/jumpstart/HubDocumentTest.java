package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a job needs to know of a model stands in its document, and what is missing there is told by its name. */
class HubDocumentTest {
    @Test
    void tellsOfAMachineBeforeItTellsOfAll() {
        HubDocument tiny = HubDocuments.tiny();

        assertThat(tiny.image("ml.g5.xlarge")).endsWith("2.0.0-transformers4.28.1-gpu-py310-cu118-ubuntu20.04");
        assertThat(tiny.image("ml.p4d.24xlarge")).endsWith("2.1.0-transformers4.36.0-gpu-py310-cu121-ubuntu20.04");
        assertThat(tiny.images()).hasSize(2);
        assertThat(tiny.files())
                .containsExactly(
                        "s3://jumpstart-cache-prod-eu-central-1/huggingface-training/train-huggingface-llm-offline-tiny/",
                        "s3://jumpstart-cache-prod-eu-central-1/source-directory-tarballs/huggingface/transfer_learning/llm/v1.0.0/sourcedir.tar.gz");
        assertThat(usual(tiny, "ml.g5.xlarge", "per_device_train_batch_size")).isEqualTo("1");
        assertThat(usual(tiny, "ml.p4d.24xlarge", "per_device_train_batch_size"))
                .isEqualTo("4");
    }

    /** As Amazon's own SDK reads it: {@code jumpstart/types.py} of version 2.245. */
    @Test
    void addsWhatItSaysOfAFamilyToWhatItSaysOfAType() {
        HubDocument document = variants(false, """
                {"g5": {"Properties": {"ImageUri": "$family", "TrainingArtifactUri": "s3://cache/family/",
                        "EnvironmentVariables": {"A": "family", "B": "family"},
                        "Hyperparameters": [{"Name": "epoch", "Type": "int", "Default": "2"},
                                            {"Name": "seed", "Type": "int", "Default": "7"}]}},
                 "ml.g5.2xlarge": {"Properties": {"ImageUri": "$type", "EnvironmentVariables": {"B": "type"},
                        "Hyperparameters": [{"Name": "epoch", "Type": "int", "Default": "5"}]}}}""");

        assertThat(document.image("ml.g5.2xlarge")).isEqualTo("image-of-type");
        assertThat(document.image("ml.g5.xlarge")).isEqualTo("image-of-family");
        assertThat(document.image("ml.p4d.24xlarge")).isEqualTo("image-of-all");
        assertThat(document.artifact("ml.g5.2xlarge")).isEqualTo("s3://cache/family/");
        assertThat(document.environment("ml.g5.2xlarge")).isEqualTo(Map.of("A", "family", "B", "type"));
        assertThat(document.environment("ml.p4d.24xlarge")).isEmpty();
        assertThat(usual(document, "ml.g5.2xlarge", "epoch")).isEqualTo("5");
        assertThat(usual(document, "ml.g5.2xlarge", "seed")).isEqualTo("7");
        assertThat(usual(document, "ml.p4d.24xlarge", "epoch")).isEqualTo("1");
        assertThat(document.fetchesModel()).isFalse();
    }

    @Test
    void namesTheFilesOfAModelWithALicenceToAScriptThatFetchesThem() {
        String sameOnAll = """
                {"g5": {"Properties": {"GatedModelEnvVarUri": "s3://private/llama/"}},
                 "p4d": {"Properties": {"GatedModelEnvVarUri": "s3://private/llama/"}}}""";
        String byFamily = sameOnAll.replace("llama/\"}}}", "llama-p4d/\"}}}");

        assertThat(modelOn(variants(true, sameOnAll), "ml.g6.xlarge")).isEqualTo("s3://private/llama/");
        assertThat(modelOn(variants(true, byFamily), "ml.g5.xlarge")).isEqualTo("s3://private/llama/");
        assertThat(modelOn(variants(true, byFamily), "ml.p4d.24xlarge")).isEqualTo("s3://private/llama-p4d/");
        assertThat(modelOn(variants(true, byFamily), "ml.g6.xlarge")).isNull();
        assertThat(modelOn(variants(false, sameOnAll), "ml.g6.xlarge")).isNull();
        assertThat(variants(true, byFamily).fetchesModel()).isTrue();
    }

    private static HubDocument variants(boolean isGated, String variants) {
        return HubDocument.of("m", "1.0.0", """
                {"TrainingSupported": true, "GatedBucket": %s, "TrainingEcrUri": "image-of-all", "TrainingScriptUri": "s3://cache/script",
                 "TrainingArtifactUri": "s3://cache/all/", "Hyperparameters": [{"Name": "epoch", "Type": "int", "Default": "1"}],
                 "SupportedTrainingInstanceTypes": ["ml.g5.xlarge", "ml.g5.2xlarge", "ml.p4d.24xlarge"],
                 "TrainingInstanceTypeVariants": {
                   "Aliases": {"family": "image-of-family", "type": "image-of-type"}, "Variants": %s}}""".formatted(isGated, variants));
    }

    private static @Nullable String modelOn(HubDocument document, String machine) {
        return document.environment(machine).get(HubDocument.MODEL_VARIABLE);
    }

    private static String usual(HubDocument document, String machine, String parameter) {
        return Objects.requireNonNull(document.parameters(machine).get(parameter))
                .usual();
    }

    @Test
    void keepsWhatItDoesNotKnow() {
        HubDocument document = HubDocument.of("m", "1.0.0", "{\"TrainingSupported\": false, \"NewThing\": [1]}");

        assertThat(document.json()).hasToString("{\"TrainingSupported\":false,\"NewThing\":[1]}");
        assertThat(document.isTunable()).isFalse();
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> HubDocument.of(
                        "m",
                        "1.0.0",
                        "{\"TrainingSupported\": true, \"TrainingEcrUri\": \"x\", \"Hyperparameters\": []}"))
                .hasMessageContaining("FT0918")
                .hasMessageContaining("the document of m 1.0.0 lacks TrainingScriptUri, TrainingArtifactUri");
        assertThatThrownBy(() -> HubDocument.of("m", "1.0.0", "<html>"))
                .hasMessageContaining("FT0918")
                .hasMessageContaining("is not JSON");
    }
}
