package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whose code a framework's published name stands for, and what it does unless told otherwise. */
final class Frameworks {
    private final String name;

    Frameworks(String name) {
        this.name = name.toLowerCase(Locale.ROOT);
    }

    private boolean has(String... parts) {
        for (String part : parts) {
            if (name.contains(part)) {
                return true;
            }
        }
        return false;
    }

    Framework framework(boolean isZero) {
        if (has("finetune4j")) {
            return Framework.FINETUNE4J;
        }
        if (has("litgpt", "lit-gpt", "lit-llama")) {
            return Framework.LITGPT;
        }
        if (has("torchtune")) {
            return Framework.TORCHTUNE;
        }
        if (has("unsloth")) {
            return Framework.UNSLOTH;
        }
        if (has("automodel", "torchtitan", "foundry", "composer", "mosaic")) {
            return Framework.TUNED;
        }
        if (has("megatron", "nemo")) {
            return Framework.MEGATRON;
        }
        if (has("deepspeed") || isZero) {
            return Framework.DEEPSPEED;
        }
        return name.isEmpty() ? Framework.OTHER : Framework.HUGGING_FACE;
    }

    /** ms-swift, LLaMA-Factory and Unsloth checkpoint by default. */
    @Nullable
    Checkpointing checkpointing() {
        return has("swift", "llama-factory", "llamafactory", "xtuner") ? Checkpointing.FULL : null;
    }

    /** Lightning prints what is allocated; ms-swift ({@code memory(GiB)}) and Unsloth's notebooks what is reserved. */
    @Nullable
    MemoryFigure figure() {
        if (has("litgpt", "lit-gpt", "lit-llama", "torchtune")) {
            return MemoryFigure.ALLOCATED;
        }
        return has("swift", "unsloth") ? MemoryFigure.RESERVED : null;
    }

    /** Lightning prints 10^9 bytes. */
    boolean printsDecimalGigabytes() {
        return has("litgpt", "lit-gpt", "lit-llama");
    }

    boolean isQwenScript() {
        return has("qwen finetune.py");
    }
}
