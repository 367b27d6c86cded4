package dev.finetune4j.engine.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Splitting at white space as the reference implementations do, which are written in Python. */
final class Words {
    private Words() {}

    /** The runs of characters between white space, as {@code str.split()} gives them. */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            if (isSpace(codePoint)) {
                if (start >= 0) {
                    words.add(text.substring(start, i));
                    start = -1;
                }
            } else if (start < 0) {
                start = i;
            }
            i += Character.charCount(codePoint);
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }

    /** The text without white space at its end, as {@code str.rstrip()} gives it. */
    static String withoutTrailingSpace(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    /** The text without white space at either end, as {@code str.strip()} gives it. */
    static String withoutSpaceAround(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return withoutTrailingSpace(text.substring(start));
    }

    /** The runs of {@code n} neighbouring words. */
    static List<List<String>> grams(List<String> words, int n) {
        List<List<String>> grams = new ArrayList<>();
        for (int i = 0; i + n <= words.size(); i++) {
            grams.add(words.subList(i, i + n));
        }
        return grams;
    }

    /** How often each item occurs. */
    static <T> Map<T, Integer> counts(Iterable<T> items) {
        Map<T, Integer> counts = new HashMap<>();
        for (T item : items) {
            counts.merge(item, 1, Integer::sum);
        }
        return counts;
    }

    /** How many items two multisets share. */
    static <T> int shared(Map<T, Integer> some, Map<T, Integer> others) {
        int shared = 0;
        for (Map.Entry<T, Integer> entry : some.entrySet()) {
            shared += Math.min(entry.getValue(), others.getOrDefault(entry.getKey(), 0));
        }
        return shared;
    }

    /** Java's white space with the no-break spaces and the next-line control that it leaves out. */
    private static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || codePoint == 0x85;
    }
}
