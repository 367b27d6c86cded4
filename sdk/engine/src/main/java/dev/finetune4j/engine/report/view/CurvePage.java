package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.evaluate.PowerLaw;
import dev.finetune4j.engine.report.CurveHeadline;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Series;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** A learning curve as one HTML page of the kind that {@link HtmlReport} is. */
public final class CurvePage {
    private static final Html LAW =
            Html.of("<li class=\"tuned\">fitted law with its 95 % range</li><li class=\"foreseen\">foreseen</li>");
    private static final Html BASE = Html.of("<li class=\"base\">base model</li>");

    private CurvePage() {}

    /** The page. */
    public static String write(FineTuneJob job, LearningCurve curve) {
        CurveHeadline headline = CurveHeadline.of(curve);
        Html result = Html.of(
                """
                <header class="result {}"><p class="eyebrow"><b>{}</b><span>learning curve</span><span>{}</span></p>
                <h1>{}</h1><p class="sentence">{}</p></header>
                """,
                curve.promisesGain() ? "good" : "plain",
                job.name(),
                job.model(),
                headline.title(),
                headline.detail());
        Html chart = Section.of("curve", "More rows, better answers?", headline.caveat(), chart(curve));
        Html sizes = Section.of(
                "sizes",
                "What was measured",
                "Smaller sets of training rows lie within larger ones and keep the shares of the labels. All sizes train for "
                        + number(job.training().epochs()) + (job.training().epochs() == 1 ? " epoch" : " epochs")
                        + " and answer the same held-out rows.",
                Html.join(List.of(table(curve), isHeldToLaw(curve) ? law(curve) : Html.NONE)));
        return Page.of(job.name() + ": " + headline.title(), Html.join(List.of(result, chart, sizes)));
    }

    /** Where the sizes follow none, it is shown how far they lie off it. */
    private static boolean isHeldToLaw(LearningCurve curve) {
        return curve.foreseesMore() || (curve.hasLearned() && !curve.followsLaw());
    }

    private static Html chart(LearningCurve curve) {
        MetricName metric = curve.metric();
        List<LearningCurve.Fitted> fitted = curve.foreseesMore() ? curve.fitted() : List.of();
        List<LearningCurve.Point> points = curve.points();
        double most = (double) points.get(points.size() - 1).rows();
        double[] shown = Stream.of(
                        points.stream().map(LearningCurve.Point::value),
                        fitted.stream().map(LearningCurve.Fitted::value),
                        Stream.ofNullable(curve.base()).map(LearningCurve.Base::value))
                .flatMap(intervals -> intervals)
                .flatMapToDouble(CurvePage::ends)
                .toArray();
        Axis axis = Axis.covering(
                DoubleStream.of(shown).min().orElseThrow(),
                DoubleStream.of(shown).max().orElseThrow(),
                5);
        double end = fitted.isEmpty() ? most : curve.atTwice().rows();
        LineChart chart = new LineChart(
                        MetricFigures.name(metric) + " by training rows",
                        CurveHeadline.of(curve).detail(),
                        (int) end,
                        axis,
                        axis::label)
                .over("training rows");
        LearningCurve.Base base = curve.base();
        if (base != null) {
            double value = base.value().value();
            chart.line(new Series(List.of(new Series.Point(0, value), new Series.Point((int) end, value))), "base")
                    .whisker(
                            new Series.Point(0, base.value().low()),
                            base.value().high())
                    .dots(new Series(List.of(new Series.Point(0, value))), "base");
        }
        if (!fitted.isEmpty()) {
            chart.band(series(fitted, Interval::low), series(fitted, Interval::high))
                    .line(series(upTo(fitted, most, true), Interval::value), "tuned")
                    .line(series(upTo(fitted, most, false), Interval::value), "foreseen");
        }
        for (LearningCurve.Point point : points) {
            chart.whisker(
                    new Series.Point((int) point.rows(), point.value().low()),
                    point.value().high());
        }
        chart.dots(
                new Series(points.stream()
                        .map(point -> new Series.Point(
                                (int) point.rows(), point.value().value()))
                        .toList()),
                "tuned");
        List<Html> legend = new ArrayList<>();
        if (!fitted.isEmpty()) {
            legend.add(LAW);
        }
        if (base != null) {
            legend.add(BASE);
        }
        return Html.of(
                """
                <figure><figcaption><b>{}</b> <span>of the tuned model on {} held-out rows, with its 95 % interval; {} is better</span>\
                {}</figcaption>{}</figure>
                """,
                MetricFigures.name(metric),
                Figures.count(curve.heldOutRows()),
                metric.isLowerBetter() ? "lower" : "higher",
                legend.isEmpty() ? Html.NONE : Html.of("<ul class=\"legend\">{}</ul>", Html.join(legend)),
                chart.html());
    }

    private static DoubleStream ends(Interval interval) {
        return DoubleStream.of(interval.low(), interval.high(), interval.value());
    }

    /** The law over what was measured, or beyond it; both have the point between. */
    private static List<LearningCurve.Fitted> upTo(List<LearningCurve.Fitted> fitted, double most, boolean isMeasured) {
        double nearest = fitted.stream()
                .mapToDouble(LearningCurve.Fitted::rows)
                .filter(rows -> rows >= most)
                .min()
                .orElse(most);
        return fitted.stream()
                .filter(one -> isMeasured ? one.rows() <= nearest : one.rows() >= nearest)
                .toList();
    }

    private static Series series(List<LearningCurve.Fitted> fitted, ToDoubleFunction<Interval> value) {
        return new Series(fitted.stream()
                .map(one -> new Series.Point((int) Math.round(one.rows()), value.applyAsDouble(one.value())))
                .toList());
    }

    private static Html table(LearningCurve curve) {
        MetricName metric = curve.metric();
        Html rows = Html.join(curve.points().stream()
                .map(point -> Html.of(
                        "<tr><th scope=\"row\" class=\"n\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td><code>{}</code></td></tr>",
                        Figures.count(point.rows()),
                        MetricFigures.value(metric, point.value().value()),
                        MetricFigures.range(metric, point.value()),
                        point.run())));
        Html foreseen = curve.foreseesMore() ? foreseen(metric, curve.atTwice()) : Html.NONE;
        Html base = Optional.ofNullable(curve.base())
                .map(asked -> Html.of(
                        "<tr><th scope=\"row\" class=\"n\">0</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td>base model</td></tr>",
                        MetricFigures.value(metric, asked.value().value()),
                        MetricFigures.range(metric, asked.value())))
                .orElse(Html.NONE);
        return Section.scrolling("Sizes", Html.of("""
                        <table class="sizes"><caption>Sizes</caption><thead><tr><th scope="col" class="n">training rows</th>\
                        <th scope="col" class="n">{}</th><th scope="col" class="n">95 % interval</th><th scope="col">run</th></tr></thead>\
                        <tbody>{}{}{}</tbody></table>
                        """, MetricFigures.name(metric), base, rows, foreseen));
    }

    private static Html foreseen(MetricName metric, LearningCurve.Fitted twice) {
        return Html.of(
                "<tr><th scope=\"row\" class=\"n\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td>foreseen</td></tr>",
                Figures.count(Math.round(twice.rows())),
                MetricFigures.value(metric, twice.value().value()),
                MetricFigures.range(metric, twice.value()));
    }

    private static Html law(LearningCurve curve) {
        PowerLaw law = curve.law();
        return Section.facts(
                "The law",
                List.of(
                        new Section.Fact(
                                "form",
                                "error(n) = " + number(law.scale()) + " × (n / " + number(law.reference()) + ")^−"
                                        + number(law.exponent()) + " + " + number(law.floor())),
                        new Section.Fact(
                                "error",
                                curve.metric().equals(MetricName.PERPLEXITY)
                                        ? "loss in nats, the logarithm of the perplexity"
                                        : "distance of " + MetricFigures.name(curve.metric()) + " to its best value"),
                        new Section.Fact(
                                "misfit",
                                number(curve.misfit())
                                        + (curve.followsLaw()
                                                ? ", as chance explains"
                                                : ", more than chance explains")),
                        new Section.Fact("source", "Hestness et al. 2017; Viering and Loog 2021")));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value)
                .replaceFirst("(\\.\\d*?)0+$", "$1")
                .replaceFirst("\\.$", "");
    }
}
