package dev.finetune4j.modelfiles.template;

/**
 * A name or attribute that does not exist: prints as nothing, is false, and fails when it is used further.
 *
 * @param what the message of the failure, such as {@code 'x' is undefined}
 */
record Undefined(String what) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    TemplateFault fault() {
        return TemplateFault.failure(what);
    }

    /** All undefined values are equal, as in Jinja. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "";
    }
}
