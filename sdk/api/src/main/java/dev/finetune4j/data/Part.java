package dev.finetune4j.data;

import java.util.Locale;

/** The parts of a split. */
public enum Part {
    /** Rows that weights learn from. */
    TRAIN,
    /** Rows whose loss is watched while training. */
    VALIDATION,
    /** Rows held out for the comparison of base and tuned model. */
    TEST;

    /** The name of the part's file in a run's data folder, such as {@code train.jsonl}. One {@link Example} a line. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT) + ".jsonl";
    }
}
