package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a job needs to know of a model stands in its document, and what is missing there is told by its name. */
class HubDocumentTest {
    @Test
    void tellsOfAMachineBeforeItTellsOfAll() {
        HubDocument tiny = HubDocuments.tiny();

        assertThat(tiny.image("ml.g5.xlarge")).endsWith("2.0.0-transformers4.28.1-gpu-py310-cu118-ubuntu20.04");
        assertThat(tiny.image("ml.p4d.24xlarge")).endsWith("2.1.0-transformers4.36.0-gpu-py310-cu121-ubuntu20.04");
        assertThat(tiny.images()).hasSize(2);
        assertThat(usualBatch(tiny, "ml.g5.xlarge")).isEqualTo("1");
        assertThat(usualBatch(tiny, "ml.p4d.24xlarge")).isEqualTo("4");
    }

    private static String usualBatch(HubDocument document, String machine) {
        return Objects.requireNonNull(document.parameters(machine).get("per_device_train_batch_size"))
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
