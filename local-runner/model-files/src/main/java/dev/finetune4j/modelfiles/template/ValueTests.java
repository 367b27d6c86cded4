package dev.finetune4j.modelfiles.template;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tests after {@code is}. */
final class ValueTests {
    private static final Set<String> NAMES = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "mapping",
            "number",
            "integer",
            "float",
            "boolean",
            "sequence",
            "iterable",
            "callable",
            "true",
            "false",
            "eq",
            "ne",
            "in",
            "sameas",
            "odd",
            "even",
            "divisibleby",
            "gt",
            "lt",
            "ge",
            "le",
            "lower",
            "upper",
            "filter",
            "test");

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("equalto", "eq"),
            Map.entry("==", "eq"),
            Map.entry("!=", "ne"),
            Map.entry("greaterthan", "gt"),
            Map.entry(">", "gt"),
            Map.entry("lessthan", "lt"),
            Map.entry("<", "lt"),
            Map.entry(">=", "ge"),
            Map.entry("<=", "le"));

    private ValueTests() {}

    static boolean isKnown(String name) {
        return NAMES.contains(ALIASES.getOrDefault(name, name));
    }

    /** The name that is meant, if there is such a test. */
    static String known(String name) {
        if (!isKnown(name)) {
            throw TemplateFault.failure("no test named '" + name + "'");
        }
        return ALIASES.getOrDefault(name, name);
    }

    static boolean holds(String name, Object value, Arguments arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "sequence", "iterable" ->
                value instanceof String || value instanceof List || value instanceof Map || value instanceof Undefined;
            case "callable" -> value instanceof Callable;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "eq" -> Values.equal(value, arguments.need(0));
            case "ne" -> !Values.equal(value, arguments.need(0));
            case "in" -> Values.contains(arguments.need(0), value);
            case "sameas" -> isSame(value, arguments.need(0));
            case "odd" -> Values.number(value).longValue() % 2 != 0;
            case "even" -> Values.number(value).longValue() % 2 == 0;
            case "divisibleby" -> Arithmetic.isDivisible(value, arguments.need(0));
            case "gt" -> Values.compare(value, arguments.need(0)) > 0;
            case "lt" -> Values.compare(value, arguments.need(0)) < 0;
            case "ge" -> Values.compare(value, arguments.need(0)) >= 0;
            case "le" -> Values.compare(value, arguments.need(0)) <= 0;
            case "lower" -> TextMethods.isLower(PythonText.str(value));
            case "upper" -> TextMethods.isUpper(PythonText.str(value));
            case "filter" -> value instanceof String filter && Filters.isKnown(filter);
            case "test" -> value instanceof String test && isKnown(test);
            default -> throw new IllegalStateException("test " + name + " is listed but not there");
        };
    }

    @SuppressWarnings("ReferenceEquality") // Python's `is`
    private static boolean isSame(Object a, Object b) {
        return a == b || (a instanceof Boolean && a.equals(b));
    }
}
