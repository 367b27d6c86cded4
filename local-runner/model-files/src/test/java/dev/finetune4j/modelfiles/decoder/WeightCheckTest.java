package dev.finetune4j.modelfiles.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the headers of the weights must hold for the configuration beside them. */
class WeightCheckTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void writeAConfiguration() throws IOException {
        config("LlamaForCausalLM", "");
    }

    @Test
    void listsTheTensorsOfADecoderWithTheirShapes() {
        DecoderTensors tensors = DecoderTensors.of(ModelFolder.open(folder).config(), false);

        assertThat(tensors.all()).hasSize(1 + 2 * 9 + 1 + 1);
        assertThat(tensors.embedding()).isEqualTo(ExpectedTensor.of("model.embed_tokens.weight", 10, 8));
        assertThat(tensors.inLayer(1, "self_attn.k_proj.weight"))
                .contains(ExpectedTensor.of("model.layers.1.self_attn.k_proj.weight", 4, 8));
        assertThat(tensors.inLayer(1, "self_attn.k_proj.bias")).isEmpty();
        assertThat(tensors.head()).contains(ExpectedTensor.of("lm_head.weight", 10, 8));
    }

    @Test
    void calledForBiasesAndATiedHeadChangeTheList() throws IOException {
        config("Qwen2ForCausalLM", ",\"tie_word_embeddings\":true");

        DecoderTensors tensors = DecoderTensors.of(ModelFolder.open(folder).config(), false);

        assertThat(tensors.inLayer(0, "self_attn.q_proj.bias"))
                .contains(ExpectedTensor.of("model.layers.0.self_attn.q_proj.bias", 8));
        assertThat(tensors.inLayer(0, "self_attn.o_proj.bias")).isEmpty();
        assertThat(tensors.head()).isEmpty();
    }

    @Test
    void acceptsWeightsThatHoldMoreThanIsNeeded() throws IOException {
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("model.layers.0.self_attn.rotary_emb.inv_freq", 2));
        write(tensors, TensorType.BF16);

        WeightCheck.refuseUnfit(ModelFolder.open(folder));
    }

    @Test
    void refusesLayersBeyondThoseOfTheConfiguration() throws IOException {
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("model.layers.2.input_layernorm.weight", 8));
        tensors.add(ExpectedTensor.of("model.layers.3.input_layernorm.weight", 8));
        write(tensors, TensorType.F32);

        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("FT0421: num_hidden_layers is 2, and the weights hold layers 2 to 3")
                .hasMessageContaining("config.json")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies())
                                .containsExactly(
                                        ModelFilesProblems.CONFIG_INVALID.remedy(),
                                        "\"num_hidden_layers\": 4    # in config.json, to use all that the weights hold",
                                        "python3 -c 'from transformers import AutoModelForCausalLM as M;"
                                                + " M.from_pretrained(\".\", torch_dtype=\"auto\").save_pretrained(\"cut\")'"
                                                + "    # in the model's folder, if no more than 2 are meant; then copy"
                                                + " tokenizer files to cut/"));
    }

    @Test
    void refusesBiasesThatTheConfigurationDoesNotCallForUnlessTheyAreZero() throws IOException {
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("model.layers.1.self_attn.q_proj.bias", 8));
        tensors.add(ExpectedTensor.of("model.layers.1.mlp.up_proj.bias", 12));
        write(tensors, TensorType.F32);

        WeightCheck.refuseUnfit(ModelFolder.open(folder));

        endIn(folder.resolve("model.safetensors"), "model.layers.1.self_attn.q_proj.bias", 0x80);
        WeightCheck.refuseUnfit(ModelFolder.open(folder)); // -0.0

        endInAHalf(folder.resolve("model.safetensors"), "model.layers.1.self_attn.q_proj.bias");
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("FT0421: the weights hold model.layers.1.self_attn.q_proj.bias,");
    }

    /** transformers 5 computes with the head then, transformers 4 with the embedding. */
    @Test
    void refusesAHeadThatIsNotTheEmbeddingWhichIsSaidToBeIt() throws IOException {
        config("LlamaForCausalLM", ",\"tie_word_embeddings\":true");
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("lm_head.weight", 10, 8));
        write(tensors, TensorType.F32);
        Path file = folder.resolve("model.safetensors");

        WeightCheck.refuseUnfit(ModelFolder.open(folder));

        endInAHalf(file, "lm_head.weight");
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining(
                        "FT0421: tie_word_embeddings is true, and lm_head.weight is not model.embed_tokens.weight")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies())
                                .containsExactly(
                                        "\"tie_word_embeddings\": false    # in config.json, if the head was trained apart",
                                        "remove lm_head.weight from the weights, if the model was trained with tied weights"));

        config("LlamaForCausalLM", "");
        WeightCheck.refuseUnfit(ModelFolder.open(folder));
    }

    @Test
    void comparesAHeadOfAnotherNumberFormatByItsValues() throws IOException {
        config("LlamaForCausalLM", ",\"tie_word_embeddings\":true");
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("lm_head.weight", 10, 8));
        Path file = folder.resolve("model.safetensors");
        WrittenWeights.write(file, tensors, name -> name.equals("lm_head.weight") ? TensorType.BF16 : TensorType.F32);

        WeightCheck.refuseUnfit(ModelFolder.open(folder));

        endInAHalf(file, "lm_head.weight");
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("lm_head.weight is not model.embed_tokens.weight");

        endInAHalf(file, "model.embed_tokens.weight");
        WeightCheck.refuseUnfit(ModelFolder.open(folder));
    }

    /** 0.5 and 32,769 / 2^24 as F32, which is 0x3804 as F16 and 0x3f01 as BF16. */
    @Test
    void passesAHeadThatIsTheEmbeddingRoundedToTheNarrowerFormat() throws IOException {
        config("LlamaForCausalLM", ",\"tie_word_embeddings\":true");
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("lm_head.weight", 10, 8));
        Path file = folder.resolve("model.safetensors");

        writeHeadAs(TensorType.BF16, tensors, TensorType.F32);
        endIn(file, "model.embed_tokens.weight", 0x01, 0x80, 0x00, 0x3f);
        endIn(file, "lm_head.weight", 0x01, 0x3f);
        WeightCheck.refuseUnfit(ModelFolder.open(folder));
        endIn(file, "lm_head.weight", 0x00, 0x3f);
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("lm_head.weight is not model.embed_tokens.weight");

        writeHeadAs(TensorType.F32, tensors, TensorType.F16);
        endIn(file, "model.embed_tokens.weight", 0x04, 0x38);
        endIn(file, "lm_head.weight", 0x01, 0x80, 0x00, 0x3f);
        WeightCheck.refuseUnfit(ModelFolder.open(folder));
        endIn(file, "model.embed_tokens.weight", 0x05, 0x38);
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("lm_head.weight is not model.embed_tokens.weight");

        writeHeadAs(TensorType.F16, tensors, TensorType.BF16);
        endIn(file, "model.embed_tokens.weight", 0x00, 0x3f);
        endIn(file, "lm_head.weight", 0x03, 0x38);
        WeightCheck.refuseUnfit(ModelFolder.open(folder));
    }

    @Test
    void comparesMoreOfAHeadThanItReadsAtOnce() throws IOException {
        config("LlamaForCausalLM", ",\"tie_word_embeddings\":true");
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"vocab_size\":10", "\"vocab_size\":70000"));
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("lm_head.weight", 70_000, 8));
        write(tensors, TensorType.F16);

        WeightCheck.refuseUnfit(ModelFolder.open(folder));

        endInAHalf(folder.resolve("model.safetensors"), "lm_head.weight");
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("lm_head.weight is not model.embed_tokens.weight");
    }

    @Test
    void refusesAHeadOfAnotherShapeAndPassesOneThatIsNotRead() throws IOException {
        config("LlamaForCausalLM", ",\"tie_word_embeddings\":true");
        List<ExpectedTensor> tensors = expected();
        tensors.add(ExpectedTensor.of("lm_head.weight", 12, 8));
        write(tensors, TensorType.F32);

        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("lm_head.weight is not model.embed_tokens.weight");

        tensors.set(tensors.size() - 1, ExpectedTensor.of("lm_head.weight", 10, 8));
        Path file = folder.resolve("model.safetensors");
        WrittenWeights.write(file, tensors, name -> name.equals("lm_head.weight") ? TensorType.I8 : TensorType.F32);
        endInAHalf(file, "lm_head.weight");
        WeightCheck.refuseUnfit(ModelFolder.open(folder));
    }

    @Test
    void namesAFewOfTheMissingTensorsAndCountsTheRest() throws IOException {
        write(expected().subList(0, 10), TensorType.F32);

        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0410");
                            assertThat(problem.summary()).isEqualTo("11 tensors are missing");
                            assertThat(problem.causes())
                                    .containsExactly(
                                            "the configuration calls for 21, the file holds 10",
                                            "model.layers.1.input_layernorm.weight",
                                            "model.layers.1.self_attn.q_proj.weight",
                                            "model.layers.1.self_attn.k_proj.weight",
                                            "and 8 more");
                        }));
    }

    @Test
    void tellsShapesAndFormatsThatDoNotFitAtOnce() throws IOException {
        List<ExpectedTensor> tensors = expected();
        tensors.set(0, ExpectedTensor.of("model.embed_tokens.weight", 12, 8));
        write(tensors, TensorType.I8);

        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0471: model.embed_tokens.weight is [12, 8], not [10, 8]")
                .hasMessageContaining("FT0409: model.layers.0.input_layernorm.weight is I8");
    }

    @Test
    void looksOnlyAtHeadersOfAnArchitectureThatItDoesNotKnow() throws IOException {
        config("MambaForCausalLM", "");
        write(List.of(ExpectedTensor.of("x", 1)), TensorType.F32);

        WeightCheck.refuseUnfit(ModelFolder.open(folder));

        Files.write(folder.resolve("model.safetensors"), new byte[4]);
        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(folder)))
                .hasMessageContaining("FT0404");
    }

    @Test
    void knowsTheNamesOfAGgufFile() {
        Path onlyAnEmbedding = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec/smollm.gguf");

        assertThatThrownBy(() -> WeightCheck.refuseUnfit(ModelFolder.open(onlyAnEmbedding)))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e.problems().get(0).summary()).isEqualTo("10 tensors are missing");
                    assertThat(e.problems().get(0).causes()).contains("blk.0.attn_norm.weight");
                });
    }

    /** Writes 0x3f as the last byte of a tensor, which makes its last number 0.5 as F32 and as BF16. */
    private static void endInAHalf(Path file, String name) throws IOException {
        endIn(file, name, 0x3f);
    }

    private static void endIn(Path file, String name, int... last) throws IOException {
        TensorEntry tensor;
        try (WeightFile weights = WeightFile.open(file)) {
            tensor = weights.entry(name);
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(tensor.offset() + tensor.bytes() - last.length);
            for (int each : last) {
                bytes.write(each);
            }
        }
    }

    private void writeHeadAs(TensorType type, List<ExpectedTensor> tensors, TensorType others) throws IOException {
        WrittenWeights.write(
                folder.resolve("model.safetensors"), tensors, name -> name.equals("lm_head.weight") ? type : others);
    }

    private void config(String architecture, String more) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\":[\"" + architecture + "\"],\"hidden_size\":8,\"num_attention_heads\":4,"
                        + "\"num_key_value_heads\":2,\"num_hidden_layers\":2,\"intermediate_size\":16,\"vocab_size\":10"
                        + more + "}");
    }

    private List<ExpectedTensor> expected() {
        return DecoderTensors.of(ModelFolder.open(folder).config(), false).all().stream()
                .collect(Collectors.toList());
    }

    private void write(List<ExpectedTensor> tensors, TensorType type) throws IOException {
        WrittenWeights.write(folder.resolve("model.safetensors"), tensors, type);
    }
}
