package dev.finetune4j.modelfiles.template;

/** Python's None. */
enum None {
    /** The one value. */
    NONE
}
