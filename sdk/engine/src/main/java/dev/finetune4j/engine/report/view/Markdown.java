package dev.finetune4j.engine.report.view;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Pieces of Markdown (GitHub's flavour) in which no text can do anything but be read. */
public final class Markdown {
    private static final String SPECIAL = "\\`*_>|~@";
    private static final Pattern LIST_MARKS = Pattern.compile("[-+\\d.)#]");
    private static final Pattern EMOJI = Pattern.compile(":(?:[a-z+-][a-z0-9_+-]*|100|1234):");

    private Markdown() {}

    /** Text on one line, every character that Markdown or HTML could take for its own escaped. */
    public static String text(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                escaped.append(' ');
            } else if (c == '<') {
                escaped.append("&lt;");
            } else if (c == '&') {
                escaped.append("&amp;");
            } else if (SPECIAL.indexOf(c) >= 0
                    || closesLinkText(text, i)
                    || isOfHeadingOrNumber(text, i)
                    || (c == ':' && isOfLinkOrEmoji(text, i))) {
                escaped.append('\\').append(c);
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString().strip();
    }

    /** A table: its head and its rows, of which the first cell is text and the others are figures or text, all escaped. */
    static String table(List<String> head, List<List<String>> rows) {
        StringBuilder table = new StringBuilder(line(head));
        table.append("|---".repeat(head.size())).append("|\n");
        rows.forEach(row -> table.append(line(row)));
        return table.append('\n').toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Markdown::text).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** A colon that would make an address a link, or a word a picture; the one in {@code job.yaml:7} stays readable. */
    private static boolean isOfLinkOrEmoji(String text, int at) {
        boolean isInWord = at > 0 && Character.isLetterOrDigit(text.charAt(at - 1));
        return text.startsWith("//", at + 1)
                || (!isInWord && EMOJI.matcher(text).region(at, text.length()).lookingAt());
    }

    /**
     * A hash that would make a line, or an item of a list, a heading, or a number a link to an issue: a comment behind a command stays as it
     * is pasted.
     */
    private static boolean isOfHeadingOrNumber(String text, int at) {
        return text.charAt(at) == '#'
                && (LIST_MARKS.matcher(text.substring(0, at)).replaceAll("").isBlank()
                        || at + 1 == text.length()
                        || !Character.isWhitespace(text.charAt(at + 1)));
    }

    /** A bracket that would make what stands before it a link: brackets of an interval stay readable. */
    private static boolean closesLinkText(String text, int at) {
        return text.charAt(at) == ']' && at + 1 < text.length() && "([:".indexOf(text.charAt(at + 1)) >= 0;
    }
}
