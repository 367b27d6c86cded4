package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses the tags of a template. */
final class TemplateParser {
    /** The name that captured text has while it is filtered; no name of a template can be spelled like this. */
    static final String CAPTURED = "<captured>";

    private final TokenReader tokens;
    private final ExpressionParser expressions;

    private TemplateParser(TokenReader tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** The whole template, normalized by {@link Lexer#normalize}. */
    static Statement.Block parse(String source) {
        TemplateParser parser = new TemplateParser(new TokenReader(Lexer.tokens(source)));
        Statement.Block template = parser.statements(List.of());
        parser.expressions.unknown().refuse(0);
        return template;
    }

    /** Statements up to one of the tags {@code ends}, of which the name is the next token; or to the end of the template. */
    private Statement.Block statements(List<String> ends) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Text(tokens.next().text()));
                case PRINT_START -> {
                    tokens.next();
                    Expression value = expressions.tuple(true);
                    tokens.expect(Token.Kind.PRINT_END);
                    statements.add(new Statement.Located(token.offset(), new Statement.Print(value)));
                }
                case BLOCK_START -> {
                    tokens.next();
                    if (tokens.at(Token.Kind.NAME)
                            && ends.contains(tokens.peek().text())) {
                        tokens.leave();
                        return new Statement.Block(List.copyOf(statements));
                    }
                    statements.add(new Statement.Located(token.offset(), statement()));
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw tokens.unexpected("{% " + ends.get(ends.size() - 1) + " %}");
                    }
                    tokens.leave();
                    return new Statement.Block(List.copyOf(statements));
                }
                case PRINT_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR -> throw tokens.unexpected("a tag");
            }
        }
    }

    private Statement statement() {
        Token token = tokens.peek();
        String name = tokens.identifier();
        return switch (name) {
            case "if" -> conditional();
            case "for" -> loop();
            case "set" -> set();
            case "macro" -> new Statement.DefineMacro(macro(tokens.identifier()));
            case "call" -> callBlock();
            case "filter" -> filterBlock();
            case "with" -> with();
            case "generation" -> new Statement.Generation(bodyUntil("endgeneration"));
            case "break" -> jump(Statement.Flow.BREAK);
            case "continue" -> jump(Statement.Flow.CONTINUE);
            default -> throw TemplateFault.syntax("unknown tag '" + name + "'", token.offset());
        };
    }

    /** A body, its end tag, and the end of that tag. */
    private Statement.Block bodyUntil(String end) {
        tokens.expect(Token.Kind.BLOCK_END);
        Statement.Block body = scopedStatements(List.of(end));
        closeTag(end);
        return body;
    }

    /** Statements with a scope of their own: that they stand in a branch excuses no unknown name. */
    private Statement.Block scopedStatements(List<String> ends) {
        int start = expressions.unknown().count();
        Statement.Block body = statements(ends);
        expressions.unknown().refuse(start);
        return body;
    }

    private void closeTag(String end) {
        tokens.expectName(end);
        tokens.expect(Token.Kind.BLOCK_END);
    }

    private Statement jump(Statement.Flow flow) {
        tokens.expect(Token.Kind.BLOCK_END);
        return new Statement.Jump(flow);
    }

    private Statement conditional() {
        List<Expression> conditions = new ArrayList<>();
        List<Statement.Block> branches = new ArrayList<>();
        int start = expressions.unknown().count();
        do {
            conditions.add(expressions.tuple(true));
            tokens.expect(Token.Kind.BLOCK_END);
            branches.add(statements(List.of("elif", "else", "endif")));
        } while (tokens.acceptName("elif"));
        Statement.Block otherwise = otherwise("endif");
        closeTag("endif");
        expressions.unknown().leaveToRendering(start);
        return new Statement.If(conditions, branches, otherwise);
    }

    private Statement.Block otherwise(String end) {
        if (!tokens.acceptName("else")) {
            return new Statement.Block(List.of());
        }
        tokens.expect(Token.Kind.BLOCK_END);
        return statements(List.of(end));
    }

    private Statement loop() {
        Statement.Target target = target("in");
        tokens.expectName("in");
        Expression sequence = expressions.tuple(false);
        int start = expressions.unknown().count();
        Expression condition = tokens.acceptName("if") ? expressions.expression() : null;
        boolean recursive = tokens.acceptName("recursive");
        tokens.expect(Token.Kind.BLOCK_END);
        Statement.Block body = statements(List.of("else", "endfor"));
        Statement.Block otherwise = otherwise("endfor");
        closeTag("endfor");
        expressions.unknown().refuse(start);
        return new Loop(target, sequence, condition, recursive, body, otherwise);
    }

    private Statement set() {
        Statement.Target target = target("=");
        if (tokens.acceptOperator("=")) {
            Expression value = expressions.tuple(true);
            tokens.expect(Token.Kind.BLOCK_END);
            return new Statement.Set(target, value);
        }
        int start = expressions.unknown().count();
        Expression filtered = furtherFilters(new Expression.Variable(CAPTURED));
        expressions.unknown().refuse(start);
        return new Statement.SetBlock(target, bodyUntil("endset"), filtered);
    }

    /** One or several targets, up to {@code end}. */
    private Statement.Target target(String end) {
        boolean bracketed = tokens.acceptOperator("(");
        List<Statement.Target> targets = new ArrayList<>();
        boolean comma;
        do {
            if (tokens.atName(end) || tokens.atOperator(end)) {
                break;
            }
            targets.add(tokens.atOperator("(") ? target(")") : singleTarget());
            comma = tokens.acceptOperator(",");
        } while (comma);
        if (bracketed) {
            tokens.expectOperator(")");
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected("a name to assign to");
        }
        return targets.size() == 1 ? targets.get(0) : new Statement.Target(null, null, targets);
    }

    private Statement.Target singleTarget() {
        String name = tokens.identifier();
        String attribute = tokens.acceptOperator(".") ? tokens.identifier() : null;
        return new Statement.Target(name, attribute, List.of());
    }

    private Statement callBlock() {
        Token token = tokens.peek();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.atOperator("(")) {
            parameters(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw TemplateFault.syntax("a call block needs a call", token.offset());
        }
        return new Statement.CallBlock(call, new Macro("caller", parameters, defaults, bodyUntil("endcall")));
    }

    private Macro macro(String name) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        int start = expressions.unknown().count();
        parameters(parameters, defaults);
        expressions.unknown().refuse(start);
        return new Macro(name, parameters, defaults, bodyUntil("endmacro"));
    }

    private void parameters(List<String> names, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.atOperator(")")) {
            names.add(tokens.identifier());
            if (tokens.acceptOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.unexpected("a default, as the parameter before has one");
            }
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(")");
    }

    private Statement filterBlock() {
        int start = expressions.unknown().count();
        Expression filtered = furtherFilters(expressions.filterNamed(new Expression.Variable(CAPTURED)));
        expressions.unknown().refuse(start);
        return new Statement.FilterBlock(bodyUntil("endfilter"), filtered);
    }

    private Expression furtherFilters(Expression captured) {
        Expression filtered = captured;
        while (tokens.atOperator("|")) {
            filtered = expressions.filter(filtered);
        }
        return filtered;
    }

    private Statement with() {
        Map<String, Expression> values = new LinkedHashMap<>();
        while (!tokens.at(Token.Kind.BLOCK_END)) {
            String name = tokens.identifier();
            tokens.expectOperator("=");
            values.put(name, expressions.expression());
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        return new Statement.With(values, bodyUntil("endwith"));
    }
}
