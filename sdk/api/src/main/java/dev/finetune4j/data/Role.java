package dev.finetune4j.data;

/** Who speaks in a message. */
public enum Role {
    /** The instructions that precede a conversation. */
    SYSTEM,
    /** The person. */
    USER,
    /** The model; its messages are what is learned. */
    ASSISTANT
}
