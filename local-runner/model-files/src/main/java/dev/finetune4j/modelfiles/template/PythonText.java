package dev.finetune4j.modelfiles.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Values as Python prints them: {@code str()} and {@code repr()}. */
final class PythonText {
    private static final int SMALLEST_PLAIN_EXPONENT = -4;
    private static final int LARGEST_PLAIN_EXPONENT = 16;

    private PythonText() {}

    /** {@code str(value)}; an undefined value is empty. */
    static String str(Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Undefined ? "" : repr(value);
    }

    /** {@code repr(value)}. */
    static String repr(Object value) {
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof Tuple tuple) {
            return joined(tuple, "(", tuple.size() == 1 ? ",)" : ")");
        }
        if (value instanceof Generated) {
            return "<generator object>";
        }
        if (value instanceof List<?> list) {
            return joined(list, "[", "]");
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner joiner = new StringJoiner(", ", "{", "}");
            map.forEach((key, element) -> joiner.add(repr(key) + ": " + repr(element)));
            return joiner.toString();
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof Double number) {
            return number(number);
        }
        if (value == None.NONE) {
            return "None";
        }
        return value instanceof Undefined ? "Undefined" : String.valueOf(value);
    }

    private static String joined(List<?> values, String prefix, String suffix) {
        StringJoiner joiner = new StringJoiner(", ", prefix, suffix);
        values.forEach(value -> joiner.add(repr(value)));
        return joiner.toString();
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder result = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> result.append("\\\\");
                case '\n' -> result.append("\\n");
                case '\r' -> result.append("\\r");
                case '\t' -> result.append("\\t");
                default -> {
                    if (c == quote) {
                        result.append('\\').append(quote);
                    } else if (c < 32 || c == 127 || c == 0xa0 || c == 0xad) {
                        result.append(String.format(Locale.ROOT, "\\x%02x", c));
                    } else {
                        result.appendCodePoint(c);
                    }
                }
            }
        });
        return result.append(quote).toString();
    }

    /** A float: the shortest digits that read back the same, plain between 1e-4 and 1e16. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String java = Double.toString(value);
        int mark = java.indexOf('E');
        if (mark < 0) {
            return java;
        }
        int exponent = Integer.parseInt(java.substring(mark + 1));
        if (exponent >= SMALLEST_PLAIN_EXPONENT && exponent < LARGEST_PLAIN_EXPONENT) {
            String plain = new BigDecimal(java).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = java.substring(0, mark);
        return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits)
                + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** Whether {@code str.isspace()} holds. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85 || (c >= 0x1c && c <= 0x1f);
    }

    /** {@code text.rstrip()}. */
    static String stripRight(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** {@code text.capitalize()}. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int end = text.offsetByCodePoints(0, 1);
        return text.substring(0, end).toUpperCase(Locale.ROOT)
                + text.substring(end).toLowerCase(Locale.ROOT);
    }
}
