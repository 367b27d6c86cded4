package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.codec.DescriptionFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose adapter was added to its weights gives the numbers of base model and adapter. */
class MergedWeightsTest {
    private static final int VOCABULARY = 96;
    private static final int[] TEXT = {5, 17, 80, 33, 2, 9, 41, 60, 7, 90, 11};

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"untied", "bias", "qwen2", "qwen3", "phi3", "gemma2", "gemma3"})
    void givesTheNumbersOfBaseModelAndAdapter(String name) throws Exception {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        double[] unmerged;
        try (LanguageModel model = Fixture.load(name)) {
            TokenBatch batch = Fixture.batch(0, TEXT);
            for (int step = 1; step <= 3; step++) {
                model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
                model.step(step, 2e-2, 0, 1);
            }
            unmerged = Fixture.next(model, VOCABULARY, TEXT);
            model.writeAdapter(adapter);
        }

        Path merged = merge(Fixture.folder(name), adapter, TensorType.F32);

        assertThat(next(merged)).containsExactly(unmerged, offset(1e-4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "tied.gguf"})
    void givesTheNumbersOfPeft(String name) throws Exception {
        JsonNode expected = Fixture.expected("peft");
        int[] text = Fixture.ints(expected.path("sequences").path(0));
        Path base = Fixture.folder(name);
        Path merged = Files.createDirectory(folder.resolve("merged"));
        weights(base, Fixture.folder("peft").resolve("end"), TensorType.F32, merged);
        Files.copy(Fixture.folder("tied").resolve("config.json"), merged.resolve("config.json"));

        try (LanguageModel model = load(merged)) {
            assertThat(Fixture.next(model, VOCABULARY, text))
                    .containsExactly(
                            Fixture.logSoftmax(
                                    Fixture.doubles(expected.path("last_logits").path(0))),
                            offset(1e-4));
        }
    }

    @Test
    void bfloat16IsCloseAndHalfTheSize() throws Exception {
        Path adapter = Fixture.folder("peft").resolve("end");

        Path wide = merge(Fixture.folder("tied"), adapter, TensorType.F32);
        long wideBytes = Files.size(wide.resolve("model.safetensors"));
        double[] exact = next(wide);
        Path narrow = folder.resolve("narrow");
        Files.createDirectory(narrow);
        DescriptionFiles.write(ModelFolder.open(Fixture.folder("tied")), TensorType.BF16, narrow);
        weights(Fixture.folder("tied"), adapter, TensorType.BF16, narrow);

        assertThat(Files.size(narrow.resolve("model.safetensors"))).isLessThan(wideBytes * 6 / 10);
        assertThat(Files.readString(narrow.resolve("config.json"))).contains("\"bfloat16\"");
        assertThat(next(narrow)).containsExactly(exact, offset(0.5));
        assertThat(MergedWeights.typeOf(ModelFolder.open(narrow), Precision.AUTO))
                .isEqualTo(TensorType.BF16);
        assertThat(MergedWeights.typeOf(ModelFolder.open(wide), Precision.AUTO)).isEqualTo(TensorType.F32);
    }

    @Test
    void refusesAnAdapterOfAnotherModel() {
        Path adapter = Fixture.folder("phi3/peft").resolve("start");

        assertThatThrownBy(() -> merge(Fixture.folder("tied"), adapter, TensorType.F32))
                .hasMessageContaining("FT0473");
    }

    private Path merge(Path base, Path adapter, TensorType type) throws Exception {
        Path merged = Files.createDirectory(folder.resolve("merged"));
        DescriptionFiles.write(ModelFolder.open(base), type, merged);
        weights(base, adapter, type, merged);
        return merged;
    }

    private static void weights(Path base, Path adapter, TensorType type, Path merged) throws Exception {
        try (FileChannel file = FileChannel.open(
                merged.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(
                    ModelFolder.open(base),
                    adapter,
                    new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR)),
                    type,
                    file);
        }
    }

    private static double[] next(Path model) {
        try (LanguageModel loaded = load(model)) {
            return Fixture.next(loaded, VOCABULARY, TEXT);
        }
    }

    private static LanguageModel load(Path model) {
        LanguageModel loaded = new DecoderLoader()
                .load(Fixture.files(model), null, Fixture.settings(Fixture.RANK_4, Precision.FP32, Recompute.NONE))
                .model();
        loaded.useAdapter(false);
        return loaded;
    }
}
