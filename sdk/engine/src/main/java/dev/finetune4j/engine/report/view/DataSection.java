package dev.finetune4j.engine.report.view;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Notice;
import dev.finetune4j.engine.report.view.Section.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the rows look like and what the check found in them. */
final class DataSection {
    private DataSection() {}

    static Html of(DatasetProfile data, List<Notice> findings, boolean hasLearned) {
        Html left = Html.join(List.of(rows(data), tokens(data)));
        Html right = data.rowsByLabel().isEmpty() ? Html.NONE : balance(data.rowsByLabel());
        return Section.of(
                "data",
                hasLearned ? "What it learned from" : "What it was to learn from",
                "",
                Html.of(
                        "<div class=\"pair\"><div>{}</div><div>{}</div></div>{}",
                        left,
                        right,
                        notices("Findings of the data check", findings)));
    }

    private static Html rows(DatasetProfile data) {
        List<Fact> facts = new ArrayList<>();
        data.rowsByPart().forEach((part, rows) -> facts.add(new Fact(partName(part), Figures.rows(rows))));
        if (data.leftOutRows() != null && data.leftOutRows() > 0) {
            facts.add(new Fact("Left out because they are broken", Figures.rows(data.leftOutRows())));
        }
        long all =
                data.rowsByPart().values().stream().mapToLong(Long::longValue).sum();
        facts.add(new Fact("Exact duplicates", counted(data.exactDuplicates(), all)));
        facts.add(new Fact("Near duplicates", counted(data.nearDuplicates(), all)));
        facts.add(new Fact("Held-out rows also in training", Figures.rows(data.overlap())));
        facts.add(new Fact("Rows over the length limit", counted(data.truncatedRows(), all)));
        facts.add(new Fact("Format", data.format()));
        return Section.facts("Rows", facts);
    }

    private static String counted(long rows, long all) {
        return rows == 0
                ? Figures.rows(0)
                : Figures.rows(rows) + " (" + Figures.percent((double) rows / Math.max(1, all)) + ")";
    }

    private static Html tokens(DatasetProfile data) {
        return Section.scrolling(
                "Tokens of a row",
                Html.of(
                        """
                        <table><caption>Tokens of a row{}</caption><thead><tr><td></td><th scope="col" class="n">min</th>\
                        <th scope="col" class="n">median</th><th scope="col" class="n">90 %</th><th scope="col" class="n">99 %</th>\
                        <th scope="col" class="n">max</th></tr></thead><tbody>{}{}</tbody></table>
                        """,
                        data.tokenizedShare() < 1
                                ? ", from " + Figures.percent(data.tokenizedShare()) + " of the rows"
                                : "",
                        quantiles("whole", data.tokens()),
                        quantiles("learned", data.trainedTokens())));
    }

    private static Html quantiles(String name, Quantiles tokens) {
        return Html.of(
                "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                name,
                Figures.count(tokens.min()),
                Figures.count(tokens.p50()),
                Figures.count(tokens.p90()),
                Figures.count(tokens.p99()),
                Figures.count(tokens.max()));
    }

    private static Html balance(Map<String, Long> rowsByLabel) {
        long most =
                rowsByLabel.values().stream().mapToLong(Long::longValue).max().orElse(1);
        return Html.of(
                "<table class=\"balance\"><caption>Training rows of each label</caption><tbody>{}</tbody></table>",
                Html.join(rowsByLabel.entrySet().stream()
                        .map(entry -> Html.of(
                                "<tr><th scope=\"row\">{}</th><td><i style=\"width:{}%\"></i></td><td class=\"n\">{}</td></tr>",
                                Html.label(entry.getKey()),
                                String.format(Locale.ROOT, "%.1f", 100.0 * entry.getValue() / Math.max(1, most)),
                                Figures.count(entry.getValue())))));
    }

    /** Problems counted by kind; nothing where there are none. */
    static Html notices(String caption, List<Notice> notices) {
        if (notices.isEmpty()) {
            return Html.NONE;
        }
        return Section.scrolling(
                caption,
                Html.of(
                        """
                        <table class="notices"><caption>{}</caption><thead><tr><th scope="col">Code</th><th scope="col">Weight</th>\
                        <th scope="col" class="n">Count</th><th scope="col">Finding</th></tr></thead><tbody>{}</tbody></table>
                        """,
                        caption,
                        Html.join(notices.stream()
                                .map(notice -> Html.of(
                                        "<tr><td><code>{}</code></td><td>{}</td><td class=\"n\">{}</td><td>{}{}</td></tr>",
                                        notice.code(),
                                        notice.severity().name().toLowerCase(Locale.ROOT),
                                        Figures.count(notice.count()),
                                        words(notice),
                                        notice.remedy() == null
                                                ? Html.NONE
                                                : Html.of("<div>try: <code>{}</code></div>", notice.remedy()))))));
    }

    /** The first of its kind, and of how many. */
    static String words(Notice notice) {
        return notice.summary() + (notice.count() > 1 ? " (first of " + Figures.count(notice.count()) + ")" : "");
    }

    private static String partName(Part part) {
        return switch (part) {
            case TRAIN -> "Training";
            case VALIDATION -> "Validation";
            case TEST -> "Held out for the comparison";
        };
    }
}
