package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNamesTest {
    @Test
    void tellsTheMembersOfAFamilyApartBySize() {
        ModelNames names = new ModelNames();

        assertThat(names.find("01-ai/Yi-6B-Chat", OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(5.5, 6.5));
        assertThat(names.find("Qwen/Qwen-1_8B-Chat", OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(1.7, 2.0));
        assertThat(names.find("gpt2", OptionalDouble.of(1.5)))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(1.3, 1.7));
    }

    @ParameterizedTest
    @CsvSource({"microsoft/deberta-v3-small, true", "FacebookAI/xlm-roberta-large, false"})
    void knowsWhoseAttentionIsDisentangled(String name, boolean isDisentangled) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty()))
                .get()
                .returns(isDisentangled, Architecture::hasDisentangledAttention);
    }

    @ParameterizedTest
    @CsvSource({
        "microsoft/deberta-v3-base, 0.184",
        "microsoft/deberta-v3-large, 0.435",
        "distilbert-base-uncased, 0.066",
        "distilbert/distilgpt2, 0.082",
        "distilbert/distilroberta-base, 0.082",
        "FacebookAI/xlm-roberta-large, 0.56",
        "answerdotai/ModernBERT-large, 0.395",
        "microsoft/Phi-3-small-8k-instruct, 7.39",
        "allenai/OLMoE-1B-7B-0924, 6.92",
        "Qwen/Qwen2-57B-A14B, 57.4",
        "emilyalsentzer/Bio_ClinicalBERT, 0.11",
        "bert-base-uncased, 0.11"
    })
    void knowsAModelFromItsSmallerAndLargerKin(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.04 * billions));
            assertThat(model.isInterpolated()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "openai-community/gpt2-xl, true",
        "microsoft/phi-2, true",
        "microsoft/phi-4, false",
        "Llama 3.1 8B, false"
    })
    void knowsWhichHaveNewGelu(String name, boolean hasNewGelu) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty()))
                .get()
                .extracting(Architecture::hasNewGelu)
                .isEqualTo(hasNewGelu);
    }

    /** In billions, as the makers' configurations and files give them, without layers that only foretell further tokens. */
    @ParameterizedTest
    @CsvSource({
        "mistralai/Ministral-8B-Instruct-2410, 8.02",
        "google-bert/bert-large-uncased, 0.335",
        "ibm/PowerLM-3b, 3.5106",
        "google-bert/bert-base-multilingual-cased, 0.178",
        "distilbert/distilbert-base-multilingual-cased, 0.1347",
        "FacebookAI/roberta-base, 0.1246",
        "Qwen/Qwen3-Next-80B-A3B-Instruct, 79.67",
        "Qwen/Qwen3.5-0.8B, 0.7524",
        "Qwen/Qwen3.5-2B-Base, 1.8818",
        "Qwen/Qwen3.5-4B, 4.2058",
        "Qwen/Qwen3.5-9B, 8.9538",
        "Qwen/Qwen3.5-27B, 26.896",
        "Qwen3.8-27B (Qwen3_5ForCausalLM), 26.896",
        "Qwen/Qwen3.6-27B, 26.896",
        "Qwen/Qwen3.5-35B-A3B, 34.66",
        "Qwen/Qwen3.5-122B-A10B-FP8, 122.11",
        "Qwen/Qwen3.5-397B-A17B, 396.35",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B, 1.777",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B, 7.616",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B, 14.77",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B, 32.76",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-8B, 8.03",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-70B, 70.55",
        "zai-org/GLM-4.5, 352.8",
        "zai-org/GLM-4.7, 352.8",
        "GLM-4.5-NVFP4, 352.8",
        "GLM-4.5 (vLLM), 352.8",
        "zai-org/GLM-4.5V, 106.85",
        "zai-org/GLM-4.5-Air, 106.85",
        "zai-org/GLM-4.7-Flash, 29.94",
        "THUDM/glm-4-9b-chat, 9.4",
        "BAAI/bge-small-en-v1.5, 0.03336",
        "BAAI/bge-base-en-v1.5, 0.1095",
        "bge_base_en, 0.1095",
        "BAAI/bge-large-en-v1.5, 0.335",
        "tiiuae/falcon-7b-instruct, 6.92",
        "tiiuae/Falcon3-7B-Base, 7.05"
    })
    void countsTheWeightsOfModelsThatAreNamedLikeOthers(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.005 * billions));
            assertThat(model.isInterpolated()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Llama 3.1, 8, Llama-3.1-8B",
        "Llama 3.1, 8.03, Llama-3.1-8B",
        "Llama 3.1, 70.6, Llama-3.1-70B",
        "Llama 3.2, 1.24, Llama-3.2-1B",
        "Llama 3.2, 3.21, Llama-3.2-3B",
        "Llama32-1B, , Llama-3.2-1B",
        "Llama 3.1 8 B, , Llama-3.1-8B",
        "LLAMA3_8B, , Llama-3-8B",
        "Code Llama 34B, , CodeLlama-34b-hf",
        "Llama 4-bit 7B, , llama-7b",
        "Code Llama 4-bit 34B, , CodeLlama-34b-hf",
        "Llama 3 8-bit 8B, , Llama-3-8B",
        "Llama 3.1 8B (4-bit), , Llama-3.1-8B",
        "unsloth/llama-3-8b-bnb-4bit, , Llama-3-8B",
        "Gemma 4-bit 7B, , gemma-7b",
        "4bit Gemma 2 9B, , gemma-2-9b",
        "gemma-2_8bit_9b, , gemma-2-9b",
        "Gemma 3 4-bit, 4.3, gemma-3-4b-it",
        "Gemma 4 (4 bits) 12B, , gemma-4-12b",
        "StableLM-3B-4E1T-chat, , stablelm-3b-4e1t",
        "Gemma 3 (1B), , gemma-3-1b-it",
        "Gemma 3 4B, , gemma-3-4b-it",
        "gemma3-4b, , gemma-3-4b-it",
        "gemma3:4b, , gemma-3-4b-it",
        "Gemma 3, 4.3, gemma-3-4b-it",
        "Gemma2 9B, , gemma-2-9b",
        "Gemma 2 (9B), , gemma-2-9b",
        "Gemma_2_9B, , gemma-2-9b",
        "Gemma 2, 2.6, gemma-2-2b",
        "Gemma, 7, gemma-7b",
        "Gemma, 2.51, gemma-2b",
        "Gemma, 8.54, gemma-7b",
        "CodeGemma, 2.51, gemma-2b",
        "Gemma 2, 2.61, gemma-2-2b",
        "gemma1.1 2b, , gemma-2b",
        "Qwen 2.5 0.5B, , Qwen2.5-0.5B",
        "Qwen 2.5 3B, , Qwen2.5-3B",
        "Qwen 2.5, 0.5, Qwen2.5-0.5B",
        "Qwen 3 0.6B, , Qwen3-0.6B",
        "Qwen 3 4B, , Qwen3-4B",
        "Qwen 3 30B A3B, , Qwen3-30B-A3B",
        "Qwen 3, 30.5, Qwen3-30B-A3B",
        "Qwen 3 32B, , Qwen3-32B",
        "Qwen 3.5 27B, , Qwen3.5-27B",
        "Qwen 3.5, 27.8, Qwen3.5-27B",
        "Qwen 3.5, 0.87, Qwen3.5-0.8B",
        "qwen3.5:9b, , Qwen3.5-9B",
        "unsloth/Qwen3.5-4B-bnb-4bit, 4.66, Qwen3.5-4B",
        "Qwen 3.5, 36, Qwen3.5-35B-A3B",
        "Qwen3.5-35B-A3B, 3, Qwen3.5-35B-A3B",
        "Qwen 3.5, 397, Qwen3.5-397B-A17B",
        "Qwen 3.6 35B A3B, , Qwen3.5-35B-A3B",
        "Mistral Nemo 12B, , Mistral-Nemo",
        "Mistral Large, , Mistral-Large-Instruct-2407",
        "Mistral Large, 123, Mistral-Large-Instruct-2407",
        "Mistral Small, , Mistral-Small-24B",
        "Mistral Small 3.1, , Mistral-Small-24B",
        "Mistral Small, 22.2, Mistral-Small-2409",
        "Phi 3.5 mini 3.8B, , Phi-3.5-mini-instruct",
        "Phi 3 mini, , Phi-3-mini-4k-instruct",
        "Phi 3, 14, Phi-3-medium",
        "Phi 4, 3.8, Phi-4-mini-instruct",
        "Phi 1.5, , phi-1_5",
        "gpt-oss, 20.9, gpt-oss-20b",
        "gpt-oss, 117, gpt-oss-120b",
        "Mixtral, 46.7, Mixtral-8x7B",
        "Mixtral, 141, Mixtral-8x22B",
        "GLM-4.5, 355, zai-org/GLM-4.5",
        "GLM-4.5, 106, GLM-4.5-Air",
        "GLM-4.5, 32, zai-org/GLM-4.5",
        "Yi 34B, , Yi-34B",
        "DistilBERT, , distilbert-base",
        "DistilBERT base, , distilbert-base"
    })
    void findsAModelHoweverItsNameIsWritten(String written, @Nullable Double billions, String name) {
        ModelNames names = new ModelNames();
        OptionalDouble size = billions == null ? OptionalDouble.empty() : OptionalDouble.of(billions);

        assertThat(names.find(written, size))
                .isPresent()
                .isEqualTo(names.find(name, OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.isInterpolated()).isFalse());
    }

    /** Of which 17 billion of 109 are active; and Llama 3.2 with eyes, whose name says no size. */
    @Test
    void takesNoModelForASmallerOneOfItsFamily() {
        ModelNames names = new ModelNames();

        assertThat(names.find("Llama-4-Scout-17B-16E", OptionalDouble.empty())).isEmpty();
        assertThat(names.find("Llama-4-Scout-17B-16E", OptionalDouble.of(109)))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isBetween(100.0, 118.0));
        assertThat(names.find("Mistral Medium", OptionalDouble.empty())).isEmpty();
        assertThat(names.find("Llama 3.2", OptionalDouble.of(11))).isEmpty();
        assertThat(names.whyUnlike("Llama 3.2", OptionalDouble.of(11))).isPresent();
    }

    /** Of which no configuration was read: its layers may be others. */
    @ParameterizedTest
    @CsvSource({"Qwen3.9-14B, 14", "Qwen3.9-72B, 72"})
    void takesNoLaterQwenForAnEarlierOfThatSize(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.1 * billions));
            assertThat(model.isInterpolated()).isTrue();
        });
    }

    /** Digits behind "Llama" that are no version 4, of models without a shape of their own. */
    @ParameterizedTest
    @CsvSource({"Llama-405B, 405", "LiteLlama-460M-1T, 0.46"})
    void readsTheSizeInANameThatOnlyBeginsLikeLlama4(String name, double billions) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty()))
                .get()
                .satisfies(model -> assertThat(model.parameters() / 1e9).isCloseTo(billions, within(0.1 * billions)));
    }

    /** 25.2 billion weights, of which its makers say that 3.8 are active. */
    @ParameterizedTest
    @ValueSource(strings = {"Gemma 4 26B-A4B", "google/gemma-4-26B-A4B-it"})
    void knowsGemma4sMixture(String name) {
        assertThat(new ModelNames().find(name, OptionalDouble.of(26))).get().satisfies(model -> {
            double active = model.activeLinearParameters() + model.embeddingParameters();

            assertThat(model.parameters() / 1e9).isCloseTo(25.2, within(0.1));
            assertThat(active / 1e9).isCloseTo(3.8, within(0.1));
        });
    }

    /** 32 billion of GLM-4.5's weights are active, 12 of Air's, and 3 of Flash's, whose latent attention is taken for a whole one. */
    @ParameterizedTest
    @CsvSource({"GLM-4.5, 32, 3, 12288", "GLM-4.5-Air, 12.15, 1, 10944", "GLM-4.7-Flash, 4.2, 1, 10240"})
    void knowsTheFirstLayersOfMixturesThatHaveNoExperts(String name, double active, int denseLayers, int feedForward) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).get().satisfies(model -> {
            assertThat(model.activeLinearParameters() / 1e9).isCloseTo(active, within(0.005 * active));
            assertThat(Objects.requireNonNull(model.experts()).denseLayers()).isEqualTo(denseLayers);
            assertThat(model.feedForwardSize()).isEqualTo(feedForward);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "albert-base-v2",
                "albert-large-v2",
                "BAAI/bge-reranker-v2-gemma",
                "BAAI/bge-small-zh-v1.5",
                "zai-org/GLM-4.6V-Flash",
                "microsoft/deberta-base",
                "prajjwal1/bert-tiny",
                "microsoft/Phi-3.5-MoE-instruct",
                "microsoft/Phi-4-multimodal-instruct"
            })
    void takesNoModelForOneThatItsNameHolds(String name) {
        assertThat(new ModelNames().find(name, OptionalDouble.empty())).isEmpty();
    }
}
