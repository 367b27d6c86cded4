package dev.finetune4j.evaluation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Which model answers, and with what prompt. */
public enum Variant {
    /**
     * No model, but the share of each label among the training rows, whatever a row says: what stands for the base model where that is an
     * encoder without a head, which cannot answer. In results only; asked for is {@link #BASE_ZERO_SHOT}.
     */
    BASE_PRIOR,
    /** The base model with the task's prompt. */
    BASE_ZERO_SHOT,
    /** The base model with examples in the prompt: prompt engineering, the cheap alternative to tuning. */
    BASE_FEW_SHOT,
    /** The tuned model with the task's prompt. */
    TUNED;

    /** Those that can be asked for. */
    public static Set<Variant> askable() {
        return EnumSet.complementOf(EnumSet.of(BASE_PRIOR));
    }

    /** Whether the adapter is used. */
    public boolean isTuned() {
        return this == TUNED;
    }

    /** The variant that is asked for where this one answers: {@link #BASE_ZERO_SHOT} where the label shares stand for it, else the same. */
    public Variant asked() {
        return this == BASE_PRIOR ? BASE_ZERO_SHOT : this;
    }

    /**
     * The name of the variant's predictions file, such as {@code base-zero-shot.jsonl}, that of the variant which was asked for. One
     * {@link Prediction} a line.
     */
    public String fileName() {
        return asked().name().toLowerCase(Locale.ROOT).replace('_', '-') + ".jsonl";
    }
}
