package dev.finetune4j.modelfiles.template;

/** Stops lexing, parsing or rendering; {@link ChatTemplate} turns it into a problem with line and column. */
final class TemplateFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why it stopped. */
    enum Reason {
        /** The template is not well-formed. */
        SYNTAX,
        /** An operation failed. */
        FAILURE,
        /** The template called {@code raise_exception}. */
        RAISED,
        /** A limit was reached. */
        LIMIT
    }

    private static final int UNKNOWN = -1;

    private final Reason reason;
    private final String explanation;
    private final int offset;

    private TemplateFault(Reason reason, String explanation, int offset) {
        super(explanation, null, false, false);
        this.reason = reason;
        this.explanation = explanation;
        this.offset = offset;
    }

    static TemplateFault syntax(String message, int offset) {
        return new TemplateFault(Reason.SYNTAX, message, offset);
    }

    static TemplateFault failure(String message) {
        return new TemplateFault(Reason.FAILURE, message, UNKNOWN);
    }

    static TemplateFault raised(String message) {
        return new TemplateFault(Reason.RAISED, message, UNKNOWN);
    }

    static TemplateFault limit(String message) {
        return new TemplateFault(Reason.LIMIT, message, UNKNOWN);
    }

    Reason reason() {
        return reason;
    }

    String explanation() {
        return explanation;
    }

    /** Characters of the template before the place, or 0 where it is not known. */
    int offset() {
        return Math.max(0, offset);
    }

    /** This fault at a place; a place that is already known, which is further in, stays. */
    TemplateFault at(int place) {
        return offset == UNKNOWN ? new TemplateFault(reason, explanation, place) : this;
    }
}
