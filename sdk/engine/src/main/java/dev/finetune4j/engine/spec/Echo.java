package dev.finetune4j.engine.spec;

import java.util.regex.Pattern;

/** The user's own words in a message: on one line, cut to a readable length, without what an address may hide. */
final class Echo {
    private static final int MAX_LENGTH = 60;
    private static final Pattern USER_INFO = Pattern.compile("://[^/\\s@]{1,200}@");
    private static final Pattern QUERY = Pattern.compile("(https?://[^\\s?]{1,500})\\?\\S+");

    private Echo() {}

    /** In double quotes. */
    static String of(String text) {
        return '"' + bare(text) + '"';
    }

    /** Without quotes. */
    static String bare(String text) {
        return cut(text, MAX_LENGTH);
    }

    /** A line of the user's file, as a cause shows it. */
    static String line(String text) {
        return cut(text, 100);
    }

    private static String cut(String text, int length) {
        String start = text.length() > 2000 ? text.substring(0, 2000) : text;
        String safe =
                QUERY.matcher(USER_INFO.matcher(start).replaceAll("://***@")).replaceAll("$1?***");
        StringBuilder line = new StringBuilder();
        safe.codePoints().limit(length).forEach(point -> {
            if (point == '\n') {
                line.append("\\n");
            } else {
                line.appendCodePoint(Character.isISOControl(point) ? ' ' : point);
            }
        });
        boolean isWhole = safe.codePointCount(0, safe.length()) <= length && start.length() == text.length();
        return isWhole ? line.toString() : line + "...";
    }
}
