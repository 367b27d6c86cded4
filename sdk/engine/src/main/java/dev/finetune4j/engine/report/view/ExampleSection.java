package dev.finetune4j.engine.report.view;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.engine.data.format.RowFormat;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.ChangedRow;
import dev.finetune4j.engine.report.ChangedRows;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that base and tuned model answer differently. */
final class ExampleSection {
    private ExampleSection() {}

    static Html of(RunReport report, ChangedRows changed, VariantEvaluation base) {
        String counts = "Against %s, tuning made %s better, %s worse and left %s as they were, by %s."
                .formatted(
                        base.variant() == Variant.BASE_PRIOR ? "the shares of the labels" : "the zero-shot base model",
                        Figures.rows(changed.fixed()),
                        Figures.count(changed.broken()),
                        Figures.count(changed.unchanged()),
                        MetricFigures.name(changed.metric()));
        if (changed.sample().isEmpty()) {
            return Section.of("rows", "Rows that tuning changed", counts, Html.NONE);
        }
        return Section.of(
                "rows",
                "Rows that tuning changed",
                counts
                        + " The rows below are drawn by lot, half of either kind where there are enough; secrets and personal data are masked.",
                Html.of(
                        "<ol class=\"rows\">{}</ol>",
                        Html.join(changed.sample().stream().map(row -> row(row, changed.metric(), expected(report))))));
    }

    /** What tuning did to a row, in a word: a text that scores higher need not be right. */
    static String effect(ChangedRow row, MetricName metric) {
        boolean fixed = row.effect() == ChangedRow.Effect.FIXED;
        if (isLabel(metric)) {
            return fixed ? "fixed" : "broken";
        }
        return fixed ? "better" : "worse";
    }

    /** What the reference is: rows of plain text are passages, which models read and may continue. */
    static String expected(RunReport report) {
        DatasetProfile data = report.data();
        return data != null && data.format().equals(RowFormat.TEXT.id()) ? "Passage" : "Right answer";
    }

    private static boolean isLabel(MetricName metric) {
        return metric.equals(MetricName.ACCURACY);
    }

    private static Html row(ChangedRow row, MetricName metric, String expected) {
        boolean fixed = row.effect() == ChangedRow.Effect.FIXED;
        List<Html> answers = new ArrayList<>();
        answers.add(answer("expected", expected, row.reference(), ""));
        boolean isLabel = isLabel(metric);
        answers.add(answer("zero", "Base", row.baseAnswer(), note(metric, isLabel, row.baseScore())));
        answers.add(answer("tuned", "Tuned", row.tunedAnswer(), note(metric, isLabel, row.tunedScore())));
        return Html.of(
                """
                <li class="{}"><p class="where"><span class="tag">{}</span><span>{} row {}</span></p>{}<dl class="{}">{}</dl></li>
                """,
                fixed ? "fixed" : "broken",
                (fixed ? "✓ " : "✗ ") + effect(row, metric) + (isLabel ? " by tuning" : " after tuning"),
                Html.label(row.row().source()),
                row.row().row(),
                row.prompt().isBlank() ? Html.NONE : Html.of("<blockquote>{}</blockquote>", Html.foreign(row.prompt())),
                isLabel ? "labels" : "texts",
                Html.join(answers));
    }

    private static String note(MetricName metric, boolean isLabel, double score) {
        if (isLabel) {
            return score > 0 ? "right" : "wrong";
        }
        return MetricFigures.name(metric) + " " + MetricFigures.value(metric, score);
    }

    private static Html answer(String style, String who, @Nullable String text, String note) {
        return Html.of(
                "<div class=\"{}\"><dt>{}</dt><dd>{}{}</dd></div>",
                style,
                who,
                text == null ? Html.NONE : Html.foreign(text),
                note.isEmpty() ? Html.NONE : Html.of(" <span class=\"note\">{}</span>", note));
    }
}
