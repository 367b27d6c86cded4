package dev.finetune4j.engine.check.privacy;

/**
 * Up to eight groups of digits with at most two separating characters between them, as people write long numbers. Reused from
 * place to place by one scan.
 */
final class NumberGroups {
    private static final int MOST_GROUPS = 8;
    private static final int MOST_SEPARATORS = 2;

    private final int[] starts = new int[MOST_GROUPS];
    private final int[] ends = new int[MOST_GROUPS];
    private CharSequence text = "";
    private int count;
    private int digits;

    /** Reads the groups that begin with the digit at {@code start}. */
    void read(CharSequence from, int start) {
        text = from;
        count = 0;
        digits = 0;
        int at = start;
        while (count < MOST_GROUPS) {
            int end = at;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
            starts[count] = at;
            ends[count++] = end;
            digits += end - at;
            at = end;
            while (at < text.length() && at - end < MOST_SEPARATORS && isSeparator(text.charAt(at))) {
                at++;
            }
            if (at == end || at >= text.length() || !isDigit(text.charAt(at))) {
                return;
            }
        }
    }

    /** Groups, at least 1. */
    int count() {
        return count;
    }

    /** Digits of all groups. */
    int digits() {
        return digits;
    }

    int start() {
        return starts[0];
    }

    int end(int group) {
        return ends[group];
    }

    int length(int group) {
        return ends[group] - starts[group];
    }

    /** What stands between a group and the next, one or two characters. */
    CharSequence separator(int group) {
        return text.subSequence(ends[group], starts[group + 1]);
    }

    /** Whether one separator character, the same throughout, stands between the first {@code groups} groups. */
    boolean areSeparatedBy(char separator, int groups) {
        for (int i = 0; i + 1 < groups; i++) {
            if (starts[i + 1] - ends[i] != 1 || text.charAt(ends[i]) != separator) {
                return false;
            }
        }
        return true;
    }

    /** Whether the first groups have these lengths and stand free: no letter, digit or further group is tied to them. */
    boolean areOf(int... lengths) {
        if (count < lengths.length) {
            return false;
        }
        for (int i = 0; i < lengths.length; i++) {
            if (length(i) != lengths[i]) {
                return false;
            }
        }
        return standsFree(lengths.length);
    }

    /** Whether no letter, digit or further group is tied to the first {@code groups} groups. */
    boolean standsFree(int groups) {
        return isFreeBefore() && isFreeAfter(ends[groups - 1]);
    }

    /** Whether the first groups are all: no further group of digits stands before or behind them, not even after a space. */
    boolean areAll(int groups) {
        int before = starts[0] - 1;
        boolean isPreceded = before > 0 && isSeparator(text.charAt(before)) && isDigit(text.charAt(before - 1));
        return count == groups && !isPreceded;
    }

    /** The digits of the first groups. */
    String digits(int groups) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < groups; i++) {
            joined.append(text, starts[i], ends[i]);
        }
        return joined.toString();
    }

    private boolean isFreeBefore() {
        int before = starts[0] - 1;
        if (before < 0) {
            return true;
        }
        char c = text.charAt(before);
        if (before > 0 && isTie(c)) {
            char beforeTie = text.charAt(before - 1);
            return !isDigit(beforeTie) && !(c == '.' && isWordPart(beforeTie));
        }
        return !isWordPart(c);
    }

    private boolean isFreeAfter(int end) {
        if (end >= text.length()) {
            return true;
        }
        char c = text.charAt(end);
        return !isWordPart(c) && !(isTie(c) && end + 1 < text.length() && isWordPart(text.charAt(end + 1)));
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSeparator(char c) {
        return c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '\u00A0' || c == '\u2011';
    }

    private static boolean isTie(char c) {
        return c == '-' || c == '.' || c == '/';
    }

    private static boolean isWordPart(char c) {
        return c == '_' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
