package dev.finetune4j.bench;

import java.util.Arrays;
import java.util.Locale;

/** What is measured. */
enum Subject {
    /** LoRA on all linear layers of SmolLM2. */
    LORA,
    /** Every weight of SmolLM2. */
    FULL,
    /** Virtual tokens in front of each sequence, SmolLM2 frozen. */
    PROMPT_TUNING,
    /** Every weight of an encoder of MiniLM's sizes, with a classification head. */
    ENCODER,
    /** Nothing is trained: B answers of a few tokens are scored after a prompt of T tokens. */
    SCORING;

    /** As it is written in a workload and handed to the peer. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Subject parse(String label) {
        return Arrays.stream(values())
                .filter(subject -> subject.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "subject must be one of lora, full, prompt-tuning, encoder, scoring, was " + label));
    }

    boolean trainsWeights() {
        return this == FULL || this == ENCODER;
    }
}
