package dev.finetune4j.evaluation;

import java.util.Locale;

/** Which model answers, and with what prompt. */
public enum Variant {
    /** The base model with the task's prompt. */
    BASE_ZERO_SHOT,
    /** The base model with examples in the prompt: prompt engineering, the cheap alternative to tuning. */
    BASE_FEW_SHOT,
    /** The tuned model with the task's prompt. */
    TUNED;

    /** Whether the adapter is used. */
    public boolean isTuned() {
        return this == TUNED;
    }

    /** The name of the variant's predictions file, such as {@code base-zero-shot.jsonl}. One {@link Prediction} a line. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".jsonl";
    }
}
