package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.codec.DescriptionFiles;
import dev.finetune4j.modelfiles.config.GgufKeys;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose adapter was added to its weights gives the numbers of base model and adapter. */
@Tag("long")
class MergedWeightsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "untied, false",
        "bias, false",
        "qwen2, false",
        "qwen3, false",
        "phi3, false",
        "gemma2, false",
        "gemma3, false",
        "bias, true",
        "phi3, true",
        "gemma3, true"
    })
    void givesTheNumbersOfBaseModelAndAdapter(String name, boolean dora) throws Exception {
        LoraTuning method = Fixture.RANK_4.toBuilder().dora(dora).build();
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        double[] unmerged = Fixture.train(name, method, adapter);

        Path merged = merge(Fixture.folder(name), adapter, TensorType.F32, method);

        assertThat(next(merged)).containsExactly(unmerged, offset(1e-4));
    }

    @ParameterizedTest
    @CsvSource({
        "tied, F32, 1e-4",
        "untied, F32, 1e-4",
        "bias, F32, 1e-4",
        "linear, F32, 1e-4",
        "llama3, F32, 1e-4",
        "mistral, F32, 1e-4",
        "qwen2, F32, 1e-4",
        "tied.gguf, F32, 1e-4",
        "llama3, F16, 1e-2",
        "tied, BF16, 0.5",
        "qwen2, Q8_0, 0.5"
    })
    void givesTheSameNumbersAsGguf(String name, TensorType type, double tolerance) throws Exception {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        double[] unmerged = Fixture.train(name, Fixture.RANK_4, adapter);
        ModelFolder base = ModelFolder.open(Fixture.folder(name));
        Path merged = folder.resolve("merged.gguf");

        MergedFormat format = new MergedFormat.Gguf(type, GgufKeys.of(base.config(), name));
        weights(Fixture.folder(name), adapter, Fixture.RANK_4, format, merged);

        assertThat(next(merged)).containsExactly(unmerged, offset(tolerance));
        try (WeightFile file = WeightFile.open(merged)) {
            assertThat(file.entry("token_embd.weight").type()).isEqualTo(type);
            assertThat(file.entry("blk.0.attn_norm.weight").type()).isEqualTo(TensorType.F32);
        }
    }

    @Test
    void rowsThatFillNoBlocksAreHalves() {
        MergedFormat format = new MergedFormat.Gguf(TensorType.Q8_0, Map.of());

        assertThat(format.typeOf(List.of(48L, 32L))).isEqualTo(TensorType.Q8_0);
        assertThat(format.typeOf(List.of(32L, 48L))).isEqualTo(TensorType.F16);
        assertThat(format.typeOf(List.of(32L))).isEqualTo(TensorType.F32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "tied.gguf"})
    void givesTheNumbersOfPeft(String name) throws Exception {
        JsonNode expected = Fixture.expected("peft");
        Path base = Fixture.folder(name);
        Path merged = Files.createDirectory(folder.resolve("merged"));
        weights(base, Fixture.folder("peft").resolve("end"), Fixture.RANK_4, TensorType.F32, merged);
        Files.copy(Fixture.folder("tied").resolve("config.json"), merged.resolve("config.json"));

        try (LanguageModel model = load(merged)) {
            Fixture.assertAnswersAreThoseOf(expected, model);
        }
    }

    @ParameterizedTest
    @CsvSource({"tied, embedding", "tied, head", "untied, beside", "gemma2, beside"})
    void takesOverModulesThatWereTrainedBesideTheAdapters(String base, String variant) throws Exception {
        Path trained = Fixture.folder(base + "/" + variant);
        JsonNode expected = Fixture.expected(base + "/" + variant);
        LoraTuning method =
                AdapterConfig.read(trained.resolve("end")).adapters().orElseThrow();

        Path merged = merge(Fixture.folder(base), trained.resolve("end"), TensorType.F32, method);

        try (LanguageModel model = load(merged)) {
            Fixture.assertAnswersAreThoseOf(expected, model);
        }
    }

    @Test
    void ggufHoldsAHeadThatWasTrainedBesideATiedEmbedding() throws Exception {
        Path trained = Fixture.folder("tied/head");
        LoraTuning method =
                AdapterConfig.read(trained.resolve("end")).adapters().orElseThrow();
        ModelFolder base = ModelFolder.open(Fixture.folder("tied"));
        Path merged = folder.resolve("merged.gguf");

        MergedFormat format = new MergedFormat.Gguf(TensorType.F32, GgufKeys.of(base.config(), "tied"));
        weights(Fixture.folder("tied"), trained.resolve("end"), method, format, merged);

        try (LanguageModel model = load(merged)) {
            Fixture.assertAnswersAreThoseOf(Fixture.expected("tied/head"), model);
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
        weights(Fixture.folder("tied"), adapter, Fixture.RANK_4, TensorType.BF16, narrow);

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

    @Test
    void refusesATrainedHeadThatHoldsNoNumber() throws Exception {
        Path trained = Fixture.folder("tied/head").resolve("end");
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(trained.resolve(file), adapter.resolve(file));
        }
        Path weights = adapter.resolve("adapter_model.safetensors");
        TensorEntry head;
        try (WeightFile file = WeightFile.open(weights)) {
            head = file.entry("base_model.model.lm_head.weight");
        }
        try (RandomAccessFile bytes = new RandomAccessFile(weights.toFile(), "rw")) {
            bytes.seek(head.offset() + 3 * Float.BYTES);
            bytes.writeInt(0x0000C07F); // little-endian NaN
        }
        LoraTuning method = AdapterConfig.read(adapter).adapters().orElseThrow();

        assertThat(head.type()).isEqualTo(TensorType.F32);
        assertThatThrownBy(() -> merge(Fixture.folder("tied"), adapter, TensorType.F32, method))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e).hasMessageContaining("FT0474: base_model.model.lm_head.weight holds NaN");
                    assertThat(e.problems().get(0).causes()).containsExactly("it is element 3 of " + head.elements());
                });
    }

    private Path merge(Path base, Path adapter, TensorType type) throws Exception {
        return merge(base, adapter, type, Fixture.RANK_4);
    }

    private Path merge(Path base, Path adapter, TensorType type, LoraTuning method) throws Exception {
        Path merged = Files.createDirectory(folder.resolve("merged"));
        ModelFolder model = ModelFolder.open(base);
        DescriptionFiles.write(model, type, MergedWeights.isUntied(model, method), merged);
        weights(base, adapter, method, type, merged);
        return merged;
    }

    private static void weights(Path base, Path adapter, LoraTuning method, TensorType type, Path merged)
            throws Exception {
        weights(base, adapter, method, new MergedFormat.Safetensors(type), merged.resolve("model.safetensors"));
    }

    private static void weights(Path base, Path adapter, LoraTuning method, MergedFormat format, Path merged)
            throws Exception {
        try (FileChannel file = FileChannel.open(merged, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(ModelFolder.open(base), adapter, method, format, file);
        }
    }

    private static double[] next(Path model) {
        try (LanguageModel loaded = load(model)) {
            return Fixture.next(loaded, Fixture.VOCABULARY, Fixture.TEXT);
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
