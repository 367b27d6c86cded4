package dev.finetune4j.engine.advise;

/** A way to make a language model do a task; the cheaper ones come first, and win where nothing speaks for a dearer one. */
public enum Approach {
    /** Instructions and examples in the prompt of a model as it is. */
    PROMPT_ENGINEERING("prompt engineering"),
    /** Retrieval-augmented generation: what was looked up goes into the prompt. */
    RAG("RAG"),
    /** Training a model that somebody else made on rows of the task. */
    FINE_TUNING("fine-tuning"),
    /** Training a model from nothing. */
    OWN_MODEL("own model");

    private final String title;

    Approach(String title) {
        this.title = title;
    }

    /** As people say it. */
    public String title() {
        return title;
    }
}
