package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that has a value. */
interface Expression {
    /** The value at one place of one rendering. */
    Object evaluate(Scope scope);

    /** A value that stands in the template. */
    record Literal(Object value) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return value;
        }
    }

    /** A name. */
    record Variable(String name) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.execution().step();
            return scope.get(name);
        }
    }

    /** {@code [a, b]}, or {@code (a, b)} as a tuple. */
    record Sequence(List<Expression> elements, boolean tuple) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            List<Object> values = new ArrayList<>();
            elements.forEach(element -> values.add(element.evaluate(scope)));
            return tuple ? new Tuple(values) : values;
        }
    }

    /** {@code {a: b}}. */
    record Mapping(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                Object key = keys.get(i).evaluate(scope);
                if (key instanceof List || key instanceof Map) {
                    throw TemplateFault.failure("unhashable type: '" + Values.typeName(key) + "'");
                }
                map.put(key, values.get(i).evaluate(scope));
            }
            return map;
        }
    }

    /** {@code a if b else c}. */
    record Conditional(Expression value, Expression condition, Expression otherwise) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return Values.truth(condition.evaluate(scope)) ? value.evaluate(scope) : otherwise.evaluate(scope);
        }
    }

    /** {@code a or b}: the first that is true, else the last. */
    record Or(Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Object value = left.evaluate(scope);
            return Values.truth(value) ? value : right.evaluate(scope);
        }
    }

    /** {@code a and b}: the first that is false, else the last. */
    record And(Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Object value = left.evaluate(scope);
            return Values.truth(value) ? right.evaluate(scope) : value;
        }
    }

    /** {@code not a}. */
    record Not(Expression operand) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return !Values.truth(operand.evaluate(scope));
        }
    }

    /** {@code a < b < c}: every neighbouring pair must hold. */
    record Comparison(Expression first, List<String> operators, List<Expression> rest) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            Object left = first.evaluate(scope);
            for (int i = 0; i < operators.size(); i++) {
                Object right = rest.get(i).evaluate(scope);
                if (!holds(operators.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        private static boolean holds(String operator, Object left, Object right) {
            return switch (operator) {
                case "==" -> Values.equal(left, right);
                case "!=" -> !Values.equal(left, right);
                case "in" -> Values.contains(right, left);
                case "not in" -> !Values.contains(right, left);
                case "<" -> Values.compare(left, right) < 0;
                case "<=" -> Values.compare(left, right) <= 0;
                case ">" -> Values.compare(left, right) > 0;
                default -> Values.compare(left, right) >= 0;
            };
        }
    }

    /** {@code a + b} and the like. */
    record Binary(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return Arithmetic.apply(scope.execution(), operator, left.evaluate(scope), right.evaluate(scope));
        }
    }

    /** {@code a ~ b}: both as text. */
    record Concatenation(Expression left, Expression right) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            String first = PythonText.str(left.evaluate(scope));
            String second = PythonText.str(right.evaluate(scope));
            scope.execution().charge((long) first.length() + second.length());
            return first + second;
        }
    }

    /** {@code a.name}. */
    record Attribute(Expression value, String name) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return Subscripts.attribute(scope.execution(), value.evaluate(scope), name);
        }
    }

    /** {@code a[key]}. */
    record Item(Expression value, Expression key) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return Subscripts.item(scope.execution(), value.evaluate(scope), key.evaluate(scope));
        }
    }

    /** {@code a[start:stop:step]}. */
    record Slice(
            Expression value,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return Subscripts.slice(
                    scope.execution(),
                    value.evaluate(scope),
                    start == null ? null : start.evaluate(scope),
                    stop == null ? null : stop.evaluate(scope),
                    step == null ? null : step.evaluate(scope));
        }
    }

    /** {@code a|name(arguments)}. */
    record Filter(Expression value, String name, ArgumentList arguments) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            scope.execution().step();
            return Filters.apply(scope.execution(), name, value.evaluate(scope), arguments.evaluate(scope));
        }
    }

    /** {@code a is name(arguments)}. */
    record Test(Expression value, String name, ArgumentList arguments, boolean negated) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            boolean holds = ValueTests.holds(ValueTests.known(name), value.evaluate(scope), arguments.evaluate(scope));
            return holds != negated;
        }
    }

    /** {@code a(arguments)}. */
    record Call(Expression callee, ArgumentList arguments) implements Expression {
        @Override
        public Object evaluate(Scope scope) {
            return evaluate(scope, Map.of());
        }

        /** The call with further named arguments. */
        Object evaluate(Scope scope, Map<String, Object> extra) {
            scope.execution().step();
            Object called = callee.evaluate(scope);
            if (called instanceof Namespace namespace && namespace.get(Loop.CALL) instanceof Callable recursion) {
                called = recursion;
            }
            if (called instanceof Callable callable) {
                Arguments given = arguments.evaluate(scope);
                Map<String, Object> named = new LinkedHashMap<>(given.named());
                named.putAll(extra);
                return callable.call(new Arguments(given.positional(), named));
            }
            throw called instanceof Undefined undefined
                    ? undefined.fault()
                    : TemplateFault.failure("'" + Values.typeName(called) + "' object is not callable");
        }
    }
}
