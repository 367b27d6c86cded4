package dev.finetune4j.cli.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Breaks text into lines of a width, at white space where there is some. */
public final class Wrap {
    private static final String PARTING = "-._/:";

    private Wrap() {}

    /** The lines of {@code text}; line breaks in it are kept, a word longer than the width is cut, after a mark within it where it can be. */
    public static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            wrapInto(lines, paragraph, Math.max(1, width), true);
        }
        return lines;
    }

    /** Indents every line but the first. A word longer than the width, such as a path, stays whole so that it can be copied. */
    public static String hanging(String text, int width, int indent) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            wrapInto(lines, paragraph, Math.max(1, width - indent), false);
        }
        return String.join("\n" + " ".repeat(indent), lines);
    }

    /** What {@link #lines} keeps on one line where the width is not less: words, and of names what stands between marks. */
    static Stream<String> pieces(String text) {
        return Arrays.stream(text.split("\\s+|(?<=[" + PARTING + "])"));
    }

    private static void wrapInto(List<String> lines, String paragraph, int width, boolean cutsWords) {
        String rest = paragraph;
        while (rest.length() > width) {
            int cut = rest.lastIndexOf(' ', width);
            if (cut <= leadingBlanks(rest)) {
                cut = cutsWords ? parting(rest, width) : rest.indexOf(' ', width);
            }
            if (cut < 0) {
                break;
            }
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(rest);
    }

    /** After a mark that parts a name, such as a hyphen, where one is beyond the first third of the width; else the width. */
    private static int parting(String word, int width) {
        for (int end = width; end > width / 3; end--) {
            if (PARTING.indexOf(word.charAt(end - 1)) >= 0) {
                return end;
            }
        }
        return width;
    }

    private static int leadingBlanks(String text) {
        return text.length() - text.stripLeading().length();
    }
}
