package dev.finetune4j.run;

import java.util.Arrays;
import java.util.Locale;

/** How the matrices of a GGUF file are stored, by the names that llama.cpp has for it. */
public enum GgufType {
    /** {@link #BF16} where the base is stored so, else {@link #F16}. */
    AUTO,
    /** 32-bit floating point. */
    F32,
    /** 16-bit floating point. */
    F16,
    /** bfloat16. */
    BF16,
    /** 8 bits, with one scale for each 32 weights. */
    Q8_0;

    /**
     * Reads a name, such as {@code q8_0}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static GgufType parse(String text) {
        return Arrays.stream(values())
                .filter(type -> type.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("type must be one of auto, f32, f16, bf16 and q8_0, was " + text));
    }

    /** The name. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
