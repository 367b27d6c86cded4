package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;

/** What the normalizer of a tokenizer leaves of a text, as far as it may take all of it away. */
final class NormalizerSteps {
    /**
     * Characters up to which an expression that takes twice as long with each takes no time to speak of; one with groups nested in
     * groups and a reference to one, or with counts of thousands, may still.
     */
    private static final int MOST_MATCHED = 8;

    /** Characters that a replacement may make of a text; a sequence of them could double it without end. */
    private static final long MOST_WRITTEN = 1 << 16;

    /** A digit of a hexadecimal number to the library, or what is none; a blank, or none, to Java. */
    private static final Pattern OTHER_IN_JAVA = Pattern.compile("\\\\[hH]");

    private NormalizerSteps() {}

    /**
     * A text after the steps that may take all of it away, or make something of it that a later one takes away. The others are passed
     * over, and with them Precompiled, though its map may make nothing of a character; and so are expressions that Java does not know
     * or reads otherwise than the library, and those that would meet more than {@value #MOST_MATCHED} characters.
     */
    static String leftOf(String text, JsonNode step) {
        return switch (step.path("type").asText("")) {
            case "Sequence" -> {
                String left = text;
                for (JsonNode each : step.path("normalizers")) {
                    left = leftOf(left, each);
                }
                yield left;
            }
            case "Strip" -> stripped(step, text);
            case "Replace" ->
                replaced(step.path("pattern"), step.path("content").asText(""), text);
            case "Prepend" -> text.isEmpty() ? text : step.path("prepend").asText("") + text;
            case "NFC" -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case "NFD" -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case "NFKC" -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case "NFKD" -> Normalizer.normalize(text, Normalizer.Form.NFKD);
            case "Lowercase" -> text.toLowerCase(Locale.ROOT);
            case "Nmt" -> asNmtDoes(text);
            case "StripAccents" -> without(text, NormalizerSteps::isMark);
            case "BertNormalizer" -> asBertDoes(step, text);
            default -> text;
        };
    }

    private static String stripped(JsonNode step, String text) {
        int from = 0;
        int to = text.length();
        while (step.path("strip_left").asBoolean(false) && from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (step.path("strip_right").asBoolean(false) && from < to && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** As Rust has it: spaces that do not break are spaces, too. */
    private static boolean isSpace(int letter) {
        return Character.isSpaceChar(letter) || (letter >= '\t' && letter <= '\r') || letter == '\u0085';
    }

    private static String replaced(JsonNode pattern, String content, String text) {
        if ((long) text.length() * Math.max(1, content.length()) > MOST_WRITTEN) {
            return text;
        }
        if (!pattern.path("Regex").isTextual()) {
            String literal = pattern.path("String").asText("");
            return literal.isEmpty() ? text : text.replace(literal, content);
        }
        String expression = pattern.path("Regex").asText();
        if (text.length() > MOST_MATCHED || OTHER_IN_JAVA.matcher(expression).find()) {
            return text;
        }
        try {
            // the library's classes are those of Unicode
            return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS)
                    .matcher(text)
                    .replaceAll(Matcher.quoteReplacement(content));
        } catch (PatternSyntaxException | StackOverflowError e) {
            return text;
        }
    }

    /** Accents go where it says so, and with the capitals where it says nothing. */
    private static String asBertDoes(JsonNode step, String text) {
        boolean isLower = step.path("lowercase").asBoolean(false);
        String left = step.path("clean_text").asBoolean(false)
                ? mapped(without(text, NormalizerSteps::isControl), letter -> isSpace(letter) ? ' ' : letter)
                : text;
        if (step.path("strip_accents").asBoolean(isLower)) {
            left = without(
                    Normalizer.normalize(left, Normalizer.Form.NFD),
                    letter -> Character.getType(letter) == Character.NON_SPACING_MARK);
        }
        return isLower ? left.toLowerCase(Locale.ROOT) : left;
    }

    private static boolean isControl(int letter) {
        boolean isBlank = letter == '\t' || letter == '\n' || letter == '\r';
        int type = Character.getType(letter);
        boolean isOther = type == Character.CONTROL || type == Character.FORMAT || isOfPrivateUse(letter);
        return letter == 0xFFFD || (!isBlank && isOther);
    }

    /** The library's table of them holds only the ends of their ranges. */
    private static boolean isOfPrivateUse(int letter) {
        return switch (letter) {
            case 0xE000, 0xF8FF, 0xF0000, 0xFFFFD, 0x100000, 0x10FFFD -> true;
            default -> false;
        };
    }

    private static String asNmtDoes(String text) {
        return mapped(without(text, NormalizerSteps::isTakenByNmt), letter -> isSpaceToNmt(letter) ? ' ' : letter);
    }

    private static boolean isTakenByNmt(int letter) {
        return (letter >= 0x1 && letter <= 0x8)
                || letter == 0xB
                || (letter >= 0xE && letter <= 0x1F)
                || letter == 0x7F
                || letter == 0x8F
                || letter == 0x9F;
    }

    private static boolean isSpaceToNmt(int letter) {
        return switch (letter) {
            case '\t', '\n', '\f', '\r', 0x1680, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F -> true;
            case 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> true;
            default -> false;
        };
    }

    private static boolean isMark(int letter) {
        int type = Character.getType(letter);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static String without(String text, IntPredicate isTaken) {
        return text(text.codePoints().filter(isTaken.negate()));
    }

    private static String mapped(String text, IntUnaryOperator map) {
        return text(text.codePoints().map(map));
    }

    private static String text(IntStream letters) {
        return letters.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
