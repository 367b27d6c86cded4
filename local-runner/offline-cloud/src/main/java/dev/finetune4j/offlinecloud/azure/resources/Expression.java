package dev.finetune4j.offlinecloud.azure.resources;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An expression of the template language, which stands between brackets in a text. */
sealed interface Expression {
    /** A text in quotes. */
    record Text(String value) implements Expression {}

    /** A whole number. */
    record Whole(int value) implements Expression {}

    /** A function with what it is given. */
    record Call(String function, List<Expression> arguments) implements Expression {}

    /** A member of an object. */
    record Member(Expression of, String name) implements Expression {}

    /**
     * Reads one.
     *
     * @param text without the brackets
     * @throws ServiceError {@code InvalidTemplate} if it is none
     */
    static Expression parse(String text) throws ServiceError {
        Parser parser = new Parser(text);
        Expression expression = parser.expression();
        if (!parser.isAtEnd()) {
            throw parser.unexpected();
        }
        return expression;
    }

    /** Reads from left to right, and stands before what is not read yet. */
    final class Parser {
        private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
        private static final Pattern DIGITS = Pattern.compile("-?\\d{1,9}");
        private static final Pattern QUOTED = Pattern.compile("'((?:[^']|'')*)'");

        private final String text;
        private int at;

        private Parser(String text) {
            this.text = text;
        }

        private Expression expression() throws ServiceError {
            Expression expression = value();
            while (take('.')) {
                expression = new Member(expression, taken(NAME).group());
            }
            return expression;
        }

        private Expression value() throws ServiceError {
            skipBlanks();
            if (finds(QUOTED)) {
                return new Text(Objects.requireNonNull(taken(QUOTED).group(1)).replace("''", "'"));
            }
            if (finds(DIGITS)) {
                return new Whole(Integer.parseInt(taken(DIGITS).group()));
            }
            String function = taken(NAME).group();
            if (!take('(')) {
                throw unexpected();
            }
            List<Expression> arguments = new ArrayList<>();
            if (!take(')')) {
                do {
                    arguments.add(expression());
                } while (take(','));
                if (!take(')')) {
                    throw unexpected();
                }
            }
            return new Call(function, arguments);
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private boolean isAtEnd() {
            skipBlanks();
            return at == text.length();
        }

        private boolean take(char sign) {
            skipBlanks();
            boolean isNext = at < text.length() && text.charAt(at) == sign;
            at += isNext ? 1 : 0;
            return isNext;
        }

        private boolean finds(Pattern pattern) {
            return pattern.matcher(text).region(at, text.length()).lookingAt();
        }

        private Matcher taken(Pattern pattern) throws ServiceError {
            skipBlanks();
            Matcher matcher = pattern.matcher(text).region(at, text.length());
            if (!matcher.lookingAt()) {
                throw unexpected();
            }
            at = matcher.end();
            return matcher;
        }

        private ServiceError unexpected() {
            return Template.invalid(
                    "Unable to parse language expression '" + text + "': unexpected token at position " + at + ".");
        }
    }
}
