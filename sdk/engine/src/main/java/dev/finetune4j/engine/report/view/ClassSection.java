package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.evaluation.Calibration;
import dev.finetune4j.evaluation.ClassScore;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How well each label is told from the others. Shown for classifications only. */
final class ClassSection {
    private static final String NO_QUOTIENT = "–";

    private ClassSection() {}

    static Html of(EvaluationReport evaluation, VariantEvaluation tuned) {
        List<Html> parts = new ArrayList<>();
        parts.add(scores(evaluation, tuned));
        parts.add(ConfusionFigure.of(evaluation));
        Calibration calibration = tuned.calibration();
        if (calibration != null) {
            parts.add(calibration(evaluation, calibration));
        }
        return Section.of(
                "classes",
                "Label by label",
                "Precision: of the rows given this label, how many have it. Recall: of the rows that have it, how many were given it. "
                        + "F1 is their harmonic mean."
                        + (unheld(tuned).isEmpty() ? "" : " " + unheld(tuned) + "."),
                Html.join(parts));
    }

    private static Html scores(EvaluationReport evaluation, VariantEvaluation tuned) {
        List<VariantEvaluation> bases = evaluation.variants().stream()
                .filter(variant -> !variant.variant().isTuned())
                .toList();
        Html head = Html.join(bases.stream()
                .map(base -> Html.of("<th scope=\"col\" class=\"n\">F1 {}</th>", Headline.shortName(base.variant()))));
        Html rows = Html.join(IntStream.range(0, tuned.classes().size())
                .boxed()
                .sorted(Comparator.comparing(i -> -tuned.classes().get(i).support()))
                .map(i -> row(tuned, bases, i)));
        return Section.scrolling("Scores of each label", Html.of("""
                        <table class="scores"><caption>Scores of each label</caption><thead><tr>\
                        <th scope="col">Label</th><th scope="col" class="n">Rows</th><th scope="col" class="n wide">F1 tuned</th>\
                        <th scope="col" class="n">Precision</th><th scope="col" class="n">Recall</th>{}</tr></thead>\
                        <tbody>{}</tbody></table>
                        """, head, rows));
    }

    private static Html row(VariantEvaluation tuned, List<VariantEvaluation> bases, int label) {
        ClassScore score = tuned.classes().get(label);
        return Html.of(
                """
                <tr><th scope="row">{}</th><td class="n">{}</td>\
                <td class="n wide"><span><i style="width:{}%"></i></span><b>{}</b></td><td class="n">{}</td><td class="n">{}</td>{}</tr>
                """,
                Html.label(score.label()),
                Figures.count(score.support()),
                String.format(Locale.ROOT, "%.1f", 100 * score.f1()),
                f1(tuned, label),
                precision(tuned, label),
                recall(tuned, label),
                Html.join(bases.stream().map(base -> Html.of("<td class=\"n\">{}</td>", f1(base, label)))));
    }

    /** The F1 of a label, by index; a dash where neither a row nor an answer has it, so that macro-F1 does not count it. */
    static String f1(VariantEvaluation variant, int label) {
        return occurs(variant, label) ? share(variant.classes().get(label).f1()) : NO_QUOTIENT;
    }

    /** The precision of a label, by index; a dash where neither a row nor an answer has it. */
    static String precision(VariantEvaluation variant, int label) {
        return occurs(variant, label) ? share(variant.classes().get(label).precision()) : NO_QUOTIENT;
    }

    /** The recall of a label, by index; a dash where no row has it. */
    static String recall(VariantEvaluation variant, int label) {
        ClassScore score = variant.classes().get(label);
        return score.support() > 0 ? share(score.recall()) : NO_QUOTIENT;
    }

    /** How many labels no row has, and over how many macro-F1 is therefore; empty where all have one. */
    static String unheld(VariantEvaluation tuned) {
        int labels = tuned.classes().size();
        long without =
                tuned.classes().stream().filter(score -> score.support() == 0).count();
        long counted =
                IntStream.range(0, labels).filter(label -> occurs(tuned, label)).count();
        return without == 0
                ? ""
                : Figures.count(without) + " of " + Figures.count(labels) + " labels " + (without == 1 ? "has" : "have")
                        + " no held-out row; the tuned model's macro-F1 is over the " + Figures.count(counted)
                        + " that rows or its answers have";
    }

    private static boolean occurs(VariantEvaluation variant, int label) {
        ConfusionMatrix confusion = variant.confusion();
        return variant.classes().get(label).support() > 0 || (confusion != null && confusion.given(label) > 0);
    }

    private static Html calibration(EvaluationReport evaluation, Calibration calibration) {
        Html bins = Html.join(calibration.bins().stream()
                .map(bin -> Html.of(
                        """
                        <tr><th scope="row">{}–{}</th><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td>\
                        <td class="wide">{}</td></tr>
                        """,
                        Figures.percent(bin.low()).replace(" %", ""),
                        Figures.percent(bin.high()),
                        Figures.count(bin.rows()),
                        bin.rows() == 0 ? "–" : share(bin.meanConfidence()),
                        bin.rows() == 0 ? "–" : share(bin.accuracy()),
                        bin.rows() == 0
                                ? Html.NONE
                                : Html.of(
                                        "<i style=\"width:{}%\"></i><u style=\"left:{}%\"></u>",
                                        String.format(Locale.ROOT, "%.1f", 100 * bin.accuracy()),
                                        String.format(Locale.ROOT, "%.1f", 100 * bin.meanConfidence())))));
        String errors = evaluation.variants().stream()
                .filter(variant -> variant.calibration() != null)
                .map(ClassSection::error)
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
        return Html.of("""
                <figure><figcaption><b>Can its confidence be believed?</b> <span>expected calibration error: {}; 0 is perfect. A \
                bar is how many were right, the mark how many the model expected.</span></figcaption>{}</figure>
                """, errors, Section.scrolling("Calibration of the tuned model", Html.of("""
                                <table class="scores calibration"><thead><tr><th scope="col">Confidence</th>\
                                <th scope="col" class="n">Rows</th><th scope="col" class="n">Expected right</th>\
                                <th scope="col" class="n">Right</th><td class="wide"></td></tr></thead><tbody>{}</tbody></table>
                                """, bins)));
    }

    private static String error(VariantEvaluation variant) {
        Calibration calibration = variant.calibration();
        return Headline.shortName(variant.variant()) + " "
                + share(calibration == null ? 0 : calibration.expectedError());
    }

    private static String share(double value) {
        return MetricFigures.value(MetricName.ACCURACY, value);
    }

    /** The section of an evaluation, or nothing where there are no labels. */
    static Html ofEvaluation(EvaluationReport evaluation) {
        VariantEvaluation tuned = evaluation.variant(Variant.TUNED).orElseThrow();
        return tuned.confusion() == null ? Html.NONE : of(evaluation, tuned);
    }
}
