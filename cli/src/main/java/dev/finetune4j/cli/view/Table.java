package dev.finetune4j.cli.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table that keeps to the screen's width: columns take what they need, and where that is too much the widest text columns are
 * wrapped, between words as long as that is enough, so that nothing is cut off. On a screen that is too narrow even so, each row is a block with a line for each cell.
 * Of a table that ends with a note neither words nor ids are broken.
 */
public final class Table {
    private static final String GAP = "  ";
    private static final int NARROWEST_COLUMN = 8;
    private static final int LONG_WORD = 16;

    /** As long as the longest names of regions, which part nowhere: other names are broken at their marks first. */
    private static final int LONG_NAME = 18;

    private static final String NOTHING = "-";

    /** How a column stands. */
    public enum Align {
        /** Text; may be wrapped. */
        LEFT,
        /** What is copied, such as an id; wrapped only where nothing else is left to wrap, after marks within it as long as that is enough. */
        WHOLE,
        /** Numbers; never wrapped. */
        RIGHT,
        /** Text of which no word is broken: where it has no room, it stands below its row. */
        NOTE
    }

    private final List<String> headings = new ArrayList<>();
    private final List<Align> aligns = new ArrayList<>();
    private final List<Integer> leasts = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a text column. */
    public Table text(String heading) {
        return column(heading, Align.LEFT);
    }

    /** Adds a text column, the last, of which no word is broken, as in a command: where it has no room, it stands below each row. */
    public Table note(String heading) {
        return column(heading, Align.NOTE);
    }

    /** Adds a column of what people copy, such as ids. */
    public Table id(String heading) {
        return column(heading, Align.WHOLE);
    }

    /** Adds a number column. */
    public Table number(String heading) {
        return column(heading, Align.RIGHT);
    }

    private Table column(String heading, Align align) {
        headings.add(heading);
        aligns.add(align);
        leasts.add(Math.max(NARROWEST_COLUMN, heading.length()));
        return this;
    }

    /** Adds a row with one cell a column. */
    public Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException("row has " + cells.length + " cells, table " + headings.size());
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Whether no row was added. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Prints headings and rows as results. */
    public void print(Screen screen) {
        int columns = screen.columns();
        int[] widths = widths(columns);
        if (fits(widths, columns)) {
            printRows(screen, widths);
            return;
        }
        int[] unnoted = Arrays.copyOf(widths, widths.length - 1);
        if (isNoted() && fits(unnoted, columns)) {
            printNotesBelow(screen, unnoted);
        } else {
            rows.forEach(row -> printBlock(screen, row));
        }
    }

    private boolean isNoted() {
        return aligns.get(aligns.size() - 1) == Align.NOTE;
    }

    private static boolean fits(int[] widths, int columns) {
        return Arrays.stream(widths).sum() <= room(widths.length, columns);
    }

    private static int room(int cells, int columns) {
        return columns - GAP.length() * (cells - 1);
    }

    private void printRows(Screen screen, int[] widths) {
        format(headings, widths).forEach(line -> screen.line(screen.paint(Tone.FAINT, line)));
        for (List<String> row : rows) {
            format(row, widths).forEach(screen::line);
        }
    }

    private void printNotesBelow(Screen screen, int[] widths) {
        int last = widths.length;
        format(headings, widths).forEach(line -> screen.line(screen.paint(Tone.FAINT, line)));
        String name = GAP + headings.get(last).toLowerCase(Locale.ROOT) + GAP;
        for (List<String> row : rows) {
            format(row, widths).forEach(screen::line);
            if (!row.get(last).equals(NOTHING)) {
                screen.line(
                        screen.paint(Tone.FAINT, name) + Wrap.hanging(row.get(last), screen.columns(), name.length()));
            }
        }
    }

    private void printBlock(Screen screen, List<String> row) {
        int names = headings.stream().mapToInt(String::length).reduce(0, Math::max);
        screen.line(Wrap.hanging(row.get(0), screen.columns(), 0));
        for (int i = 1; i < row.size(); i++) {
            String name = GAP + pad(headings.get(i).toLowerCase(Locale.ROOT), names, Align.LEFT) + GAP;
            screen.line(screen.paint(Tone.FAINT, name) + Wrap.hanging(row.get(i), screen.columns(), name.length()));
        }
    }

    private int[] widths(int columns) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = rows.stream()
                    .flatMap(row -> Arrays.stream(row.get(column).split("\n", -1)))
                    .mapToInt(String::length)
                    .reduce(headings.get(i).length(), Math::max);
        }
        int room = room(widths.length, columns);
        int[] words = longest(text -> Arrays.stream(text.split("\\s+")), LONG_WORD);
        narrow(widths, room, Align.NOTE, words);
        narrow(widths, room, Align.LEFT, words);
        if (isNoted()) {
            return widths;
        }
        int[] least = leasts.stream().mapToInt(Integer::intValue).toArray();
        narrow(widths, room, Align.LEFT, least);
        narrow(widths, room, Align.WHOLE, longest(Wrap::pieces, LONG_NAME));
        narrow(widths, room, Align.WHOLE, longest(Wrap::pieces, LONG_WORD));
        narrow(widths, room, Align.WHOLE, least);
        return widths;
    }

    /** Takes from the widest columns of a kind until all have room, or none is wider than its least. */
    private void narrow(int[] widths, int room, Align align, int[] least) {
        for (int sum = Arrays.stream(widths).sum(); sum > room; sum--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (aligns.get(i) == align && widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    /** Widths in which no part of a cell is broken but those longer than {@code most}, such as addresses, which leave others no room. */
    private int[] longest(Function<String, Stream<String>> parts, int most) {
        int[] longest = new int[headings.size()];
        for (int i = 0; i < longest.length; i++) {
            int column = i;
            longest[i] = rows.stream()
                    .flatMap(row -> parts.apply(row.get(column)))
                    .mapToInt(part -> aligns.get(column) == Align.NOTE ? part.length() : Math.min(part.length(), most))
                    .reduce(leasts.get(i), Math::max);
        }
        return longest;
    }

    private List<String> format(List<String> cells, int[] widths) {
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < widths.length; i++) {
            List<String> lines = Wrap.lines(cells.get(i), widths[i]);
            wrapped.add(lines);
            height = Math.max(height, lines.size());
        }
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < height; y++) {
            List<String> line = new ArrayList<>();
            for (int i = 0; i < widths.length; i++) {
                String cell = y < wrapped.get(i).size() ? wrapped.get(i).get(y) : "";
                line.add(pad(cell, widths[i], aligns.get(i)));
            }
            lines.add(line.stream().collect(Collectors.joining(GAP)).stripTrailing());
        }
        return lines;
    }

    private static String pad(String cell, int width, Align align) {
        String blanks = " ".repeat(Math.max(0, width - cell.length()));
        return align == Align.RIGHT ? blanks + cell : cell + blanks;
    }
}
