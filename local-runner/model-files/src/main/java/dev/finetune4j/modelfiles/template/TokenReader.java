package dev.finetune4j.modelfiles.template;

import java.util.List;

/** Walks the tokens of a template and limits how deeply what is parsed from them is nested. */
final class TokenReader {
    /** Nesting of expressions and blocks in the source; deeper ones would exhaust the stack of the thread that renders. */
    private static final int MAX_DEPTH = 100;

    private final List<Token> tokens;
    private int position;
    private int depth;

    TokenReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    /** The token after the next; the last token is followed by itself. */
    Token peekSecond() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (token.kind() != Token.Kind.END) {
            position++;
        }
        return token;
    }

    boolean at(Token.Kind kind) {
        return peek().kind() == kind;
    }

    boolean atOperator(String operator) {
        return peek().isOperator(operator);
    }

    boolean atName(String name) {
        return peek().isName(name);
    }

    boolean acceptOperator(String operator) {
        boolean there = atOperator(operator);
        if (there) {
            position++;
        }
        return there;
    }

    boolean acceptName(String name) {
        boolean there = atName(name);
        if (there) {
            position++;
        }
        return there;
    }

    void expectOperator(String operator) {
        if (!acceptOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!acceptName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    void expect(Token.Kind kind) {
        if (!at(kind)) {
            throw unexpected(kind.name());
        }
        next();
    }

    String identifier() {
        if (!at(Token.Kind.NAME)) {
            throw unexpected("a name");
        }
        return next().text();
    }

    TemplateFault unexpected(String wanted) {
        Token token = peek();
        String found = token.text().isEmpty() ? token.kind().name() : "'" + token.text() + "'";
        return TemplateFault.syntax("found " + found + " where " + wanted + " should be", token.offset());
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw TemplateFault.syntax("nested more than " + MAX_DEPTH + " deep", peek().offset());
        }
    }

    void leave() {
        depth--;
    }
}
