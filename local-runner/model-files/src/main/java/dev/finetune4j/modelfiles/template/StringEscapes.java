package dev.finetune4j.modelfiles.template;

/** The escapes of a string literal, as Python reads them; an unknown escape keeps its backslash. */
final class StringEscapes {
    private static final String LETTERS = "abfnrtv\\'\"";
    private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b\\'\"";

    private StringEscapes() {}

    /** The content of a literal; {@code offset} is where the literal stands, for messages. */
    static String unescape(String literal, int offset) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder result = new StringBuilder();
        int i = 0;
        while (i < literal.length()) {
            char c = literal.charAt(i);
            if (c == '\\' && i + 1 < literal.length()) {
                i = escape(literal, i + 1, result, offset);
            } else {
                result.append(c);
                i++;
            }
        }
        return result.toString();
    }

    /** Appends the meaning of the escape whose letter stands at {@code at}; returns where reading goes on. */
    private static int escape(String literal, int at, StringBuilder result, int offset) {
        char letter = literal.charAt(at);
        int known = LETTERS.indexOf(letter);
        if (known >= 0) {
            result.append(MEANINGS.charAt(known));
            return at + 1;
        }
        return switch (letter) {
            case '\n' -> at + 1;
            case 'x' -> number(literal, at + 1, 2, 16, result, offset);
            case 'u' -> number(literal, at + 1, 4, 16, result, offset);
            case 'U' -> number(literal, at + 1, 8, 16, result, offset);
            case '0', '1', '2', '3', '4', '5', '6', '7' ->
                number(literal, at, octalDigits(literal, at), 8, result, offset);
            default -> {
                result.append('\\').append(letter);
                yield at + 1;
            }
        };
    }

    private static int octalDigits(String literal, int at) {
        int end = at;
        while (end < literal.length() && end < at + 3 && literal.charAt(end) >= '0' && literal.charAt(end) <= '7') {
            end++;
        }
        return end - at;
    }

    private static int number(String literal, int at, int digits, int radix, StringBuilder result, int offset) {
        try {
            int end = at + digits;
            result.appendCodePoint(Integer.parseInt(literal.substring(at, end), radix));
            return end;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw TemplateFault.syntax("a string holds a broken escape", offset);
        }
    }
}
