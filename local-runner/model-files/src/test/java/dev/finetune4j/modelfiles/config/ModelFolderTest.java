package dev.finetune4j.modelfiles.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.weights.GgufBytes;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
    private static final String REQUIRED = "\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":64,"
            + "\"num_attention_heads\":4,\"num_hidden_layers\":2,\"intermediate_size\":128,\"vocab_size\":100";
    private static final Path RESOURCES = Path.of("src/test/resources/dev/finetune4j/modelfiles");

    @TempDir
    private Path folder;

    @Test
    void readsAConfigurationWithTheDefaultsOfTransformers() throws IOException {
        ModelConfig config = config("{" + REQUIRED + "}");

        assertThat(config.architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(config.keyValueHeads()).isEqualTo(4);
        assertThat(config.headSize()).isEqualTo(16);
        assertThat(config.contextTokens()).isEqualTo(2048);
        assertThat(config.ropeTheta()).isEqualTo(10_000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.rmsEpsilon()).isEqualTo(1e-6);
        assertThat(config.activation()).isEqualTo("silu");
        assertThat(config.tiedEmbeddings()).isFalse();
        assertThat(config.attentionBias()).isEqualTo(AttentionBias.NONE);
        assertThat(config.beginTokenIfAny()).isEmpty();
        assertThat(config.slidingWindowIfAny()).isEmpty();
        assertThat(config.interleavedRotary()).isFalse();
    }

    /** As transformers 5.24 has it. */
    @ParameterizedTest
    @CsvSource({"Mistral,131072", "Qwen2,32768", "Qwen3,32768", "Phi3,4096", "Gemma2,8192", "Gemma3,131072"})
    void takesTheLengthOfTheFamilyWhereTheConfigurationHasNone(String family, int tokens) throws IOException {
        assertThat(config("{" + REQUIRED.replace("Llama", family) + "}").contextTokens())
                .isEqualTo(tokens);
    }

    @Test
    void readsEverythingThatAConfigurationSays() throws IOException {
        ModelConfig config = config("{" + REQUIRED.replace("Llama", "Mistral")
                + ",\"num_key_value_heads\":2,\"head_dim\":32,\"max_position_embeddings\":8192,\"rope_theta\":500000.0,"
                + "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                + "\"original_max_position_embeddings\":4096},\"rms_norm_eps\":1e-05,\"tie_word_embeddings\":true,"
                + "\"attention_bias\":true,\"mlp_bias\":true,\"sliding_window\":512,\"torch_dtype\":\"bfloat16\","
                + "\"bos_token_id\":1,\"eos_token_id\":[2,3]}");

        assertThat(config.keyValueHeads()).isEqualTo(2);
        assertThat(config.headSize()).isEqualTo(32);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 4096));
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.attentionBias()).isEqualTo(AttentionBias.ALL);
        assertThat(config.feedForwardBias()).isTrue();
        assertThat(config.slidingWindowIfAny()).contains(512);
        assertThat(config.storedType()).isEqualTo("bfloat16");
        assertThat(config.beginTokenIfAny()).hasValue(1);
        assertThat(config.endTokens()).containsExactly(2, 3);
    }

    @Test
    void readsTheKeysOfTransformersFive() throws IOException {
        ModelConfig config = config("{" + REQUIRED + ",\"dtype\":\"float16\","
                + "\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":2.0,\"rope_theta\":1000000.0}}");

        assertThat(config.ropeTheta()).isEqualTo(1_000_000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
        assertThat(config.supportedTokens()).isEqualTo(config.contextTokens());
        assertThat(config.storedType()).isEqualTo("float16");
    }

    /** As transformers 5.24 does. */
    @Test
    void letsTheOlderKeyOfRopeWinWhereBothAreThere() throws IOException {
        String scaling = ",\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":2.0},";
        ModelConfig both = config(
                "{" + REQUIRED + scaling
                        + "\"rope_theta\":500.0,\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":4.0,\"rope_theta\":7.0}}");
        ModelConfig none = config("{" + REQUIRED + scaling + "\"rope_parameters\":null}");
        ModelConfig empty = config(
                "{" + REQUIRED + ",\"rope_scaling\":{},\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":4.0}}");
        ModelConfig gemma = config(
                "{" + REQUIRED.replace("Llama", "Gemma3")
                        + ",\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":2.0},\"rope_parameters\":{"
                        + "\"full_attention\":{\"rope_type\":\"default\",\"rope_theta\":7.0},\"sliding_attention\":{\"rope_theta\":8.0}}}");

        assertThat(both.ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
        assertThat(both.ropeTheta()).isEqualTo(500);
        assertThat(none.ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
        assertThat(empty.ropeScaling()).isEqualTo(new RopeScaling.Linear(4));
        assertThat(gemma.ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
        assertThat(gemma.ropeTheta()).isEqualTo(7);
        assertThat(gemma.traits().windowedRopeTheta()).isEqualTo(8);
    }

    @Test
    void knowsTheBiasOfQwenAndHowYarnStretches() throws IOException {
        ModelConfig config = config(
                "{" + REQUIRED.replace("Llama", "Qwen2")
                        + ",\"use_sliding_window\":false,\"sliding_window\":512,\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4}}");

        assertThat(config.attentionBias()).isEqualTo(AttentionBias.QUERY_KEY_VALUE);
        assertThat(config.slidingWindowIfAny()).isEmpty();
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Yarn(4, 32, 1, 32_768, true, 0.1 * Math.log(4) + 1));
    }

    @Test
    void passesOnRopeThatItCannotCompute() throws IOException {
        ModelConfig config = config("{" + REQUIRED + ",\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":4}}");

        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Other("dynamic"));
    }

    @Test
    void givesGemmaWhatItsConfigurationLeavesOut() throws IOException {
        ModelConfig second = config("{" + REQUIRED.replace("Llama", "Gemma2") + "}");
        ModelConfig third = config(
                "{" + REQUIRED.replace("Llama", "Gemma3") + ",\"sliding_window\":512,\"sliding_window_pattern\":2}");

        assertThat(second.tiedEmbeddings()).isTrue();
        assertThat(second.headSize()).isEqualTo(256);
        assertThat(second.activation()).isEqualTo("gelu_pytorch_tanh");
        assertThat(second.slidingWindowIfAny()).contains(4096);
        assertThat(second.traits().scoreCap()).isEqualTo(50);
        assertThat(second.traits().logitCap()).isEqualTo(30);
        assertThat(second.traits().queryScale()).isEqualTo(1.0 / 16);
        assertThat(second.traits().windowed()).startsWith(true, false);
        assertThat(third.traits().scoreCap()).isZero();
        assertThat(third.traits().headNorms()).isTrue();
        assertThat(third.ropeTheta()).isEqualTo(1_000_000);
        assertThat(third.traits().windowedRopeTheta()).isEqualTo(10_000);
        assertThat(third.traits().windowed()).startsWith(true, false);
    }

    @Test
    void addsToTheSquaresOfPhiThreeWhatItsConfigurationLeavesOut() throws IOException {
        assertThat(config("{" + REQUIRED.replace("Llama", "Phi3") + "}").rmsEpsilon())
                .isEqualTo(1e-5);
    }

    /** transformers 5.24 reads each of these keys in other families alone, or not at all. */
    @Test
    void leavesOutWhatTheFamilyDoesNotRead() throws IOException {
        ModelConfig llama = config("{" + REQUIRED
                + ",\"partial_rotary_factor\":0.5,\"hidden_activation\":\"gelu_pytorch_tanh\",\"sliding_window\":8}");
        ModelConfig second = config("{" + REQUIRED.replace("Llama", "Gemma2") + ",\"hidden_act\":\"silu\"}");
        ModelConfig third = config("{" + REQUIRED.replace("Llama", "Gemma3")
                + ",\"attn_logit_softcapping\":2.0,\"final_logit_softcapping\":3.0}");
        ModelConfig phi = config("{" + REQUIRED.replace("Llama", "Phi3")
                + ",\"rope_parameters\":{\"rope_type\":\"default\",\"partial_rotary_factor\":0.5}}");

        assertThat(llama.traits().rotaryWidth()).isEqualTo(16);
        assertThat(llama.activation()).isEqualTo("silu");
        assertThat(second.activation()).isEqualTo("gelu_pytorch_tanh");
        assertThat(third.traits().scoreCap()).isZero();
        assertThat(third.traits().logitCap()).isEqualTo(3);
        assertThat(phi.traits().rotaryWidth()).isEqualTo(8);
        assertThat(phi.slidingWindowIfAny()).isEmpty();
        assertThat(config("{" + REQUIRED.replace("Llama", "Mistral") + "}").slidingWindowIfAny())
                .contains(4096);
    }

    @Test
    void tellsEveryKeyThatMakesAttentionBidirectional() throws IOException {
        String flag = ",\"use_bidirectional_attention\":true}";

        assertThat(config("{" + REQUIRED + ",\"is_causal\":false}").traits().bidirectional())
                .isTrue();
        assertThat(config("{" + REQUIRED + ",\"is_causal\":true}").traits().bidirectional())
                .isFalse();
        assertThat(config("{" + REQUIRED + flag).traits().bidirectional()).isFalse();
        for (String gemma : List.of("Gemma2", "Gemma3")) {
            assertThat(config("{" + REQUIRED.replace("Llama", gemma) + flag)
                            .traits()
                            .bidirectional())
                    .isTrue();
        }
    }

    @Test
    void looksAtTheKindsOfLayersOnlyInFamiliesThatDo() throws IOException {
        String kinds = ",\"sliding_window\":8,\"use_sliding_window\":true,"
                + "\"layer_types\":[\"full_attention\",\"sliding_attention\"]}";

        for (String family : List.of("Mistral", "Phi3")) {
            assertThat(config("{" + REQUIRED.replace("Llama", family) + kinds)
                            .traits()
                            .windowed())
                    .containsExactly(true, true);
        }
        for (String family : List.of("Qwen2", "Qwen3", "Gemma2", "Gemma3")) {
            assertThat(config("{" + REQUIRED.replace("Llama", family) + kinds)
                            .traits()
                            .windowed())
                    .containsExactly(false, true);
        }
    }

    @Test
    void refusesRotaryBasesThatAreNoneWhereverTheyStand() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{" + REQUIRED.replace("Llama", "Gemma3")
                        + ",\"rope_parameters\":{\"full_attention\":{\"rope_theta\":-1},"
                        + "\"sliding_attention\":{\"rope_theta\":0}}}");
        ModelFolder model = ModelFolder.open(folder);

        assertThatThrownBy(model::config)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("rope_theta is -1")
                .hasMessageContaining("rope_theta is 0");
    }

    @Test
    void findsTheOriginalLengthOfLongRopeBesideIt() throws IOException {
        ModelConfig config = config("{" + REQUIRED.replace("Llama", "Phi3")
                + ",\"max_position_embeddings\":8192,\"original_max_position_embeddings\":4096,\"head_dim\":4,"
                + "\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1.0,1.5],\"long_factor\":[2.0,4.0]}}");

        assertThat(config.traits().fusedProjections()).isTrue();
        assertThat(config.contextTokens()).isEqualTo(8192);
        assertThat(config.supportedTokens()).isEqualTo(4096);
        assertThat(config.ropeScaling())
                .isEqualTo(
                        new RopeScaling.LongRope(List.of(1.0, 1.5), 4096, Math.sqrt(1 + Math.log(2) / Math.log(4096))));
    }

    /** As transformers 5.24 does, which gives each kind of layers its defaults then. */
    @Test
    void readsRopeOfGemmaThreeOnlyWhereItStandsForAKindOfLayers() throws IOException {
        String flat = ",\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":8.0,\"rope_theta\":7.0}";
        ModelConfig alone = config("{" + REQUIRED.replace("Llama", "Gemma3") + flat + "}");
        ModelConfig beside = config("{" + REQUIRED.replace("Llama", "Gemma3") + flat + ",\"rope_theta\":5.0}");

        assertThat(alone.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(alone.ropeTheta()).isEqualTo(1_000_000);
        assertThat(alone.traits().windowedRopeTheta()).isEqualTo(10_000);
        assertThat(beside.ropeTheta()).isEqualTo(5);
        assertThat(config("{" + REQUIRED.replace("Llama", "Gemma2") + flat + "}")
                        .ropeTheta())
                .isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"su", "yarn"})
    void takesTheOlderNamesOfLongRopeInPhiThree(String name) throws IOException {
        String scaling = ",\"max_position_embeddings\":8192,\"head_dim\":4,\"rope_scaling\":{\"type\":\"" + name
                + "\",\"factor\":2.0,\"short_factor\":[1.0,1.5],\"long_factor\":[2.0,4.0]}}";

        assertThat(config("{" + REQUIRED.replace("Llama", "Phi3") + scaling).ropeScaling())
                .isEqualTo(longRope(4096));
        assertThat(config("{" + REQUIRED + scaling).ropeScaling()).isNotInstanceOf(RopeScaling.LongRope.class);
    }

    /** As transformers 5.24 does: the length beside rope wins, and Phi 3 and the others have defaults of their own. */
    @Test
    void findsTheOriginalLengthWhereTransformersDoes() throws IOException {
        String longRope = ",\"max_position_embeddings\":8192,\"head_dim\":4,\"rope_scaling\":{\"type\":\"longrope\","
                + "\"short_factor\":[1.0,1.5],\"original_max_position_embeddings\":512}";
        String llama3 = ",\"max_position_embeddings\":8192,\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,"
                + "\"low_freq_factor\":1.0,\"high_freq_factor\":4.0";
        String inRope = ",\"original_max_position_embeddings\":512}";
        String beside = ",\"original_max_position_embeddings\":2048}";
        String phi = "{" + REQUIRED.replace("Llama", "Phi3") + longRope;
        String gemma = "{" + REQUIRED.replace("Llama", "Gemma3") + llama3;

        assertThat(config(phi + beside).ropeScaling()).isEqualTo(longRope(2048));
        assertThat(config(phi + "}").ropeScaling()).isEqualTo(longRope(4096));
        assertThat(config("{" + REQUIRED + llama3 + inRope + beside).ropeScaling())
                .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 2048));
        assertThat(config("{" + REQUIRED + llama3 + inRope + "}").ropeScaling())
                .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 512));
        assertThat(config("{" + REQUIRED + llama3 + "}}").ropeScaling())
                .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 8192));
        assertThat(config(gemma + inRope + beside).ropeScaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 512));
    }

    private static RopeScaling longRope(int original) {
        double magnitude = Math.sqrt(1 + Math.log(8192.0 / original) / Math.log(original));
        return new RopeScaling.LongRope(List.of(1.0, 1.5), original, magnitude);
    }

    @Test
    void refusesLayersAndDivisorsOfAnotherCount() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{" + REQUIRED.replace("Llama", "Gemma2")
                        + ",\"original_max_position_embeddings\":4096,\"sliding_window\":8,\"layer_types\":[\"full_attention\"],"
                        + "\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1.0,-1]}}");
        ModelFolder model = ModelFolder.open(folder);

        assertThatThrownBy(model::config)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("layer_types names 1 layers")
                .hasMessageContaining("no usable short_factor");
    }

    @Test
    void namesEveryMissingAndImpossibleValueAtOnce() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"num_attention_heads\":4,\"num_key_value_heads\":3,\"hidden_size\":-1,\"num_hidden_layers\":99999,"
                        + "\"rms_norm_eps\":0,\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,"
                        + "\"original_max_position_embeddings\":0}}");
        ModelFolder model = ModelFolder.open(folder);

        assertThatThrownBy(model::config)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0421")
                .hasMessageContaining("architectures is missing")
                .hasMessageContaining("intermediate_size is missing")
                .hasMessageContaining("vocab_size is missing")
                .hasMessageContaining("hidden_size is -1")
                .hasMessageContaining("num_hidden_layers is 99999")
                .hasMessageContaining("num_key_value_heads is 3")
                .hasMessageContaining("rms_norm_eps is 0.0")
                .hasMessageContaining("no usable low_freq_factor")
                .hasMessageContaining("no usable original_max_position_embeddings");
    }

    /** T5 has d_model where others have hidden_size: no download gives it another. */
    @Test
    void asksForNoKeysOfAnArchitectureThatIsNotRead() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\":[\"T5ForConditionalGeneration\"],\"model_type\":\"t5\",\"d_model\":768,\"d_ff\":3072,"
                        + "\"num_layers\":12,\"num_heads\":12,\"vocab_size\":32128}");

        assertThatThrownBy(ModelFolder.open(folder)::config)
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0421");
                            assertThat(problem.summary())
                                    .isEqualTo("architecture T5ForConditionalGeneration is not read");
                            assertThat(problem.causes())
                                    .singleElement()
                                    .asString()
                                    .startsWith("read are LlamaForCausalLM, ");
                            assertThat(problem.remedies()).containsExactly("finetune models    # others");
                        }));
    }

    @Test
    void refusesNumbersThatAreNone() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":\"many\",\"num_key_value_heads\":[2],"
                        + "\"num_hidden_layers\":1e400,\"num_attention_heads\":1,\"intermediate_size\":8,"
                        + "\"vocab_size\":8,\"head_dim\":null,\"rms_norm_eps\":\"small\"}");

        assertThatThrownBy(ModelFolder.open(folder)::config)
                .hasMessageContaining("hidden_size is \"many\"")
                .hasMessageContaining("num_key_value_heads is [2]")
                .hasMessageContaining("num_hidden_layers is ")
                .hasMessageContaining("rms_norm_eps is \"small\"")
                .hasMessageNotContaining("head_dim");
    }

    /** transformers 5.24 refuses each of them, or fails on it; a default in its place would be another model. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Llama | 'rope_parameters':{'rope_type':'default','rope_theta':'x'} | rope_theta is \"x\"",
                "Llama | 'rope_parameters':{'rope_type':'default','rope_theta':null} | rope_theta is null",
                "Llama | 'rope_parameters':{'rope_theta':1e400} | rope_theta is",
                "Llama | 'rope_theta':'x' | rope_theta is \"x\"",
                "Llama | 'rope_theta':null | rope_theta is null",
                "Llama | 'rope_parameters':[1] | rope_parameters is [1]",
                "Llama | 'rope_scaling':'linear' | rope_scaling is \"linear\"",
                "Llama | 'rope_scaling':{'rope_type':7} | rope_type is 7",
                "Llama | 'rope_scaling':{'type':null} | type is null",
                "Llama | 'rope_scaling':{'type':'yarn','factor':4,'truncate':1} | truncate is 1",
                "Llama | 'rope_scaling':{'type':'yarn','factor':4,'beta_fast':'x'} | no usable beta_fast",
                "Llama | 'rope_scaling':{'type':'yarn','factor':4,'attention_factor':[]} | no usable attention_factor",
                "Llama | 'rope_scaling':{'type':'yarn','factor':4,'original_max_position_embeddings':'64'}"
                        + " | no usable original_max_position_embeddings",
                "Gemma3 | 'rope_parameters':{'full_attention':[]} | full_attention is []",
                "Gemma3 | 'rope_parameters':{'sliding_attention':5} | sliding_attention is 5",
                "Gemma3 | 'rope_local_base_freq':true | rope_local_base_freq is true",
                "Phi3 | 'partial_rotary_factor':'half' | partial_rotary_factor is \"half\"",
                "Phi3 | 'rope_parameters':{'partial_rotary_factor':null} | partial_rotary_factor is null",
                "Phi3 | 'partial_rotary_factor':1.5 | partial_rotary_factor is 1.5",
                "Llama | 'tie_word_embeddings':'no' | tie_word_embeddings is \"no\"",
                "Llama | 'tie_word_embeddings':null | tie_word_embeddings is null",
                "Llama | 'attention_bias':1 | attention_bias is 1",
                "Llama | 'mlp_bias':{} | mlp_bias is {}",
                "Llama | 'hidden_act':7 | hidden_act is 7",
                "Gemma2 | 'hidden_activation':[] | hidden_activation is []",
                "Llama | 'is_causal':0 | is_causal is 0",
                "Gemma2 | 'use_bidirectional_attention':'yes' | use_bidirectional_attention is \"yes\"",
                "Qwen2 | 'use_sliding_window':'yes' | use_sliding_window is \"yes\"",
                "Qwen2 | 'use_sliding_window':true,'max_window_layers':'x' | max_window_layers is \"x\"",
                "Qwen2 | 'use_sliding_window':true,'max_window_layers':-1 | max_window_layers is -1",
                "Mistral | 'sliding_window':'x' | sliding_window is \"x\"",
                "Gemma3 | 'sliding_window_pattern':0 | sliding_window_pattern is 0",
                "Gemma3 | 'layer_types':'full_attention' | layer_types is \"full_attention\"",
                "Qwen3 | 'layer_types':['full_attention',7] | layer_types names 7",
                "Gemma2 | 'attn_logit_softcapping':'x' | attn_logit_softcapping is \"x\"",
                "Gemma2 | 'final_logit_softcapping':[] | final_logit_softcapping is []",
                "Gemma2 | 'query_pre_attn_scalar':'x' | query_pre_attn_scalar is \"x\"",
                "Llama | 'eos_token_id':'x' | eos_token_id is \"x\"",
                "Llama | 'eos_token_id':[null] | eos_token_id is [null]",
                "Llama | 'eos_token_id':[2,99999999999] | eos_token_id is [2,99999999999]",
                "Llama | 'bos_token_id':1.5 | bos_token_id is 1.5",
                "Llama | 'pad_token_id':{} | pad_token_id is {}",
                "Llama | 'dtype':'float9' | dtype is \"float9\"",
                "Llama | 'torch_dtype':16 | torch_dtype is 16",
                "Llama | 'model_type':null | model_type is null",
                "Llama | 'model_type':['llama'] | model_type is [\"llama\"]",
                "Llama | 'model_type':'gpt9' | model_type is \"gpt9\"",
                "Llama | 'model_type':'mistral' | model_type is \"mistral\"",
            })
    void refusesValuesOfAnotherKind(String family, String values, String summary) throws IOException {
        String json = "{" + REQUIRED.replace("Llama", family) + "," + values.replace('\'', '"') + "}";

        assertThatThrownBy(() -> config(json))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0421");
                            assertThat(problem.summary()).contains(summary);
                        }));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Llama | 'rope_parameters':null,'rope_scaling':null,'rope_theta':10000",
                "Llama | 'eos_token_id':null,'bos_token_id':null,'pad_token_id':-1,'torch_dtype':null",
                "Llama | 'model_type':'llama','dtype':'bfloat16','rope_scaling':{}",
                "Mistral | 'model_type':'mistral','sliding_window':null",
                "Qwen2 | 'model_type':'qwen2','use_sliding_window':true,'max_window_layers':0,'layer_types':null",
                "Qwen3 | 'model_type':'qwen3','layer_types':['full_attention','attention'],'head_dim':null",
                "Phi3 | 'model_type':'phi3','partial_rotary_factor':null",
                "Gemma2 | 'model_type':'gemma2','use_bidirectional_attention':null,'attn_logit_softcapping':null",
                "Gemma3 | 'model_type':'gemma3_text','rope_parameters':{'sliding_attention':null}",
            })
    void takesWhatTransformersTakes(String family, String values) throws IOException {
        assertThat(config("{" + REQUIRED.replace("Llama", family) + "," + values.replace('\'', '"') + "}")
                        .architecture())
                .isEqualTo(family + "ForCausalLM");
    }

    /** Names of PyTorch's that few models have. */
    @ParameterizedTest
    @ValueSource(strings = {"short", "int", "uint16", "uint32", "uint64", "complex64", "float4_e2m1fn_x2"})
    void takesEveryNumberFormatOfPyTorch(String name) throws IOException {
        assertThat(config("{" + REQUIRED + ",\"torch_dtype\":\"" + name + "\"}").storedType())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'hidden_act':7 | hidden_act is 7",
                "'position_embedding_type':[] | position_embedding_type is []",
                "'is_decoder':'no' | is_decoder is \"no\"",
                "'pad_token_id':'x' | pad_token_id is \"x\"",
                "'dtype':'float9' | dtype is \"float9\"",
            })
    void refusesValuesOfAnotherKindInAnEncoder(String value, String summary) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{" + REQUIRED.replace("LlamaForCausalLM", "RobertaModel") + ",\"model_type\":\"roberta\","
                        + value.replace('\'', '"') + "}");

        assertThatThrownBy(ModelFolder.open(folder)::encoder)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0421: " + summary);
    }

    @Test
    void refusesEndsOfTextsThatAreNoTokenIds() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{" + REQUIRED + "}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":[\"x\"]}");

        assertThatThrownBy(ModelFolder.open(folder)::endTokens)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0421: eos_token_id is [\"x\"]")
                .hasMessageContaining("generation_config.json");
    }

    @Test
    void refusesAConfigurationThatIsMissingOrNoJson() throws IOException {
        ModelFolder model = ModelFolder.open(folder);
        assertThatThrownBy(model::config).isInstanceOf(FineTuneException.class).hasMessageContaining("FT0420");

        Files.writeString(folder.resolve("config.json"), "{\n  broken");
        assertThatThrownBy(model::config)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0421")
                .hasMessageContaining("config.json:2:");
    }

    @Test
    void saysWhyAConfigurationIsNoJsonInNoWordsOfTheLibrary() throws IOException {
        for (String broken : List.of("{", "{\"rms_norm_eps\": NaN}", "{\"a\":".repeat(100))) {
            Files.writeString(folder.resolve("config.json"), broken);
            ModelFolder model = ModelFolder.open(folder);

            assertThatThrownBy(model::config)
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            e -> assertThat(e.problems().get(0).causes())
                                    .singleElement()
                                    .asString()
                                    .isNotBlank()
                                    .doesNotContain("REDACTED", "Feature", "Constraints"));
        }
    }

    @Test
    void readsTheConfigurationOfAGgufFile() {
        ModelConfig config =
                ModelFolder.open(RESOURCES.resolve("codec/smollm.gguf")).config();

        assertThat(config.architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(config.hiddenSize()).isEqualTo(8);
        assertThat(config.vocabularySize()).isEqualTo(600);
        assertThat(config.keyValueHeads()).isEqualTo(1);
        assertThat(config.contextTokens()).isEqualTo(256);
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.interleavedRotary()).isTrue();
        assertThat(config.endTokens()).containsExactly(0);
    }

    @Test
    void refusesAGgufFileOfAnotherArchitecture() {
        Path file =
                GgufBytes.header(0, 1).textKey("general.architecture", "mamba").write(folder.resolve("m.gguf"));

        assertThatThrownBy(() -> ModelFolder.open(file).config())
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0422")
                .hasMessageContaining("mamba");
    }

    @Test
    void namesWhatAGgufFileLacks() {
        Path file =
                GgufBytes.header(0, 1).textKey("general.architecture", "llama").write(folder.resolve("m.gguf"));

        assertThatThrownBy(() -> ModelFolder.open(file).config())
                .hasMessageContaining("embedding_length is missing")
                .hasMessageContaining("block_count is missing")
                .hasMessageContaining("token_embd.weight is missing")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems())
                                .allSatisfy(
                                        problem -> assertThat(problem.remedies())
                                                .containsExactly(
                                                        "download the file again and compare its size and SHA-256 with the publisher's")));
    }

    @Test
    void takesAFolderWithOneGgufFileForThatFile() throws IOException {
        Files.copy(RESOURCES.resolve("codec/smollm.gguf"), folder.resolve("model.gguf"));

        ModelFolder model = ModelFolder.open(folder);

        assertThat(model.isGguf()).isTrue();
        assertThat(model.file("tokenizer.json")).isEmpty();
        try (WeightFile weights = model.openWeights()) {
            assertThat(weights.tensors()).containsKey("token_embd.weight");
        }
    }

    @Test
    void findsTheWeightsOfAFolder() throws IOException {
        Path weights = RESOURCES.resolve("weights/written.safetensors");
        ModelFolder model = ModelFolder.open(folder);
        assertThatThrownBy(model::openWeights).hasMessageContaining("FT0401").hasMessageContaining("no weights in");

        Files.writeString(folder.resolve("pytorch_model.bin"), "pickle");
        assertThatThrownBy(model::openWeights).hasMessageContaining("FT0403");

        Files.copy(weights, folder.resolve("model.safetensors"));
        try (WeightFile opened = model.openWeights()) {
            assertThat(opened.path()).isEqualTo(folder.resolve("model.safetensors"));
        }

        Files.copy(weights, folder.resolve("model-2.safetensors"));
        assertThatThrownBy(model::openWeights).hasMessageContaining("FT0401").hasMessageContaining("no index");

        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"scalar\":\"model-2.safetensors\"}}");
        try (WeightFile opened = model.openWeights()) {
            assertThat(opened.path()).isEqualTo(folder.resolve("model.safetensors.index.json"));
        }
    }

    @Test
    void refusesPathsWithoutAModel() throws IOException {
        Path single = Files.copy(RESOURCES.resolve("weights/written.safetensors"), folder.resolve("m.safetensors"));
        Path pickle = Files.writeString(folder.resolve("m.pt"), "pickle");

        assertThatThrownBy(() -> ModelFolder.open(folder.resolve("none"))).hasMessageContaining("FT0401");
        assertThatThrownBy(() -> ModelFolder.open(single)).hasMessageContaining("FT0401");
        assertThatThrownBy(() -> ModelFolder.open(pickle)).hasMessageContaining("FT0403");
    }

    @Test
    void collectsEndTokensOfBothConfigurations() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{" + REQUIRED + ",\"eos_token_id\":7}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":[9,7]}");

        assertThat(ModelFolder.open(folder).endTokens()).isEqualTo(List.of(9, 7));
    }

    private ModelConfig config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return ModelFolder.open(folder).config();
    }
}
