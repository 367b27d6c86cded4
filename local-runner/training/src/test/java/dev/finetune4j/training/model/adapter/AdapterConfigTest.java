package dev.finetune4j.training.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever PEFT may write is read as it is meant there, or refused. */
class AdapterConfigTest {
    private static final String PLAIN =
            "'peft_type': 'LORA', 'r': 8, 'lora_alpha': 16, 'target_modules': ['v_proj', 'mlp.up_proj']";

    @TempDir
    Path folder;

    @Test
    void readsEverySettingThatHasACounterpart() throws IOException {
        LoraTuning method = read(
                PLAIN + ", 'lora_dropout': 0.25, 'use_rslora': true, 'use_dora': true, 'rank_pattern': {'v_proj': 4},"
                        + " 'alpha_pattern': {'v_proj': 2.5}, 'layers_to_transform': [3, 1], 'layers_pattern': 'layers',"
                        + " 'bias': 'none', 'init_lora_weights': 'gaussian', 'modules_to_save': ['lm_head', 'model.embed_tokens'], 'loftq_config': {}");

        assertThat(method)
                .isEqualTo(new LoraTuning(
                        8,
                        16,
                        0.25,
                        List.of("up_proj", "v_proj"),
                        true,
                        true,
                        Map.of("v_proj", 4),
                        Map.of("v_proj", 2.5),
                        List.of(1, 3),
                        List.of("embed_tokens", "lm_head")));
        assertThat(method.scaleOf("v_proj")).isEqualTo(1.25);
        assertThat(method.scaleOf("up_proj")).isCloseTo(16 / Math.sqrt(8), offset(1e-12));
    }

    /** To PEFT they have no effect. */
    @Test
    void leavesOutRanksAndAlphasOfModulesThatGetNoAdapter() throws IOException {
        LoraTuning method =
                read(PLAIN + ", 'rank_pattern': {'v_proj': 4, 'k_proj': 2}, 'alpha_pattern': {'k_proj': 2.5}");

        assertThat(method.ranks()).isEqualTo(Map.of("v_proj", 4));
        assertThat(method.alphas()).isEmpty();
    }

    @Test
    void oneLayerMayStandWithoutAList() throws IOException {
        assertThat(read(PLAIN + ", 'layers_to_transform': 2").layers()).containsExactly(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.layers.1.mlp.up_proj, model.layers.4.mlp.up_proj, layers.1.self_attn.q_proj, 4.self_attn.q_proj"
                        + " | | q_proj, up_proj | 1, 4",
                "model.layers.1.mlp.up_proj | 0 | up_proj | 1",
                "v_proj, model.layers.0.self_attn.v_proj | | v_proj |",
                "v_proj, model.layers.0.self_attn.v_proj | 3 | v_proj | 0, 3",
                "model.layers.0.self_attn.v_proj, model.norm | | v_proj | 0",
                "v_proj, mlp.up_proj, model.layers.0.self_attn.v_proj | | up_proj, v_proj |",
                "mlp.up_proj, model.layers.0.mlp.up_proj | 3 | up_proj | 0, 3",
                "layers.0.self_attn.v_proj, layers.1.self_attn.v_proj, 2.self_attn.v_proj | 1 | v_proj | 1",
                "bert.encoder.layer.0.output.dense, encoder.layer.1.output.dense, bert.pooler.dense | 2 | dense | 0",
            })
    void takesAPathForTheLayerThatItNames(
            String paths, @Nullable String transformed, String names, @Nullable String layers) throws IOException {
        String settings = "'peft_type': 'LORA', 'target_modules': ['" + paths.replace(", ", "', '") + "']";

        LoraTuning method =
                read(transformed == null ? settings : settings + ", 'layers_to_transform': [" + transformed + "]");

        assertThat(method.targetModules()).containsExactly(names.split(", "));
        assertThat(method.layers().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                .isEqualTo(layers == null ? "" : layers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'fan_in_fan_out': true | fan_in_fan_out is true",
                "'modules_to_save': ['lm_head', 'norm'] | modules_to_save names norm",
                "'exclude_modules': 'down_proj' | exclude_modules is \"down_proj\"",
                "'trainable_token_indices': [7] | trainable_token_indices is [7]",
                "'lora_bias': true | lora_bias is true",
                "'bias': 'all' | bias is all",
                "'bias': null | bias is null",
                "'use_rslora': 'false' | use_rslora is \"false\", neither true nor false",
                "'use_dora': 1 | use_dora is 1, neither true nor false",
                "'rank_pattern': {'v_proj': 4.9} | rank_pattern is 4.9, not a whole number",
                "'rank_pattern': {'v_proj': '4'} | rank_pattern is \"4\", not a whole number",
                "'alpha_pattern': {'v_proj': 'x'} | alpha_pattern is \"x\", not a number",
                "'layers_to_transform': ['0', '2'] | layers_to_transform is \"0\", not a whole number",
                "'layers_to_transform': true | layers_to_transform is true, not a whole number",
                "'layers_to_transform': 1.0 | layers_to_transform is 1.0, not a whole number",
                "'init_lora_weights': 'pissa' | init_lora_weights is pissa, which changes the base model",
                "'layers_pattern': ['h'] | layers_pattern is [\"h\"]",
                "'rank_pattern': {'layers.0.v_proj': 4} | rank_pattern has the key layers.0.v_proj",
                "'alpha_pattern': {'.*proj': 4} | alpha_pattern has the key .*proj",
                "'use_what_comes_next': 1 | use_what_comes_next is 1",
                "'peft_type': 'ADALORA' | peft_type is \"ADALORA\", not LORA",
                "'r': 0 | method.rank must be from 1 to 1024, was 0",
                "'r': 4.5 | r is 4.5, not a whole number",
                "'lora_alpha': 'eight' | lora_alpha is \"eight\", not a number",
                "'lora_alpha': null | lora_alpha is null, not a number",
                "'target_modules': '.*_proj' | target_modules is \".*_proj\"; only a list of names is supported",
                "'target_modules': [] | target_modules is [], which names no module",
                "'target_modules': ['v_proj', 7] | target_modules names 7, which is no text",
                "'modules_to_save': 'lm_head' | modules_to_save is \"lm_head\"; only a list of names is supported",
                "'modules_to_save': [null] | modules_to_save names null, which is no text",
                "'rank_pattern': ['v_proj'] | rank_pattern is [\"v_proj\"], not an object with names of modules",
                "'alpha_pattern': 4 | alpha_pattern is 4, not an object with names of modules",
                "'target_modules': ['v_proj', 'lm_head'] | target_modules names lm_head; only linear layers inside",
                "'target_modules': ['v_proj', 'model.embed_tokens'] | target_modules names embed_tokens; only linear",
                "'target_modules': ['layers.0.mlp.up_proj', 'layers.1.self_attn.q_proj']"
                        + " | target_modules names q_proj in one layer, but not the same in another",
                "'target_modules': ['v_proj', 'layers.0.mlp.up_proj']"
                        + " | target_modules names up_proj in one layer, but not the same in another",
                "'target_modules': ['mlp.up_proj', 'model.layers.0.self_attn.v_proj']"
                        + " | target_modules names v_proj in one layer, but not the same in another",
            })
    void refusesWhatItWouldComputeWrongly(String setting, String cause) {
        assertThatThrownBy(() -> read(PLAIN + ", " + setting)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            Problem problem = e.problems().get(0);
            assertThat(problem.code()).isEqualTo("FT0473");
            assertThat(problem.causes()).anySatisfy(each -> assertThat(each).startsWith(cause));
        });
    }

    @Test
    void missesModulesOnlyInAKindThatHasThem() {
        assertThatThrownBy(() -> read("'peft_type': 'LORA'"))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes()).containsExactly("target_modules is missing"));
        assertThatThrownBy(() -> read("'r': 8"))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .containsExactly("peft_type is missing, not LORA"));
        assertThatThrownBy(() -> read("'peft_type': 'PROMPT_TUNING'"))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .containsExactly("peft_type is \"PROMPT_TUNING\", not LORA"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[1]", "\"LORA\""})
    void refusesAFileThatHoldsNoObject(String content) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), content);

        assertThatThrownBy(() -> AdapterConfig.read(folder))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes()).containsExactly("it holds no JSON object"));
    }

    /** As PEFT 0.21.2 has them, only factors start so. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'init_lora_weights': 'orthogonal'",
                "'init_lora_weights': 'mica'",
                "'init_lora_weights': 'eva', 'eva_config': {'rho': 1.0}",
                "'init_lora_weights': null, 'use_rslora': null, 'layers_to_transform': null",
                "'rank_pattern': null, 'alpha_pattern': null, 'modules_to_save': null"
            })
    void takesWhatLeavesTheBaseModelAsItIs(String setting) throws IOException {
        assertThat(read(PLAIN + ", " + setting)).isEqualTo(read(PLAIN));
    }

    /** A file of an old PEFT, or one that was written by hand, may leave them out. */
    @Test
    void rankAndAlphaThatAreNotSaidAreThoseOfPeft() throws IOException {
        LoraTuning method = read("'peft_type': 'LORA', 'target_modules': ['v_proj']");

        assertThat(method.rank()).isEqualTo(8);
        assertThat(method.scaleOf("v_proj")).isEqualTo(1);
    }

    @Test
    void saysThatAFileIsMissing() throws IOException {
        assertSaysThatAFileIsMissing(() -> AdapterConfig.read(folder));

        read(PLAIN);
        assertSaysThatAFileIsMissing(() -> AdapterTensors.open(folder));
    }

    private static void assertSaysThatAFileIsMissing(ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOfSatisfying(FineTuneException.class, e -> {
            Problem problem = e.problems().get(0);
            assertThat(problem.code()).isEqualTo("FT0473");
            assertThat(problem.causes()).containsExactly("there is no such file");
        });
    }

    @Test
    void aQuantizationBesideItIsThatOfTheBaseModel() throws IOException {
        Path beside = folder.resolve("quantization_config.json");
        Files.writeString(
                beside,
                "{\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"nf4\","
                        + " \"bnb_4bit_use_double_quant\": true, \"bnb_4bit_compute_dtype\": \"bfloat16\"}");

        LoraTuning adapters = read(PLAIN);
        assertThat(AdapterConfig.read(folder)).isEqualTo(new QloraTuning(adapters));

        Files.writeString(beside, Files.readString(beside).replace("nf4", "fp4"));
        assertThatThrownBy(() -> AdapterConfig.read(folder))
                .hasMessageContaining("FT0473")
                .hasMessageContaining("quantization_config.json");
    }

    private LoraTuning read(String settings) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{" + settings.replace('\'', '"') + "}");
        return AdapterConfig.read(folder).adapters().orElseThrow();
    }
}
