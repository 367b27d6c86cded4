package dev.finetune4j.modelfiles.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decoders whose tensors are known, with what transformers takes for granted about each (its {@code configuration_*.py}, where a
 * key of config.json is absent).
 */
enum Family {
    LLAMA("LlamaForCausalLM", "llama", 2048, 0, "silu", false),
    MISTRAL("MistralForCausalLM", "mistral", 131_072, 0, "silu", false),
    QWEN_2("Qwen2ForCausalLM", "qwen2", 32_768, 0, "silu", false),
    QWEN_3("Qwen3ForCausalLM", "qwen3", 32_768, 128, "silu", false),
    PHI_3("Phi3ForCausalLM", "phi3", 4096, 0, "silu", false),
    GEMMA_2("Gemma2ForCausalLM", "gemma2", 8192, 256, "gelu_pytorch_tanh", true),
    GEMMA_3("Gemma3ForCausalLM", "gemma3_text", 131_072, 256, "gelu_pytorch_tanh", true);

    private final String architecture;
    private final String modelType;
    private final int contextTokens;
    private final int headSize;
    private final String activation;
    private final boolean tied;

    Family(String architecture, String modelType, int contextTokens, int headSize, String activation, boolean tied) {
        this.architecture = architecture;
        this.modelType = modelType;
        this.contextTokens = contextTokens;
        this.headSize = headSize;
        this.activation = activation;
        this.tied = tied;
    }

    /** The family whose class transformers would load by this name. */
    static Optional<Family> of(String architecture) {
        return Arrays.stream(values())
                .filter(family -> family.architecture.equals(architecture))
                .findFirst();
    }

    /** Names of all classes. */
    static List<String> architectures() {
        return Arrays.stream(values()).map(family -> family.architecture).toList();
    }

    /** The length that the model is made for, where config.json says nothing. */
    int contextTokens() {
        return contextTokens;
    }

    /** D where config.json says nothing. */
    int headSize(int hiddenSize, int heads) {
        return headSize > 0 ? headSize : Math.max(1, hiddenSize / heads);
    }

    /** The class that transformers would load. */
    String architecture() {
        return architecture;
    }

    /** What config.json calls it beside the class. */
    String modelType() {
        return modelType;
    }

    String activation() {
        return activation;
    }

    boolean isTied() {
        return tied;
    }

    /** The token that fills up rows where config.json does not name one, or null. */
    @Nullable
    Integer paddingToken() {
        return isGemma() ? Integer.valueOf(0) : this == PHI_3 ? Integer.valueOf(32_000) : null;
    }

    boolean isGemma() {
        return this == GEMMA_2 || this == GEMMA_3;
    }

    boolean isQwen() {
        return this == QWEN_2 || this == QWEN_3;
    }
}
