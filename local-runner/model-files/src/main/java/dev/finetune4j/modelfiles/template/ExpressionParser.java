package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses expressions with Jinja's precedence, from loosest to tightest: the methods stand in that order. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NOT_A_TEST_ARGUMENT = Set.of("else", "or", "and", "is", "if", "not", "in");

    private final TokenReader tokens;
    private final UnknownNames unknown = new UnknownNames();

    ExpressionParser(TokenReader tokens) {
        this.tokens = tokens;
    }

    UnknownNames unknown() {
        return unknown;
    }

    /** An expression, or several with commas between them as a tuple; without {@code a if b} where a loop's {@code if} may follow. */
    Expression tuple(boolean withConditional) {
        Expression first = withConditional ? expression() : or();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (tokens.acceptOperator(",")) {
            if (tokens.at(Token.Kind.PRINT_END) || tokens.at(Token.Kind.BLOCK_END) || tokens.atOperator(")")) {
                break;
            }
            elements.add(withConditional ? expression() : or());
        }
        return new Expression.Sequence(elements, true);
    }

    Expression expression() {
        tokens.enter();
        int start = unknown.count();
        Expression value = or();
        while (tokens.acceptName("if")) {
            Expression condition = or();
            Expression otherwise = tokens.acceptName("else")
                    ? expression()
                    : new Expression.Literal(new Undefined("the inline if-expression had no else"));
            value = new Expression.Conditional(value, condition, otherwise);
            unknown.leaveToRendering(start);
        }
        tokens.leave();
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (tokens.acceptName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.acceptName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.acceptName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression negation = new Expression.Not(not());
        tokens.leave();
        return negation;
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> rest = new ArrayList<>();
        while (true) {
            if (tokens.at(Token.Kind.OPERATOR)
                    && COMPARISONS.contains(tokens.peek().text())) {
                operators.add(tokens.next().text());
            } else if (tokens.acceptName("in")) {
                operators.add("in");
            } else if (tokens.atName("not") && tokens.peekSecond().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Expression.Comparison(first, operators, rest);
            }
            rest.add(sum());
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.atOperator("+") || tokens.atOperator("-")) {
            left = new Expression.Binary(tokens.next().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.acceptOperator("~")) {
            left = new Expression.Concatenation(left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (tokens.atOperator("*") || tokens.atOperator("/") || tokens.atOperator("//") || tokens.atOperator("%")) {
            left = new Expression.Binary(tokens.next().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.acceptOperator("**")) {
            left = new Expression.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Expression value;
        if (tokens.atOperator("-") || tokens.atOperator("+")) {
            String sign = tokens.next().text();
            tokens.enter();
            value = new Expression.Binary(sign, new Expression.Literal(0L), unary(false));
            tokens.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        while (withFilters) {
            if (tokens.atOperator("|")) {
                value = filter(value);
            } else if (tokens.acceptName("is")) {
                value = test(value);
            } else if (tokens.atOperator("(")) {
                value = postfix(value);
            } else {
                return value;
            }
        }
        return value;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> named(token.text());
            case STRING -> new Expression.Literal(string(token));
            case INTEGER -> new Expression.Literal(whole(token));
            case FLOAT -> new Expression.Literal(Double.valueOf(token.text()));
            case OPERATOR -> bracketed(token);
            case DATA, PRINT_START, PRINT_END, BLOCK_START, BLOCK_END, END -> throw notAnExpression(token);
        };
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(None.NONE);
            default -> new Expression.Variable(name);
        };
    }

    /** String literals side by side are one. */
    private String string(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.at(Token.Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    private static Long whole(Token token) {
        try {
            return Long.valueOf(token.text());
        } catch (NumberFormatException e) {
            throw TemplateFault.syntax("a whole number beyond 64 bits", token.offset());
        }
    }

    private Expression bracketed(Token token) {
        return switch (token.text()) {
            case "(" -> {
                if (tokens.acceptOperator(")")) {
                    yield new Expression.Sequence(List.of(), true);
                }
                Expression inner = tuple(true);
                tokens.expectOperator(")");
                yield inner;
            }
            case "[" -> {
                List<Expression> elements = new ArrayList<>();
                while (!tokens.atOperator("]")) {
                    elements.add(expression());
                    if (!tokens.acceptOperator(",")) {
                        break;
                    }
                }
                tokens.expectOperator("]");
                yield new Expression.Sequence(elements, false);
            }
            case "{" -> mapping();
            default -> throw notAnExpression(token);
        };
    }

    private Expression mapping() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.atOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("}");
        return new Expression.Mapping(keys, values);
    }

    private static TemplateFault notAnExpression(Token token) {
        String found = token.text().isEmpty() ? token.kind().name() : "'" + token.text() + "'";
        return TemplateFault.syntax("found " + found + " where an expression should be", token.offset());
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.acceptOperator(".")) {
                value = tokens.at(Token.Kind.INTEGER)
                        ? new Expression.Item(value, new Expression.Literal(whole(tokens.next())))
                        : new Expression.Attribute(value, tokens.identifier());
            } else if (tokens.acceptOperator("[")) {
                value = subscript(value);
            } else if (tokens.atOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression value) {
        @Nullable Expression[] bounds = new @Nullable Expression[3];
        int colons = 0;
        if (!tokens.atOperator(":")) {
            bounds[0] = tuple(true);
        }
        while (colons < 2 && tokens.acceptOperator(":")) {
            colons++;
            if (!tokens.atOperator(":") && !tokens.atOperator("]")) {
                bounds[colons] = expression();
            }
        }
        tokens.expectOperator("]");
        Expression key = bounds[0];
        return colons == 0 && key != null
                ? new Expression.Item(value, key)
                : new Expression.Slice(value, bounds[0], bounds[1], bounds[2]);
    }

    ArgumentList arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        List<Expression> spread = new ArrayList<>();
        List<Expression> spreadNamed = new ArrayList<>();
        tokens.expectOperator("(");
        while (!tokens.atOperator(")")) {
            if (tokens.acceptOperator("*")) {
                spread.add(expression());
            } else if (tokens.acceptOperator("**")) {
                spreadNamed.add(expression());
            } else if (tokens.at(Token.Kind.NAME) && tokens.peekSecond().isOperator("=")) {
                String name = tokens.identifier();
                tokens.expectOperator("=");
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(")");
        return new ArgumentList(positional, named, spread, spreadNamed);
    }

    /** The filters from a {@code |} on, one applied to the other. */
    Expression filter(Expression value) {
        tokens.expectOperator("|");
        return filterNamed(value);
    }

    /** A filter's name and arguments. */
    Expression filterNamed(Expression value) {
        Token token = tokens.peek();
        StringBuilder name = new StringBuilder(tokens.identifier());
        while (tokens.acceptOperator(".")) {
            name.append('.').append(tokens.identifier());
        }
        if (!Filters.isKnown(name.toString())) {
            unknown.add(TemplateFault.syntax("no filter named '" + name + "'", token.offset()));
        }
        return new Expression.Filter(value, name.toString(), tokens.atOperator("(") ? arguments() : ArgumentList.EMPTY);
    }

    private Expression test(Expression value) {
        boolean negated = tokens.acceptName("not");
        Token token = tokens.peek();
        String name = tokens.identifier();
        if (!ValueTests.isKnown(name)) {
            unknown.add(TemplateFault.syntax("no test named '" + name + "'", token.offset()));
        }
        if (tokens.atOperator("(")) {
            return new Expression.Test(value, name, arguments(), negated);
        }
        ArgumentList arguments = startsTestArgument() ? ArgumentList.of(postfix(primary())) : ArgumentList.EMPTY;
        return new Expression.Test(value, name, arguments, negated);
    }

    private boolean startsTestArgument() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !NOT_A_TEST_ARGUMENT.contains(token.text());
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            case DATA, PRINT_START, PRINT_END, BLOCK_START, BLOCK_END, END -> false;
        };
    }
}
