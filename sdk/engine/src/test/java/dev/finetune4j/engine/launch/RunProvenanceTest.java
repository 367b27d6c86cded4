package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tuned models are refused since their weights or settings are not those of the report. */
class RunProvenanceTest {
    private static final RunId RUN = new RunId("letters-0123abcd-1");

    @TempDir
    Path home;

    private RunFolder folder;
    private Path model;

    @BeforeEach
    void aWholeModelWasTrained() throws IOException {
        folder = new RunFolder(RUN, home);
        model = Files.createDirectories(home.resolve("output/model"));
        Files.writeString(model.resolve("model.safetensors"), "other weights");
    }

    @Test
    void aWholeModelThatHasChangedIsRefused() throws IOException {
        report("tuned model");

        assertThatThrownBy(() -> RunProvenance.refuseChangedModel(folder, model))
                .hasMessageContaining("FT0540: the weights of the tuned model of " + RUN)
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void aWholeModelWithOtherSettingsIsRefused() throws IOException {
        Files.writeString(model.resolve("config.json"), "{\"rope_theta\":500000}");
        report("tuned model config");

        assertThatThrownBy(() -> RunProvenance.refuseChangedModel(folder, model))
                .hasMessageContaining("FT0540: the settings of the tuned model of " + RUN)
                .hasMessageContaining("config.json");
        report("model");
        assertThatCode(() -> RunProvenance.refuseChangedModel(folder, model))
                .as("reports of earlier versions tell of none")
                .doesNotThrowAnyException();
    }

    @Test
    void aWholeModelThatIsLargeIsNotReadThrough() throws IOException {
        report("tuned model");
        try (RandomAccessFile weights =
                new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
            weights.setLength((1L << 30) + 1);
        }

        assertThatCode(() -> RunProvenance.refuseChangedModel(folder, model)).doesNotThrowAnyException();
    }

    /** A folder in the place of the weights cannot be hashed. */
    @Test
    void nothingIsReadOfWhichTheReportTellsNothing() throws IOException {
        Path weights = model.resolve("model.safetensors");
        Files.delete(weights);
        Files.createDirectory(weights);

        assertThatCode(() -> RunProvenance.refuseChangedModel(folder, model)).doesNotThrowAnyException();
        report("adapter");
        assertThatCode(() -> RunProvenance.refuseChangedModel(folder, model)).doesNotThrowAnyException();
    }

    private void report(String name) throws IOException {
        Files.writeString(home.resolve("report.json"), "{\"provenance\":{\"digests\":{\"" + name + "\":\"00\"}}}");
    }
}
