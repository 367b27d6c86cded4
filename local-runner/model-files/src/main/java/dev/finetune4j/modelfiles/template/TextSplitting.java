package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code split}, {@code rsplit} and {@code splitlines}. */
final class TextSplitting {
    private static final String LINE_ENDS = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

    private TextSplitting() {}

    /** Parts between separators; at most {@code limit} cuts unless negative. */
    static List<Object> at(String text, String separator, int limit, boolean fromRight) {
        if (separator.isEmpty()) {
            throw TemplateFault.failure("empty separator");
        }
        return fromRight ? atFromRight(text, separator, limit) : atFromLeft(text, separator, limit);
    }

    private static List<Object> atFromLeft(String text, String separator, int limit) {
        List<Object> parts = new ArrayList<>();
        int start = 0;
        int found = text.indexOf(separator);
        while (found >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.add(text.substring(start, found));
            start = found + separator.length();
            found = text.indexOf(separator, start);
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<Object> atFromRight(String text, String separator, int limit) {
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        int found = text.lastIndexOf(separator);
        while (found >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.add(text.substring(found + separator.length(), end));
            end = found;
            found = text.lastIndexOf(separator, end - separator.length());
        }
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    /** Words between white space; at most {@code limit} cuts unless negative. */
    static List<Object> words(String text, int limit, boolean fromRight) {
        return fromRight && limit >= 0 ? wordsFromRight(text, limit) : wordsFromLeft(text, limit);
    }

    private static List<Object> wordsFromLeft(String text, int limit) {
        List<Object> words = new ArrayList<>();
        int start = 0;
        while (true) {
            while (start < text.length() && PythonText.isSpace(text.charAt(start))) {
                start++;
            }
            if (start == text.length()) {
                return words;
            }
            if (limit >= 0 && words.size() == limit) {
                words.add(PythonText.stripRight(text.substring(start)));
                return words;
            }
            int end = start;
            while (end < text.length() && !PythonText.isSpace(text.charAt(end))) {
                end++;
            }
            words.add(text.substring(start, end));
            start = end;
        }
    }

    private static List<Object> wordsFromRight(String text, int limit) {
        List<Object> words = new ArrayList<>();
        String rest = PythonText.stripRight(text);
        while (!rest.isEmpty() && words.size() < limit) {
            int start = rest.length();
            while (start > 0 && !PythonText.isSpace(rest.charAt(start - 1))) {
                start--;
            }
            words.add(rest.substring(start));
            rest = PythonText.stripRight(rest.substring(0, start));
        }
        if (!rest.isEmpty()) {
            words.add(TextMethods.strip(rest, Arguments.NONE, true, false));
        }
        Collections.reverse(words);
        return words;
    }

    /** Lines, with their ends if {@code keepEnds}. */
    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            while (end < text.length() && LINE_ENDS.indexOf(text.charAt(end)) < 0) {
                end++;
            }
            int next = end + (text.startsWith("\r\n", end) ? 2 : 1);
            lines.add(text.substring(start, keepEnds ? Math.min(next, text.length()) : end));
            start = next;
        }
        return lines;
    }
}
