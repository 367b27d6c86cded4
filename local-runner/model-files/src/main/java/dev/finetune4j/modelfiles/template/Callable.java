package dev.finetune4j.modelfiles.template;

/** Something that a template can call: a macro, a method of a value, a global function. */
@FunctionalInterface
interface Callable {
    /** The result of a call. */
    Object call(Arguments arguments);
}
