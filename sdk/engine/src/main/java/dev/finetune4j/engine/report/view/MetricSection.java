package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.engine.report.WidthlessRanges;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.SignificanceTest;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import java.util.List;
import java.util.Locale;

/** Each metric of each model as a bar with its interval, and the paired differences. */
final class MetricSection {
    private MetricSection() {}

    static Html of(EvaluationReport evaluation) {
        List<MetricName> metrics =
                List.copyOf(evaluation.variants().get(0).metrics().keySet());
        String lead =
                ("Every model answered the same %s. Lines across the bars are 95 %% intervals from %s resamples of the rows "
                                        + "(seed %s).")
                                .formatted(
                                        Figures.rows(evaluation.rows()),
                                        Figures.count(evaluation.bootstrapSamples()),
                                        evaluation.seed())
                        + WidthlessRanges.caveat(evaluation)
                        + bleu(evaluation);
        Html charts = Html.join(metrics.stream()
                .map(metric -> chart(metric, evaluation.variants(), axis(metric, metrics, evaluation))));
        boolean isCompared = !evaluation.comparisons().isEmpty();
        return Section.of(
                "metrics",
                isCompared ? "Does it pay?" : "How good is it?",
                lead,
                Html.of("<div class=\"metrics\">{}</div>{}", charts, isCompared ? differences(evaluation) : Html.NONE));
    }

    /** How BLEU was taken: that of another tokenizer is another figure. Empty without BLEU. */
    private static String bleu(EvaluationReport evaluation) {
        return evaluation.bleuSignature() == null ? "" : " BLEU: " + evaluation.bleuSignature() + ".";
    }

    /** From zero, so that the length of a bar means something; metrics from 0 to 1 share one scale, so that bars compare. */
    private static Axis axis(MetricName metric, List<MetricName> metrics, EvaluationReport evaluation) {
        double largest = metrics.stream()
                .filter(other -> other.equals(metric) || (isShare(metric) && isShare(other)))
                .flatMap(other -> evaluation.variants().stream().map(variant -> variant.metric(other)))
                .mapToDouble(Interval::high)
                .max()
                .orElseThrow();
        return Axis.covering(0, largest > 0 ? largest : 1, 5);
    }

    private static boolean isShare(MetricName metric) {
        return !List.of(MetricName.PERPLEXITY, MetricName.BLEU, MetricName.CHRF).contains(metric);
    }

    private static Html chart(MetricName metric, List<VariantEvaluation> variants, Axis axis) {
        return Html.of(
                """
                <figure class="metric"><figcaption><b>{}</b> <span>{} is better</span></figcaption>
                {}<div class="scale" aria-hidden="true">{}</div></figure>
                """,
                MetricFigures.name(metric),
                metric.isLowerBetter() ? "lower" : "higher",
                Html.join(variants.stream().map(variant -> bar(metric, variant, axis))),
                Html.join(axis.ticks().stream()
                        .map(tick -> Html.of(
                                "<span style=\"left:{}%\">{}</span>", percent(axis.share(tick)), axis.label(tick)))));
    }

    private static Html bar(MetricName metric, VariantEvaluation variant, Axis axis) {
        Interval interval = variant.metric(metric);
        String name = Headline.longName(variant.variant());
        String value = MetricFigures.value(metric, interval.value());
        String range = MetricFigures.range(metric, interval);
        return Html.of(
                """
                <div class="bar {}"><span class="name">{}</span><svg role="img" aria-label="{}"><title>{}</title>\
                <desc>{}</desc><rect class="track" width="100%" height="100%" rx="3"/>\
                <rect class="fill" width="{}%" height="100%" rx="3"/>\
                <line class="halo" x1="{}%" x2="{}%" y1="50%" y2="50%"/><line x1="{}%" x2="{}%" y1="50%" y2="50%"/>\
                <line x1="{}%" x2="{}%" y1="26%" y2="74%"/><line x1="{}%" x2="{}%" y1="26%" y2="74%"/></svg>\
                <span class="value"><b>{}</b> <span>{}</span></span></div>
                """,
                style(variant.variant()),
                name,
                name + ": " + MetricFigures.name(metric) + " " + value + " " + range,
                name,
                MetricFigures.name(metric) + " " + value + ", 95 % interval " + range,
                percent(axis.share(interval.value())),
                percent(axis.share(interval.low())),
                percent(axis.share(interval.high())),
                percent(axis.share(interval.low())),
                percent(axis.share(interval.high())),
                percent(axis.share(interval.low())),
                percent(axis.share(interval.low())),
                percent(axis.share(interval.high())),
                percent(axis.share(interval.high())),
                value,
                range);
    }

    private static Html differences(EvaluationReport evaluation) {
        Html rows = Html.join(evaluation.comparisons().stream()
                .map(comparison -> Html.of(
                        """
                        <tr><th scope="row">{}</th><td>{}</td><td class="n"><b>{}</b></td><td class="n">{} to {}</td>\
                        <td>{}</td><td class="n">{}</td><td>{}</td></tr>
                        """,
                        "Tuned − " + Headline.shortName(comparison.base()),
                        MetricFigures.name(comparison.metric()),
                        MetricFigures.difference(
                                comparison.metric(), comparison.difference().value()),
                        MetricFigures.difference(
                                comparison.metric(), comparison.difference().low()),
                        MetricFigures.difference(
                                comparison.metric(), comparison.difference().high()),
                        verdict(comparison),
                        MetricFigures.pValue(comparison.test().pValue()),
                        test(comparison.test()))));
        return Section.scrolling("Differences between the tuned and the base models", Html.of("""
                        <table class="differences"><caption>Differences on the same rows</caption><thead><tr><th scope="col">Models</th>\
                        <th scope="col">Metric</th><th scope="col" class="n">Difference</th>\
                        <th scope="col" class="n">95 % interval</th><th scope="col">Reading</th>\
                        <th scope="col" class="n">Chance</th><th scope="col">Test</th></tr></thead><tbody>{}</tbody></table>
                        """, rows));
    }

    private static String verdict(Comparison comparison) {
        if (comparison.isImprovement()) {
            return "better";
        }
        return comparison.isDeterioration() ? "worse" : "no clear difference";
    }

    private static String test(SignificanceTest test) {
        if (test instanceof SignificanceTest.McNemarExact mcNemar) {
            return "McNemar exact: only tuned right in " + Figures.rows(mcNemar.onlyTunedRight()) + ", only base in "
                    + Figures.rows(mcNemar.onlyBaseRight());
        }
        return "paired bootstrap";
    }

    static String style(Variant variant) {
        return switch (variant) {
            case BASE_PRIOR, BASE_ZERO_SHOT -> "zero";
            case BASE_FEW_SHOT -> "few";
            case TUNED -> "tuned";
        };
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", share * 100);
    }
}
