package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.RunComparison;
import java.util.ArrayList;
import java.util.List;

/** Writes a comparison of runs as text, Markdown or a self-contained HTML page. The best value of a row is marked. */
public final class ComparisonWriter {
    private static final int COLUMNS = 80;
    private static final int NARROWEST_CELL = 20;
    private static final int GAP = 2;

    private ComparisonWriter() {}

    /** Aligned columns for a terminal; the best values carry a {@code *}. */
    public static String text(RunComparison comparison) {
        ComparisonTable table = ComparisonTable.of(comparison);
        StringBuilder text = new StringBuilder();
        table.runs().forEach(run -> text.append("%-2s %s  %s\n".formatted(run.letter(), run.id(), run.state())));
        text.append('\n').append(String.join("\n", table.notes())).append('\n');
        for (ComparisonTable.Group group : table.groups()) {
            List<List<String>> lines = new ArrayList<>();
            lines.add(head(group, table));
            // A figure without its end is another figure.
            boolean mayBeShortened = group.heading().equals(ComparisonTable.PARAMETERS);
            int widest = mayBeShortened ? widestCell(group, table.runs().size()) : Integer.MAX_VALUE;
            for (ComparisonTable.Row row : group.rows()) {
                List<String> line = new ArrayList<>(List.of("  " + row.name()));
                row.cells().forEach(cell -> line.add(shortened(cell.text(), widest) + (cell.isBest() ? " *" : "")));
                lines.add(line);
            }
            text.append('\n').append(aligned(lines));
        }
        return text.append(table.hasBest() ? "\n* best of its row\n" : "").toString();
    }

    /** A table for each group; the best values are bold. */
    public static String markdown(RunComparison comparison) {
        ComparisonTable table = ComparisonTable.of(comparison);
        StringBuilder text = new StringBuilder("# Comparison of runs\n\n");
        table.runs()
                .forEach(run -> text.append("- **%s** %s, %s\n"
                        .formatted(run.letter(), Markdown.text(run.id()), Markdown.text(run.state()))));
        text.append('\n').append(String.join(" ", table.notes())).append('\n');
        for (ComparisonTable.Group group : table.groups()) {
            text.append("\n|");
            head(group, table)
                    .forEach(
                            cell -> text.append(' ').append(Markdown.text(cell)).append(" |"));
            text.append("\n|").append("---|".repeat(table.runs().size() + 1)).append('\n');
            for (ComparisonTable.Row row : group.rows()) {
                text.append("| ").append(Markdown.text(row.name())).append(" |");
                row.cells()
                        .forEach(cell -> text.append(cell.isBest() ? " **" : " ")
                                .append(Markdown.text(cell.text()))
                                .append(cell.isBest() ? "** |" : " |"));
                text.append('\n');
            }
        }
        return text.toString();
    }

    /** A page like the report's. */
    public static String html(RunComparison comparison) {
        ComparisonTable table = ComparisonTable.of(comparison);
        Html runs = Html.join(table.runs().stream()
                .map(run -> Html.of(
                        "<div><dt>{}</dt><dd><b>{}</b><span>{}</span></dd></div>",
                        run.letter(),
                        run.id(),
                        run.state())));
        Html groups = Html.join(table.groups().stream().map(group -> group(group, table)));
        return Page.of(
                "Comparison of " + table.runs().size() + " runs",
                Html.of(
                        """
                        <header class="result plain"><h1>{} runs side by side</h1><p class="sentence">{}</p>\
                        <dl class="tiles">{}</dl></header>{}
                        """,
                        table.runs().size(),
                        String.join(" ", table.notes())
                                + (table.hasBest() ? " The best value of a row is marked." : ""),
                        runs,
                        groups));
    }

    private static Html group(ComparisonTable.Group group, ComparisonTable table) {
        Html head = Html.join(table.runs().stream().map(run -> Html.of("<th scope=\"col\">{}</th>", run.letter())));
        Html rows = Html.join(group.rows().stream()
                .map(row -> Html.of(
                        "<tr><th scope=\"row\">{}</th>{}</tr>",
                        row.name(),
                        Html.join(row.cells().stream()
                                .map(cell -> cell.isBest()
                                        ? Html.of("<td class=\"best-value\">{} ✓</td>", cell.text())
                                        : Html.of("<td>{}</td>", Html.foreign(cell.text())))))));
        return Section.of(
                "g" + table.groups().indexOf(group),
                group.heading(),
                "",
                Section.scrolling(
                        group.heading(),
                        Html.of(
                                "<table class=\"compare\"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>",
                                head,
                                rows)));
    }

    private static List<String> head(ComparisonTable.Group group, ComparisonTable table) {
        List<String> head = new ArrayList<>(List.of(group.heading()));
        table.runs().forEach(run -> head.add(run.letter()));
        return head;
    }

    private static String aligned(List<List<String>> lines) {
        int columns = lines.get(0).size();
        int[] widths = new int[columns];
        lines.forEach(line -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder padded = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                padded.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            text.append(padded.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** What is left of a line for the value of each run, a mark included. */
    private static int widestCell(ComparisonTable.Group group, int runs) {
        int names =
                group.rows().stream().mapToInt(row -> row.name().length()).max().orElse(0);
        int left = COLUMNS - GAP - Math.max(names, group.heading().length());
        return Math.max(NARROWEST_CELL, left / runs - 2 * GAP);
    }

    private static String shortened(String text, int widest) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= widest ? line : line.substring(0, widest - 1) + "…";
    }
}
