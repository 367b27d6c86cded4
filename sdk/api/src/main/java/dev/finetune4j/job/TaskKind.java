package dev.finetune4j.job;

/** The kinds of task of the practitioners' guide. A kind decides the default prompt, the loss mask and the metrics. */
public enum TaskKind {
    /** One of a list of labels for a text. */
    CLASSIFICATION,
    /** Classification of the mood of a text. */
    SENTIMENT,
    /** A short answer to a question, with or without a context. */
    QUESTION_ANSWERING,
    /** Free text in a style; every token of a row is learned unless rows have a prompt. */
    GENERATION,
    /** A shorter version of a text. */
    SUMMARIZATION,
    /** The same text in another language. */
    TRANSLATION,
    /** Conversations of several turns; every assistant turn is learned. */
    CHAT,
    /** Conversations whose last turn has two answers: which of them is better is learned. */
    PREFERENCE;

    /** Whether rows carry one of a closed list of labels. */
    public boolean hasLabels() {
        return this == CLASSIFICATION || this == SENTIMENT;
    }
}
