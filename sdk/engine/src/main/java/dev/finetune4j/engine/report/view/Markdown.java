package dev.finetune4j.engine.report.view;

import java.util.List;
import java.util.stream.Collectors;

/** Pieces of Markdown (GitHub's flavour) in which no text can do anything but be read. */
final class Markdown {
    private static final String SPECIAL = "\\`*_>#|~@:";

    private Markdown() {}

    /** Text on one line, every character that Markdown or HTML could take for its own escaped. */
    static String text(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                escaped.append(' ');
            } else if (c == '<') {
                escaped.append("&lt;");
            } else if (c == '&') {
                escaped.append("&amp;");
            } else if (SPECIAL.indexOf(c) >= 0 || closesLinkText(text, i)) {
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

    /** A bracket that would make what stands before it a link: brackets of an interval stay readable. */
    private static boolean closesLinkText(String text, int at) {
        return text.charAt(at) == ']' && at + 1 < text.length() && "([:".indexOf(text.charAt(at + 1)) >= 0;
    }
}
