package dev.finetune4j.engine.check.privacy;

import java.util.Locale;

/** What stands around a place of a text. */
final class Surroundings {
    private Surroundings() {}

    /** Whether the character before {@code at} is not an ASCII letter, digit or underscore. */
    static boolean startsWord(CharSequence text, int at) {
        return at == 0 || !isWordPart(text.charAt(at - 1));
    }

    /** Whether the character at {@code at} is not an ASCII letter, digit or underscore. */
    static boolean endsWord(CharSequence text, int at) {
        return at >= text.length() || !isWordPart(text.charAt(at));
    }

    /** Whether one of the lower-case words stands, as a whole or as the start of a word, in the {@code reach} characters before. */
    static boolean follows(CharSequence text, int at, int reach, String... words) {
        int from = Math.max(0, at - reach);
        String before = text.subSequence(from, at).toString().toLowerCase(Locale.ROOT);
        for (String word : words) {
            for (int found = before.indexOf(word); found >= 0; found = before.indexOf(word, found + 1)) {
                if (found > 0 ? startsWord(before, found) : startsWord(text, from)) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean isWordPart(char c) {
        return c == '_' || isLetterOrDigit(c);
    }

    static boolean isLetterOrDigit(char c) {
        return NumberGroups.isDigit(c) || isUpper(c) || (c >= 'a' && c <= 'z');
    }

    static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    static boolean isHex(char c) {
        return NumberGroups.isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
