package dev.finetune4j.engine.check.privacy;

/** Why a span should not be trained on. */
public enum Sensitivity {
    /** Whoever has it can act as somebody else. */
    SECRET,
    /** It tells of a person. */
    PERSONAL
}
