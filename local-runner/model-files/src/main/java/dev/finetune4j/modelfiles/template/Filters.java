package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters after {@code |} that work on one value; those on many are in {@link SequenceFilters}. */
final class Filters {
    private static final Set<String> NAMES = Set.of(
            "tojson",
            "trim",
            "length",
            "count",
            "string",
            "safe",
            "upper",
            "lower",
            "capitalize",
            "title",
            "e",
            "escape",
            "replace",
            "format",
            "wordcount",
            "default",
            "d",
            "list",
            "items",
            "reverse",
            "int",
            "float",
            "abs",
            "round",
            "indent",
            "attr");

    private static final Pattern TITLE_PART = Pattern.compile("[^-\\s({\\[<]+|[-\\s({\\[<]+");

    private Filters() {}

    static boolean isKnown(String name) {
        return NAMES.contains(name) || SequenceFilters.NAMES.contains(name);
    }

    static Object apply(Execution execution, String name, Object value, Arguments arguments) {
        if (SequenceFilters.NAMES.contains(name)) {
            return SequenceFilters.apply(execution, name, value, arguments);
        }
        return switch (name) {
            case "tojson" -> JsonText.dumps(execution, value, arguments);
            case "trim" -> TextMethods.strip(PythonText.str(value), arguments, true, true);
            case "length", "count" -> Values.length(value);
            case "string", "safe" -> PythonText.str(value);
            case "upper" -> PythonText.str(value).toUpperCase(Locale.ROOT);
            case "lower" -> PythonText.str(value).toLowerCase(Locale.ROOT);
            case "capitalize" -> PythonText.capitalize(PythonText.str(value));
            case "title" -> title(PythonText.str(value));
            case "e", "escape" -> escape(execution, PythonText.str(value));
            case "replace" ->
                TextMethods.replace(
                        execution,
                        PythonText.str(value),
                        PythonText.str(arguments.need(0)),
                        PythonText.str(arguments.need(1)),
                        arguments.whole(2, "count", -1));
            case "format" -> TextFormat.percent(execution, PythonText.str(value), arguments.positional());
            case "wordcount" ->
                (long) TextSplitting.words(PythonText.str(value), -1, false).size();
            case "default", "d" -> defaultValue(value, arguments);
            case "list" -> new ArrayList<>(Values.iterate(value));
            case "items" -> items(value);
            case "reverse" -> reverse(value);
            case "int" -> toWhole(value, arguments);
            case "float" -> toReal(value, arguments);
            case "abs" -> absolute(value);
            case "round" -> round(value, arguments);
            case "indent" -> indent(execution, PythonText.str(value), arguments);
            case "attr" -> Subscripts.attribute(execution, value, arguments.text(0));
            default -> throw TemplateFault.failure("no filter named '" + name + "'");
        };
    }

    private static String title(String text) {
        return TITLE_PART
                .matcher(text)
                .replaceAll(part -> Matcher.quoteReplacement(PythonText.capitalize(part.group())));
    }

    private static String escape(Execution execution, String text) {
        execution.charge(5L * text.length());
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }

    private static Object defaultValue(Object value, Arguments arguments) {
        boolean alsoFalse = arguments.truth(1, "boolean");
        boolean replaced = value instanceof Undefined || (alsoFalse && !Values.truth(value));
        return replaced ? arguments.get(0, "default_value", "") : value;
    }

    private static Object items(Object value) {
        if (value instanceof Undefined) {
            return new Generated(List.of());
        }
        if (value instanceof Map<?, ?> map) {
            return new Generated(MapMethods.items(map));
        }
        throw TemplateFault.failure("Can only get item pairs from a mapping.");
    }

    private static Object reverse(Object value) {
        if (value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> elements = new ArrayList<>(Values.iterate(value));
        Collections.reverse(elements);
        return new Generated(elements);
    }

    private static Object toWhole(Object value, Arguments arguments) {
        if (Values.isNumber(value)) {
            return Values.number(value).longValue();
        }
        String text = TextMethods.strip(PythonText.str(value), Arguments.NONE, true, true);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            Object real = toReal(text, Arguments.NONE);
            boolean parsed = !real.equals(0.0) || text.matches("[-+]?0*\\.?0*(?:[eE][-+]?\\d+)?");
            return parsed && !text.isEmpty() ? ((Double) real).longValue() : arguments.get(0, "default", 0L);
        }
    }

    private static Object toReal(Object value, Arguments arguments) {
        try {
            return Values.isNumber(value)
                    ? Values.number(value).doubleValue()
                    : Double.parseDouble(PythonText.str(value));
        } catch (NumberFormatException e) {
            return arguments.get(0, "default", 0.0);
        }
    }

    private static Object absolute(Object value) {
        Number number = Values.number(value);
        return number instanceof Long whole ? (Object) Math.abs(whole) : (Object) Math.abs(number.doubleValue());
    }

    private static Object round(Object value, Arguments arguments) {
        double scale = Math.pow(10, arguments.whole(0, "precision", 0));
        double scaled = Values.number(value).doubleValue() * scale;
        double rounded = switch (PythonText.str(arguments.get(1, "method", "common"))) {
            case "ceil" -> Math.ceil(scaled);
            case "floor" -> Math.floor(scaled);
            default -> Math.rint(scaled);
        };
        return rounded / scale;
    }

    private static String indent(Execution execution, String text, Arguments arguments) {
        Object width = arguments.get(0, "width", 4L);
        int blanks = width instanceof String ? 0 : Math.max(0, Values.index(width));
        execution.charge(blanks);
        String prefix = width instanceof String given ? given : " ".repeat(blanks);
        boolean first = arguments.truth(1, "first");
        boolean blank = arguments.truth(2, "blank");
        StringBuilder result = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean indented = (i > 0 || first) && (blank || !lines[i].isEmpty());
            execution.charge((long) result.length() + prefix.length() + lines[i].length());
            result.append(i > 0 ? "\n" : "").append(indented ? prefix : "").append(lines[i]);
        }
        return result.toString();
    }
}
