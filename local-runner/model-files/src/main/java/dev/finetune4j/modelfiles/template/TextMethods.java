package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** The methods of a str. */
final class TextMethods {
    static final Set<String> NAMES = Set.of(
            "strip",
            "lstrip",
            "rstrip",
            "split",
            "rsplit",
            "splitlines",
            "startswith",
            "endswith",
            "upper",
            "lower",
            "title",
            "capitalize",
            "find",
            "rfind",
            "index",
            "count",
            "replace",
            "join",
            "removeprefix",
            "removesuffix",
            "isdigit",
            "isalpha",
            "isalnum",
            "isspace",
            "isupper",
            "islower",
            "format",
            "partition",
            "rpartition",
            "zfill",
            "ljust",
            "rjust");

    private TextMethods() {}

    static Object call(Execution execution, String text, String name, Arguments arguments) {
        execution.charge(text.length());
        return switch (name) {
            case "strip" -> strip(text, arguments, true, true);
            case "lstrip" -> strip(text, arguments, true, false);
            case "rstrip" -> strip(text, arguments, false, true);
            case "split", "rsplit" -> split(text, arguments, name.equals("rsplit"));
            case "splitlines" -> TextSplitting.lines(text, arguments.truth(0, "keepends"));
            case "startswith" -> hasAffix(text, arguments.need(0), true);
            case "endswith" -> hasAffix(text, arguments.need(0), false);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> PythonText.capitalize(text);
            case "find" -> find(text, arguments);
            case "rfind" -> codePoints(text, text.lastIndexOf(arguments.text(0)));
            case "index" -> {
                long at = find(text, arguments);
                if (at < 0) {
                    throw TemplateFault.failure("substring not found");
                }
                yield at;
            }
            case "count" -> count(text, arguments.text(0));
            case "replace" ->
                replace(execution, text, arguments.text(0), arguments.text(1), arguments.whole(2, "count", -1));
            case "join" -> join(execution, text, arguments.need(0));
            case "removeprefix" ->
                text.startsWith(arguments.text(0))
                        ? text.substring(arguments.text(0).length())
                        : text;
            case "removesuffix" ->
                text.endsWith(arguments.text(0))
                        ? text.substring(0, text.length() - arguments.text(0).length())
                        : text;
            case "isdigit" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, PythonText::isSpace);
            case "isupper" -> isUpper(text);
            case "islower" -> isLower(text);
            case "format" -> TextFormat.braces(execution, text, arguments);
            case "partition" -> partition(text, arguments.text(0), text.indexOf(arguments.text(0)), true);
            case "rpartition" -> partition(text, arguments.text(0), text.lastIndexOf(arguments.text(0)), false);
            case "zfill" -> padding(execution, text, arguments, "0") + text;
            case "ljust" -> text + padding(execution, text, arguments, " ");
            case "rjust" -> padding(execution, text, arguments, " ") + text;
            default -> throw new IllegalStateException("str." + name + " is listed but not there");
        };
    }

    static String strip(String text, Arguments arguments, boolean left, boolean right) {
        Object given = arguments.get(0, "chars", None.NONE);
        if (given instanceof Undefined undefined) {
            throw undefined.fault();
        }
        IntPredicate stripped = given instanceof String set ? c -> set.indexOf(c) >= 0 : PythonText::isSpace;
        int start = 0;
        int end = text.length();
        while (left && start < end && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static List<Object> split(String text, Arguments arguments, boolean fromRight) {
        Object separator = arguments.get(0, "sep", None.NONE);
        int limit = arguments.whole(1, "maxsplit", -1);
        if (separator instanceof String given) {
            return TextSplitting.at(text, given, limit, fromRight);
        }
        if (separator instanceof Undefined undefined) {
            throw undefined.fault();
        }
        return TextSplitting.words(text, limit, fromRight);
    }

    private static boolean hasAffix(String text, Object affix, boolean atStart) {
        if (affix instanceof Tuple tuple) {
            return tuple.stream().anyMatch(one -> hasAffix(text, one, atStart));
        }
        String wanted = new Arguments(List.of(affix), Map.of()).text(0);
        return atStart ? text.startsWith(wanted) : text.endsWith(wanted);
    }

    private static String title(String text) {
        StringBuilder result = new StringBuilder();
        boolean startsWord = true;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            result.appendCodePoint(startsWord ? Character.toTitleCase(c) : Character.toLowerCase(c));
            startsWord = !Character.isLetter(c);
        }
        return result.toString();
    }

    private static long find(String text, Arguments arguments) {
        int from = Math.max(0, Math.min(text.length(), arguments.whole(1, "start", 0)));
        int start = text.offsetByCodePoints(0, Math.min(from, text.codePointCount(0, text.length())));
        return codePoints(text, text.indexOf(arguments.text(0), start));
    }

    private static long codePoints(String text, int index) {
        return index < 0 ? -1L : (long) text.codePointCount(0, index);
    }

    private static long count(String text, String part) {
        return part.isEmpty()
                ? text.codePointCount(0, text.length()) + 1L
                : TextSplitting.at(text, part, -1, false).size() - 1L;
    }

    static String replace(Execution execution, String text, String old, String replacement, int limit) {
        long occurrences = count(text, old);
        execution.charge(text.length() + Math.min(occurrences, text.length() + 1L) * replacement.length());
        if (limit < 0) {
            return text.replace(old, replacement);
        }
        List<String> parts = new ArrayList<>();
        TextSplitting.at(text, old, limit, false).forEach(part -> parts.add((String) part));
        return String.join(replacement, parts);
    }

    private static String join(Execution execution, String separator, Object values) {
        StringBuilder result = new StringBuilder();
        boolean first = true;
        for (Object value : Values.iterate(values)) {
            if (!(value instanceof String part)) {
                throw TemplateFault.failure(
                        "sequence item: expected str instance, " + Values.typeName(value) + " found");
            }
            execution.charge((long) result.length() + separator.length() + part.length());
            result.append(first ? "" : separator).append(part);
            first = false;
        }
        return result.toString();
    }

    private static boolean all(String text, IntPredicate property) {
        return !text.isEmpty() && text.codePoints().allMatch(property);
    }

    static boolean isUpper(String text) {
        return text.equals(text.toUpperCase(Locale.ROOT)) && !text.equals(text.toLowerCase(Locale.ROOT));
    }

    static boolean isLower(String text) {
        return text.equals(text.toLowerCase(Locale.ROOT)) && !text.equals(text.toUpperCase(Locale.ROOT));
    }

    private static Tuple partition(String text, String separator, int at, boolean missingLeft) {
        if (at < 0) {
            return new Tuple(missingLeft ? List.of(text, "", "") : List.of("", "", text));
        }
        return new Tuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }

    private static String padding(Execution execution, String text, Arguments arguments, String fill) {
        long width = Math.max(0, Values.index(arguments.need(0)) - Values.length(text));
        execution.charge(width);
        return fill.repeat((int) width);
    }
}
