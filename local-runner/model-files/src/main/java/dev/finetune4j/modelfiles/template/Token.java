package dev.finetune4j.modelfiles.template;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text its text; for a string literal the unescaped content
 * @param offset characters before it in the template
 */
record Token(Kind kind, String text, int offset) {
    /** Kinds of tokens. */
    enum Kind {
        /** Text between tags. */
        DATA,
        /** The start of a tag that prints. */
        PRINT_START,
        /** The end of a tag that prints. */
        PRINT_END,
        /** The start of a tag that does something. */
        BLOCK_START,
        /** The end of a tag that does something. */
        BLOCK_END,
        /** A name or keyword. */
        NAME,
        /** A string literal. */
        STRING,
        /** A whole number. */
        INTEGER,
        /** A number with a fraction or exponent. */
        FLOAT,
        /** An operator or bracket. */
        OPERATOR,
        /** The end of the template. */
        END
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
