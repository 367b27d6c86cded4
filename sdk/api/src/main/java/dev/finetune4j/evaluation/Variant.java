package dev.finetune4j.evaluation;

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
}
