package dev.finetune4j.cli.view;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.LabelBalance;
import dev.finetune4j.engine.check.RenderedRow;
import dev.finetune4j.engine.check.TokenFigures;
import dev.finetune4j.engine.report.Figures;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints what the rows look like and what is wrong with them. */
public final class CheckView {
    private static final int BAR_WIDTH = 24;
    private static final String TRAINED_START = "\u27e6";
    private static final String TRAINED_END = "\u27e7";

    private final Screen screen;

    /** Prints results to {@code screen}, problems to its error side. */
    public CheckView(Screen screen) {
        this.screen = screen;
    }

    /** Prints profile, rendered rows and problems. */
    public void print(DatasetCheckReport report) {
        rows(report.profile());
        tokens(report.profile(), report.tokens());
        labels(report);
        report.renderedRows().forEach(this::rendered);
        new ProblemView(screen).printUncounted(report.problems());
        String verdict = report.problems().isEmpty() ? "nothing to mend" : ProblemView.count(report.problems());
        screen.line((report.hasErrors() ? "the job cannot run: " : "the job can run: ") + verdict);
    }

    private void rows(DatasetProfile profile) {
        String counts = Arrays.stream(Part.values())
                .map(part -> Figures.count(profile.rowsByPart().getOrDefault(part, 0L)) + " "
                        + part.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        Long leftOut = profile.leftOutRows();
        field(
                "rows",
                counts + " (" + profile.format() + ")"
                        + (leftOut == null || leftOut == 0
                                ? ""
                                : "; " + Figures.count(leftOut) + (leftOut == 1 ? " broken row" : " broken rows")
                                        + " left out"));
        field(
                "repeats",
                Figures.count(profile.exactDuplicates()) + " exact, " + Figures.count(profile.nearDuplicates())
                        + " near duplicates; " + Figures.count(profile.overlap()) + " held-out "
                        + (profile.overlap() == 1 ? "row that also stands" : "rows that also stand") + " in training");
    }

    private void tokens(DatasetProfile profile, TokenFigures figures) {
        field("tokens", quantiles(profile.tokens()) + " a row; " + Figures.count(profile.totalTokens()) + " in all");
        field("trained", quantiles(profile.trainedTokens()) + " a row");
        field(
                "limit",
                tokenCount(figures.limitTokens()) + "; " + Figures.rows(profile.truncatedRows())
                        + (profile.truncatedRows() == 1 ? " is longer and loses " : " are longer and lose ")
                        + tokenCount(figures.cutTokens()) + ", " + Figures.count(figures.rowsWithCutAnswer())
                        + " of them some of the answer");
        if (profile.tokenizedShare() < 1) {
            field(
                    "sample",
                    "token figures are of a seeded sample of " + Figures.percent(profile.tokenizedShare())
                            + " of the rows");
        }
    }

    private void labels(DatasetCheckReport report) {
        LabelBalance balance = report.balance();
        if (balance == null) {
            return;
        }
        int all = report.profile().rowsByLabel().size();
        field(
                "labels",
                all + (balance.labels() < all ? ", " + balance.labels() + " of them with training rows" : "")
                        + "; always answering " + balance.largest() + " would be right in "
                        + Figures.percent(balance.largestShare()));
        long most = report.profile().rowsByLabel().values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(1);
        Table table = new Table().text("LABEL").number("TRAIN ROWS").text("");
        report.profile().rowsByLabel().forEach((label, rows) -> table.row(label, Figures.count(rows), bar(rows, most)));
        table.print(screen);
    }

    /** In proportion to the longest, with at least one mark where there are rows. */
    private static String bar(long rows, long most) {
        return rows == 0 ? "" : "#".repeat((int) Math.max(1, Math.round((double) BAR_WIDTH * rows / most)));
    }

    /** A row as the model sees it; what is learned is bold, or in brackets where there is no colour. */
    private void rendered(RenderedRow row) {
        screen.line("");
        screen.line(screen.paint(Tone.FAINT, row.row() + " as the model sees it, what is learned ")
                + mark("marked")
                + screen.paint(Tone.FAINT, ":"));
        String label = row.label();
        StringBuilder text = new StringBuilder();
        StringBuilder trained = new StringBuilder();
        for (RenderedRow.RenderedToken token : row.tokens()) {
            if (token.trained() && label == null) {
                trained.append(token.piece());
            } else {
                flush(text, trained);
                text.append(token.piece());
            }
        }
        flush(text, trained);
        for (String line : text.toString().split("\n", -1)) {
            Wrap.lines(line, screen.columns() - 2).forEach(part -> screen.line("  " + part));
        }
        if (label != null) {
            Wrap.lines("label " + mark(label), screen.columns() - 2).forEach(part -> screen.line("  " + part));
        }
    }

    private void flush(StringBuilder text, StringBuilder trained) {
        if (trained.length() > 0) {
            text.append(mark(trained.toString()));
            trained.setLength(0);
        }
    }

    private String mark(String text) {
        return screen.hasColor() ? Tone.STRONG.paint(text) : TRAINED_START + text + TRAINED_END;
    }

    private void field(String name, String value) {
        screen.line(screen.paint(Tone.FAINT, String.format(Locale.ROOT, "%-8s", name))
                + Wrap.hanging(value, screen.columns(), 8));
    }

    private static String tokenCount(long count) {
        return Figures.count(count) + (count == 1 ? " token" : " tokens");
    }

    private static String quantiles(Quantiles quantiles) {
        return "median " + Figures.count(quantiles.p50()) + ", 90 % " + Figures.count(quantiles.p90()) + ", 99 % "
                + Figures.count(quantiles.p99()) + ", longest " + Figures.count(quantiles.max());
    }
}
