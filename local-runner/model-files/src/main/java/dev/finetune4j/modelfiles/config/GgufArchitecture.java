package dev.finetune4j.modelfiles.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The architectures of GGUF that are known, with what llama.cpp takes for granted about each. */
public enum GgufArchitecture {
    /** Llama, and what computes as it does. */
    LLAMA("llama", Family.LLAMA, true),
    /** Qwen 2 and 2.5: biases of query, key and value, and rows that stay where Hugging Face has them. */
    QWEN_2("qwen2", Family.QWEN_2, false);

    private final String key;
    private final Family family;
    private final boolean interleavedRotary;

    GgufArchitecture(String key, Family family, boolean interleavedRotary) {
        this.key = key;
        this.family = family;
        this.interleavedRotary = interleavedRotary;
    }

    /** The architecture that GGUF metadata name so. */
    static Optional<GgufArchitecture> named(String key) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.key.equals(key))
                .findFirst();
    }

    /** The architecture that computes what a model does, sizes and traits aside; empty where none is known. */
    public static Optional<GgufArchitecture> of(ModelConfig config) {
        return Family.of(config.architecture())
                .map(family -> family == Family.MISTRAL ? Family.LLAMA : family)
                .flatMap(family -> Arrays.stream(values())
                        .filter(architecture -> architecture.family == family)
                        .findFirst());
    }

    /** What {@code general.architecture} says; the keys of the sizes begin with it. */
    public String key() {
        return key;
    }

    /** All keys, for messages. */
    static List<String> keys() {
        return Arrays.stream(values()).map(GgufArchitecture::key).toList();
    }

    /** Whether dimension i of a query or key head stands beside i + D/2. */
    public boolean interleavedRotary() {
        return interleavedRotary;
    }

    Family family() {
        return family;
    }
}
