package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    /** The published configurations, as far as they set sizes, and the counts that their makers print, in millions. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8030.3 | {'model_type':'llama','hidden_size':4096,'num_hidden_layers':32,'intermediate_size':14336,'num_attention_heads':32,'num_key_value_heads':8,'vocab_size':128256,'tie_word_embeddings':false}",
                "1235.8 | {'model_type':'llama','hidden_size':2048,'num_hidden_layers':16,'intermediate_size':8192,'num_attention_heads':32,'num_key_value_heads':8,'head_dim':64,'vocab_size':128256,'tie_word_embeddings':true}",
                "494.0 | {'model_type':'qwen2','hidden_size':896,'num_hidden_layers':24,'intermediate_size':4864,'num_attention_heads':14,'num_key_value_heads':2,'vocab_size':151936,'tie_word_embeddings':true}",
                "2614.3 | {'model_type':'gemma2','hidden_size':2304,'num_hidden_layers':26,'intermediate_size':9216,'num_attention_heads':8,'num_key_value_heads':4,'head_dim':256,'vocab_size':256000}",
                "46702.8 | {'model_type':'mixtral','hidden_size':4096,'num_hidden_layers':32,'intermediate_size':14336,'num_attention_heads':32,'num_key_value_heads':8,'vocab_size':32000,'num_local_experts':8,'num_experts_per_tok':2,'tie_word_embeddings':false}",
                "30532.1 | {'model_type':'qwen3_moe','hidden_size':2048,'num_hidden_layers':48,'intermediate_size':6144,'moe_intermediate_size':768,'num_experts':128,'num_experts_per_tok':8,'num_attention_heads':32,'num_key_value_heads':4,'head_dim':128,'vocab_size':151936,'tie_word_embeddings':false}",
                "671026.4 | {'model_type':'deepseek_v3','hidden_size':7168,'num_hidden_layers':61,'intermediate_size':18432,'moe_intermediate_size':2048,'n_routed_experts':256,'n_shared_experts':1,'num_experts_per_tok':8,'first_k_dense_replace':3,'num_attention_heads':128,'num_key_value_heads':128,'q_lora_rank':1536,'kv_lora_rank':512,'qk_rope_head_dim':64,'qk_nope_head_dim':128,'v_head_dim':128,'vocab_size':129280,'tie_word_embeddings':false}",
                "124.4 | {'model_type':'gpt2','n_embd':768,'n_layer':12,'n_head':12,'n_positions':1024,'vocab_size':50257}",
                "109.5 | {'model_type':'bert','hidden_size':768,'num_hidden_layers':12,'intermediate_size':3072,'num_attention_heads':12,'max_position_embeddings':512,'vocab_size':30522}",
                "6921.7 | {'model_type':'falcon','hidden_size':4544,'num_hidden_layers':32,'num_attention_heads':71,'multi_query':true,'vocab_size':65024}",
                "2849.8 | {'model_type':'t5','d_model':2048,'num_layers':24,'num_decoder_layers':24,'d_ff':5120,'d_kv':64,'num_heads':32,'vocab_size':32128,'feed_forward_proj':'gated-gelu','tie_word_embeddings':false}",
            })
    void countsTheWeightsOfPublishedModels(double millions, String config) {
        Architecture architecture = Architecture.ofConfig(json(config));

        assertThat(architecture.parameters() / 1e6).isCloseTo(millions, within(0.005 * millions));
        assertThat(architecture.isInterpolated()).isFalse();
    }

    /** As transformers reads them, families' defaults and T5's gate among it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | {'model_type':'gpt2'}",
                "true | {'model_type':'gpt2','activation_function':'gelu_new'}",
                "false | {'model_type':'gpt2','activation_function':'gelu_pytorch_tanh'}",
                "true | {'model_type':'phi','hidden_act':'gelu_new'}",
                "true | {'model_type':'t5','feed_forward_proj':'gated-gelu'}",
                "false | {'model_type':'t5','feed_forward_proj':'relu'}",
                "false | {'model_type':'gpt_neox','hidden_act':'gelu'}",
                "false | {'model_type':'llama'}"
            })
    void readsWhetherGeluIsWrittenOutInPython(boolean hasNewGelu, String keys) {
        Architecture architecture = Architecture.ofConfig(json(keys.replace(
                "}", ",'hidden_size':64,'num_hidden_layers':2,'num_attention_heads':4,'vocab_size':1000}")));

        assertThat(architecture.hasNewGelu()).isEqualTo(hasNewGelu);
    }

    /** Configurations of the first DeBERTa that turn it off have plain attention. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | {'model_type':'deberta-v2','relative_attention':true}",
                "true | {'model_type':'deberta','relative_attention':true}",
                "false | {'model_type':'deberta'}",
                "false | {'model_type':'bert'}"
            })
    void readsWhetherAttentionIsDisentangled(boolean isDisentangled, String keys) {
        Architecture architecture = Architecture.ofConfig(json(keys.replace(
                "}", ",'hidden_size':64,'num_hidden_layers':2,'num_attention_heads':4,'vocab_size':1000}")));

        assertThat(architecture.hasDisentangledAttention()).isEqualTo(isDisentangled);
    }

    @Test
    void readsTheTextModelOfAModelThatAlsoSees() {
        Architecture architecture = Architecture.ofConfig(
                json("{'model_type':'gemma3','text_config':{'model_type':'gemma3_text','hidden_size':2560,"
                        + "'num_hidden_layers':34,'intermediate_size':10240,'num_attention_heads':8,"
                        + "'num_key_value_heads':4,'head_dim':256,'vocab_size':262208}}"));

        assertThat(architecture.layers()).isEqualTo(34);
        assertThat(architecture.hasTiedEmbeddings()).isTrue();
    }

    @Test
    void namesTheSizesThatAConfigurationLacks() {
        assertThatThrownBy(() -> Architecture.ofConfig(json("{'model_type':'llama','hidden_size':64}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config.json has no num_hidden_layers");
        assertThatThrownBy(() -> Architecture.ofConfig(
                        json("{'model_type':'llama','hidden_size':64,'num_hidden_layers':-3,'n_layer':2}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("config.json: num_hidden_layers must be a whole number from 1 to 2147483647, was -3");
    }

    @Test
    void readsNoSizeButTheOneThatIsWritten() {
        assertThat(Architecture.ofConfig(llama("64.0", "16")).hiddenSize()).isEqualTo(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Architecture.ofConfig(llama("4294967360", "16")))
                .withMessage("config.json: hidden_size must be a whole number from 1 to 2147483647, was 4294967360");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Architecture.ofConfig(llama("64.5", "16")))
                .withMessage("config.json: hidden_size must be a whole number from 1 to 2147483647, was 64.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Architecture.ofConfig(llama("64", "16.5")))
                .withMessage("config.json: head_dim must be a whole number from 1 to 2147483647, was 16.5");
        for (String headSize : List.of("-5", "0")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Architecture.ofConfig(llama("64", headSize)))
                    .withMessage("config.json: head_dim must be a whole number from 1 to 2147483647, was " + headSize);
        }
    }

    @Test
    void expertsHaveAWidthAndMayShareNone() {
        String experts = "{'model_type':'qwen3_moe','hidden_size':64,'num_hidden_layers':2,'num_attention_heads':4,"
                + "'intermediate_size':128,'vocab_size':1000,'num_experts':4,'shared_expert_intermediate_size':0,"
                + "'moe_intermediate_size':";

        assertThat(Architecture.ofConfig(json(experts + "32}")).experts()).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Architecture.ofConfig(json(experts + "0}")))
                .withMessage("config.json: moe_intermediate_size must be a whole number from 1 to 2147483647, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Architecture.ofConfig(json(experts + "32,'n_shared_experts':-1}")))
                .withMessage("config.json: n_shared_experts must be a whole number from 0 to 2147483647, was -1");
    }

    private static JsonNode llama(String hiddenSize, String headSize) {
        return json("{'model_type':'llama','hidden_size':" + hiddenSize + ",'num_hidden_layers':2,"
                + "'num_attention_heads':4,'head_dim':" + headSize + ",'intermediate_size':128,'vocab_size':1000}");
    }

    @ParameterizedTest
    @CsvSource({"135e6", "1.1e9", "3e9", "7e9", "13e9", "70e9", "405e9"})
    void guessesAShapeOfTheGivenSize(double parameters) {
        Architecture guessed = Architecture.ofParameters(parameters);

        assertThat(guessed.parameters()).isCloseTo(parameters, within(0.01 * parameters));
        assertThat(guessed.isInterpolated()).isTrue();
    }

    @Test
    void passesOnlyTheActiveExperts() {
        Architecture mixtral = Architecture.ofConfig(
                json("{'model_type':'mixtral','hidden_size':4096,'num_hidden_layers':32,'intermediate_size':14336,"
                        + "'num_attention_heads':32,'num_key_value_heads':8,'vocab_size':32000,'num_local_experts':8,"
                        + "'num_experts_per_tok':2,'tie_word_embeddings':false}"));

        double active = mixtral.activeLinearParameters() + mixtral.embeddingParameters() + mixtral.headParameters();
        assertThat(active / 1e9).isCloseTo(12.9, within(0.1));
    }

    /** T5's encoder has 12 layers of {@code 4 C 12 D C + 2 C F} weights, its decoder as many with attention twice. */
    @Test
    void passesTheEncoderOrTheDecoder() {
        Architecture t5 = Architecture.ofConfig(
                json("{'model_type':'t5','d_model':768,'num_layers':12,'num_decoder_layers':12,'d_ff':3072,"
                        + "'num_heads':12,'d_kv':64,'vocab_size':32128}"));
        double attention = 4 * 768.0 * 768;
        double feedForward = 2 * 768.0 * 3072;

        assertThat(t5.linearParameters()).isCloseTo(24 * feedForward + 36 * attention, within(1.0));
        assertThat(t5.activeLinearParameters()).isCloseTo(12 * feedForward + 18 * attention, within(1.0));
        assertThat(t5.attentionOperations(100)).isCloseTo(4 * 100 * 768.0 * 12, within(1.0));
    }

    /** As litgpt and PEFT print them for Llama 2 7B, rank 8 on queries and values, and on all matrices. */
    @Test
    void countsAdapters() {
        Architecture llama = Architecture.ofConfig(
                json("{'model_type':'llama','hidden_size':4096,'num_hidden_layers':32,'intermediate_size':11008,"
                        + "'num_attention_heads':32,'vocab_size':32000,'tie_word_embeddings':false}"));

        assertThat(8 * llama.adapterParametersPerRank(Set.of(Projection.QUERY, Projection.VALUE)))
                .isEqualTo(4_194_304);
        assertThat(8 * llama.adapterParametersPerRank(EnumSet.allOf(Projection.class)))
                .isEqualTo(19_988_480);
    }

    private static JsonNode json(String text) {
        return Json.read(text.replace('\'', '"'), JsonNode.class);
    }
}
