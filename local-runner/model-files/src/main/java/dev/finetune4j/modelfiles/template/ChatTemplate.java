package dev.finetune4j.modelfiles.template;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed chat template. Holds no state of a rendering, so several threads may render at once. */
public final class ChatTemplate {
    /** The longest template that is parsed; real ones are below 100 KB. */
    public static final int MAX_CHARACTERS = 1 << 20;

    private final String name;
    private final String source;
    private final Statement.Block body;
    private final TemplateLimits limits;

    private ChatTemplate(String name, String source, Statement.Block body, TemplateLimits limits) {
        this.name = name;
        this.source = source;
        this.body = body;
        this.limits = limits;
    }

    /**
     * Parses a template under the default limits.
     *
     * @param name the file that it comes from, for messages
     * @param template its text
     * @throws FineTuneException with FT0440 if it is not well-formed, with line and column
     */
    public static ChatTemplate parse(String name, String template) {
        return parse(name, template, TemplateLimits.DEFAULT);
    }

    /**
     * Parses a template.
     *
     * @param limits of each rendering
     * @throws FineTuneException with FT0440 if it is not well-formed, with line and column
     */
    public static ChatTemplate parse(String name, String template, TemplateLimits limits) {
        if (template.length() > MAX_CHARACTERS) {
            throw ModelFilesProblems.TEMPLATE_SYNTAX
                    .error("the chat template is too long")
                    .at(Location.of(name))
                    .because(template.length() + " characters; at most " + MAX_CHARACTERS + " are read")
                    .asException();
        }
        String source = Lexer.normalize(template);
        try {
            return new ChatTemplate(name, source, TemplateParser.parse(source), limits);
        } catch (TemplateFault fault) {
            throw problem(name, source, fault);
        }
    }

    /** The file that it comes from. */
    public String name() {
        return name;
    }

    /** Whether the template itself marks the assistant's text with {@code {% generation %}}. */
    public boolean marksGeneration() {
        return source.contains("endgeneration");
    }

    /**
     * Renders.
     *
     * @param variables what the template sees: texts, numbers, booleans, lists, maps, and null for None
     * @param now what {@code strftime_now} gives
     * @throws FineTuneException with FT0441 if an operation fails, FT0442 if the template refuses the conversation, FT0443 if it goes
     *     over a limit; with line and column
     */
    public Rendering render(Map<String, ?> variables, LocalDateTime now) {
        Execution execution = new Execution(limits, now);
        Scope globals = Scope.global(execution);
        Globals.define(globals);
        Scope scope = globals.inner();
        variables.forEach((key, value) -> scope.set(key, plain(value)));
        try {
            body.execute(scope, execution.output());
            return execution.result();
        } catch (TemplateFault fault) {
            throw problem(name, source, fault);
        } catch (StackOverflowError e) {
            throw problem(name, source, TemplateFault.limit("nested deeper than the stack"));
        }
    }

    /** A value as the interpreter knows it. */
    private static Object plain(@Nullable Object value) {
        if (value == null) {
            return None.NONE;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(key, plain(element)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(element -> copy.add(plain(element)));
            return copy;
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    private static FineTuneException problem(String name, String source, TemplateFault fault) {
        String before = source.substring(0, Math.min(fault.offset(), source.length()));
        long line = before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return kind(fault.reason())
                .error(summary(fault))
                .at(new Location.InFile(name, line, column, null))
                .because(fault.explanation())
                .asException();
    }

    private static ProblemKind kind(TemplateFault.Reason reason) {
        return switch (reason) {
            case SYNTAX -> ModelFilesProblems.TEMPLATE_SYNTAX;
            case FAILURE -> ModelFilesProblems.TEMPLATE_FAILED;
            case RAISED -> ModelFilesProblems.TEMPLATE_REFUSES;
            case LIMIT -> ModelFilesProblems.TEMPLATE_LIMIT;
        };
    }

    private static String summary(TemplateFault fault) {
        return switch (fault.reason()) {
            case SYNTAX -> "the chat template is not well-formed";
            case FAILURE -> "the chat template fails";
            case RAISED -> "the chat template refuses the conversation";
            case LIMIT -> "the chat template costs too much";
        };
    }
}
