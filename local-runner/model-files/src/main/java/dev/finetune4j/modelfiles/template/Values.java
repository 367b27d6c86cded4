package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What Python does with values of any type: truth, equality, order, iteration, length. */
final class Values {
    private Values() {}

    static boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return value instanceof Generated || !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value != None.NONE && !(value instanceof Undefined);
    }

    static String typeName(Object value) {
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof Tuple) {
            return "tuple";
        }
        if (value instanceof Generated) {
            return "generator";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "dict";
        }
        if (value == None.NONE) {
            return "NoneType";
        }
        return value instanceof Undefined ? "Undefined" : "object";
    }

    /** The elements that a {@code for} would see. */
    static List<Object> iterate(Object value) {
        if (value instanceof List<?> list) {
            return objects(list);
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            return characters(text);
        }
        throw TemplateFault.failure("'" + typeName(value) + "' object is not iterable");
    }

    @SuppressWarnings("unchecked") // every list of the interpreter holds objects
    private static List<Object> objects(List<?> list) {
        return (List<Object>) list;
    }

    /** Whole characters, never halves of a surrogate pair. */
    static List<Object> characters(String text) {
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    static long length(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof List<?> list && !(value instanceof Generated)) {
            return list.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw TemplateFault.failure("object of type '" + typeName(value) + "' has no len()");
    }

    static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    /** A number; true and false count as 1 and 0. */
    static Number number(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        if (value instanceof Number number) {
            return number;
        }
        throw value instanceof Undefined undefined
                ? undefined.fault()
                : TemplateFault.failure("a number is needed, not '" + typeName(value) + "'");
    }

    /** A whole number, cut to the range of an int: longer texts and lists do not exist. */
    static int index(Object value) {
        return (int) Math.max(
                Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number(value).longValue()));
    }

    static boolean equal(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            Number x = number(a);
            Number y = number(b);
            return (x instanceof Long && y instanceof Long) ? x.equals(y) : x.doubleValue() == y.doubleValue();
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return a instanceof Tuple == b instanceof Tuple && x.size() == y.size() && elementsEqual(x, y);
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.size() == y.size()
                    && x.entrySet().stream().allMatch(entry -> {
                        Object other = y.get(entry.getKey());
                        return other != null && equal(entry.getValue(), other);
                    });
        }
        return Objects.equals(a, b);
    }

    private static boolean elementsEqual(List<?> x, List<?> y) {
        for (int i = 0; i < x.size(); i++) {
            if (!equal(x.get(i), y.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Negative, zero or positive, as {@code a < b}, {@code a == b}, {@code a > b}. */
    static int compare(Object a, Object b) {
        if (a instanceof String x && b instanceof String y) {
            return compareByCodePoint(x, y);
        }
        if (isNumber(a) && isNumber(b)) {
            Number x = number(a);
            Number y = number(b);
            return x instanceof Long p && y instanceof Long q
                    ? Long.compare(p, q)
                    : Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (!equal(x.get(i), y.get(i))) {
                    return compare(x.get(i), y.get(i));
                }
            }
            return Integer.compare(x.size(), y.size());
        }
        if (a instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fault();
        }
        throw TemplateFault.failure(
                "'<' not supported between instances of '" + typeName(a) + "' and '" + typeName(b) + "'");
    }

    private static int compareByCodePoint(String x, String y) {
        int length = Math.min(x.length(), y.length());
        for (int i = 0; i < length; i++) {
            if (x.charAt(i) != y.charAt(i)) {
                // The half of a pair sorts below the characters above the surrogates, as a char; as a code point, above
                // them.
                boolean bothPlain = !Character.isSurrogate(x.charAt(i)) && !Character.isSurrogate(y.charAt(i));
                return bothPlain
                        ? Character.compare(x.charAt(i), y.charAt(i))
                        : Integer.compare(x.codePointAt(i), y.codePointAt(i));
            }
        }
        return Integer.compare(x.length(), y.length());
    }

    /** Whether {@code element in container}. */
    static boolean contains(Object container, Object element) {
        if (container instanceof String text) {
            if (element instanceof String part) {
                return text.contains(part);
            }
            throw TemplateFault.failure("'in <string>' requires string as left operand, not " + typeName(element));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(element);
        }
        return iterate(container).stream().anyMatch(other -> equal(other, element));
    }
}
