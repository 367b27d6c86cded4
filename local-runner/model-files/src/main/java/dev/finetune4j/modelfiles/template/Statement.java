package dev.finetune4j.modelfiles.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that a template does. */
interface Statement {
    /** How a loop body goes on. */
    enum Flow {
        /** With the next statement. */
        NEXT,
        /** After the innermost loop. */
        BREAK,
        /** With the loop's next element. */
        CONTINUE
    }

    /** Does it, in one rendering; text goes to {@code output}. */
    Flow execute(Scope scope, StringBuilder output);

    /** Statements in order, up to a break or continue. */
    record Block(List<Statement> statements) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            scope.execution().enter();
            for (Statement statement : statements) {
                Flow flow = statement.execute(scope, output);
                if (flow != Flow.NEXT) {
                    scope.execution().leave();
                    return flow;
                }
            }
            scope.execution().leave();
            return Flow.NEXT;
        }

        /** The text that the block writes. */
        String capture(Scope scope) {
            StringBuilder captured = new StringBuilder();
            execute(scope, captured);
            return captured.toString();
        }
    }

    /** Names the place of a fault in the statement inside. */
    record Located(int offset, Statement inner) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            try {
                scope.execution().step();
                return inner.execute(scope, output);
            } catch (TemplateFault fault) {
                throw fault.at(offset);
            }
        }
    }

    /** Text between tags. */
    record Text(String text) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            scope.execution().write(output, text);
            return Flow.NEXT;
        }
    }

    /** {@code {{ value }}}. */
    record Print(Expression value) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            scope.execution().write(output, PythonText.str(value.evaluate(scope)));
            return Flow.NEXT;
        }
    }

    /** {@code {% if %}}, with as many {@code elif} as there are. */
    record If(List<Expression> conditions, List<Block> branches, Block otherwise) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            for (int i = 0; i < conditions.size(); i++) {
                if (Values.truth(conditions.get(i).evaluate(scope))) {
                    return branches.get(i).execute(scope, output);
                }
            }
            return otherwise.execute(scope, output);
        }
    }

    /** {@code {% break %}} and {@code {% continue %}}. */
    record Jump(Flow flow) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            return flow;
        }
    }

    /** {@code {% set target = value %}}. */
    record Set(Target target, Expression value) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            target.assign(scope, value.evaluate(scope));
            return Flow.NEXT;
        }
    }

    /** {@code {% set target %}...{% endset %}}, filtered. */
    record SetBlock(Target target, Block body, Expression filtered) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            Scope inner = scope.inner();
            inner.set(TemplateParser.CAPTURED, body.capture(inner));
            target.assign(scope, filtered.evaluate(inner));
            return Flow.NEXT;
        }
    }

    /** {@code {% filter name %}...{% endfilter %}}. */
    record FilterBlock(Block body, Expression filtered) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            Scope inner = scope.inner();
            inner.set(TemplateParser.CAPTURED, body.capture(inner));
            scope.execution().write(output, PythonText.str(filtered.evaluate(inner)));
            return Flow.NEXT;
        }
    }

    /** {@code {% with name = value %}...{% endwith %}}. */
    record With(Map<String, Expression> values, Block body) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            Scope inner = scope.inner();
            values.forEach((name, value) -> inner.set(name, value.evaluate(scope)));
            return body.execute(inner, output);
        }
    }

    /** {@code {% generation %}...{% endgeneration %}}: the assistant's text. */
    record Generation(Block body) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            int start = output.length();
            Flow flow = body.execute(scope.inner(), output);
            scope.execution().generation(output, start);
            return flow;
        }
    }

    /** {@code {% macro name(parameters) %}...{% endmacro %}}. */
    record DefineMacro(Macro macro) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            scope.set(macro.name(), macro.in(scope));
            return Flow.NEXT;
        }
    }

    /** {@code {% call macro() %}...{% endcall %}}. */
    record CallBlock(Expression.Call call, Macro caller) implements Statement {
        @Override
        public Flow execute(Scope scope, StringBuilder output) {
            Object text = call.evaluate(scope, Map.of(caller.name(), caller.in(scope)));
            scope.execution().write(output, PythonText.str(text));
            return Flow.NEXT;
        }
    }

    /**
     * What a {@code set} or {@code for} assigns to: one name, an attribute of a namespace, or several to unpack into.
     *
     * @param name the name, or null where there are several
     * @param attribute the namespace's attribute, or null
     * @param parts the targets to unpack into
     */
    record Target(@Nullable String name, @Nullable String attribute, List<Target> parts) {
        void assign(Scope scope, Object value) {
            if (name == null) {
                unpack(scope, Values.iterate(value));
            } else if (attribute == null) {
                scope.set(name, value);
            } else if (scope.get(name) instanceof Namespace namespace) {
                namespace.set(attribute, value);
            } else {
                throw TemplateFault.failure("cannot assign attribute on non-namespace object");
            }
        }

        private void unpack(Scope scope, List<Object> values) {
            if (values.size() != parts.size()) {
                throw TemplateFault.failure("cannot unpack " + values.size() + " values into " + parts.size());
            }
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).assign(scope, values.get(i));
            }
        }
    }
}
