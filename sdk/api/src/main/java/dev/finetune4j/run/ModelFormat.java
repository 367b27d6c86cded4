package dev.finetune4j.run;

import dev.finetune4j.job.Precision;
import dev.finetune4j.value.Kind;
import java.util.Locale;

/** The form in which a tuned model is written as a model of its own. */
public sealed interface ModelFormat {
    /**
     * A folder that transformers loads.
     *
     * @param precision how weights are stored; {@link Precision#AUTO}: bf16 where the base is stored so, else fp32
     */
    @Kind("hugging-face")
    record HuggingFace(Precision precision) implements ModelFormat {}

    /**
     * One file that llama.cpp loads.
     *
     * @param type how matrices are stored; vectors always are in 32 bits
     */
    @Kind("gguf")
    record Gguf(GgufType type) implements ModelFormat {}

    /** How weights are stored, in the words of the format: {@code bf16}, {@code q8_0}. */
    default String stored() {
        return this instanceof Gguf gguf
                ? gguf.type().toString()
                : ((HuggingFace) this).precision().name().toLowerCase(Locale.ROOT);
    }

    /** Whether how weights are stored is still to be told from the base model. */
    default boolean leavesStorageOpen() {
        return this instanceof Gguf gguf
                ? gguf.type() == GgufType.AUTO
                : ((HuggingFace) this).precision() == Precision.AUTO;
    }
}
