package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Series;
import dev.finetune4j.engine.report.SweepHeadline;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** A sweep as one HTML page of the kind that {@link HtmlReport} is. */
public final class SweepPage {
    private SweepPage() {}

    /** The page. */
    public static String write(FineTuneJob job, Sweep sweep) {
        SweepHeadline headline = SweepHeadline.of(sweep);
        Html result = Html.of(
                """
                <header class="result {}"><p class="eyebrow"><b>{}</b><span>sweep, {}</span><span>{}</span></p>
                <h1>{}</h1><p class="sentence">{}</p></header>
                """,
                sweep.stopped() == null && sweep.hasLearned() ? "good" : "plain",
                job.name(),
                sweep.search(),
                job.model(),
                headline.title(),
                headline.detail());
        List<Html> sections = new ArrayList<>(List.of(result));
        chart(sweep)
                .ifPresent(chart ->
                        sections.add(Section.of("trials", "How good was each trial?", headline.caveat(), chart)));
        if (!sweep.settings().isEmpty()) {
            sections.add(Section.of(
                    "settings",
                    "Settings",
                    "These lines replace those of the job file.",
                    Html.of("<pre>{}</pre>", sweep.settings())));
        }
        sections.add(Section.of(
                "table",
                "What was measured",
                "Each trial is a run. Its own report compares on the validation rows, and so does this page. Search: "
                        + source(sweep) + ".",
                table(sweep)));
        return Page.of(job.name() + ": " + headline.title(), Html.join(sections));
    }

    private static Optional<Html> chart(Sweep sweep) {
        MetricName metric = sweep.metric();
        List<Sweep.Measured> learned =
                sweep.trials().stream().filter(trial -> trial.value() != null).toList();
        DoubleStream.Builder ends = DoubleStream.builder();
        learned.forEach(trial -> ends(trial.value()).forEach(ends));
        double[] shown = ends.build().toArray();
        if (shown.length == 0) {
            return Optional.empty();
        }
        Axis axis = Axis.covering(
                DoubleStream.of(shown).min().orElseThrow(),
                DoubleStream.of(shown).max().orElseThrow(),
                5);
        LineChart chart = new LineChart(
                        MetricFigures.name(metric) + " by trial",
                        SweepHeadline.of(sweep).detail(),
                        sweep.trials().size() + 1,
                        axis,
                        axis::label)
                .overEach("trial");
        for (Sweep.Measured trial : learned) {
            Interval value = value(trial);
            chart.whisker(new Series.Point(trial.number(), value.low()), value.high());
        }
        chart.dots(new Series(learned.stream().map(SweepPage::point).toList()), "tuned");
        Optional.ofNullable(sweep.best()).ifPresent(best -> chart.markAside(point(best), "best"));
        return Optional.of(Html.of(
                """
                        <figure><figcaption><b>{}</b> <span>of each trial on {} validation rows, with its 95 % interval; {} is better</span>\
                        </figcaption>{}</figure>
                        """,
                MetricFigures.name(metric),
                Figures.count(sweep.validationRows()),
                metric.isLowerBetter() ? "lower" : "higher",
                chart.html()));
    }

    private static Series.Point point(Sweep.Measured trial) {
        return new Series.Point(trial.number(), value(trial).value());
    }

    private static Interval value(Sweep.Measured trial) {
        return Optional.ofNullable(trial.value()).orElseThrow();
    }

    private static DoubleStream ends(@org.jspecify.annotations.Nullable Interval interval) {
        return interval == null
                ? DoubleStream.empty()
                : DoubleStream.of(interval.low(), interval.high(), interval.value());
    }

    private static Html table(Sweep sweep) {
        MetricName metric = sweep.metric();
        Html rows = Html.join(sweep.trials().stream()
                .map(trial -> Html.of(
                        """
                        <tr><th scope="row" class="n">{}</th><td>{}</td><td class="n">{}</td><td class="n">{}</td>\
                        <td class="n">{}</td><td class="n">{}</td><td><code>{}</code></td></tr>
                        """,
                        trial.number(),
                        trial.candidate().words(),
                        epochs(trial.epochs()),
                        trial.value() == null
                                ? "failed"
                                        + Optional.ofNullable(trial.problem())
                                                .map(problem -> ": " + problem.code())
                                                .orElse("")
                                : MetricFigures.full(metric, trial.value()),
                        loss(trial),
                        Figures.duration(Duration.ofMillis(Math.round(trial.seconds() * 1000))),
                        trial.run())));
        return Section.scrolling("Trials", Html.of("""
                        <table class="sizes"><caption>Trials</caption><thead><tr><th scope="col" class="n">trial</th>\
                        <th scope="col">settings</th><th scope="col" class="n">epochs trained</th><th scope="col" class="n">{}</th>\
                        <th scope="col" class="n">validation loss</th><th scope="col" class="n">took</th><th scope="col">run</th></tr></thead><tbody>{}</tbody></table>
                        """, MetricFigures.name(metric), rows));
    }

    private static String loss(Sweep.Measured trial) {
        return trial.validationLoss() == null ? "" : String.format(Locale.ROOT, "%.3f", trial.validationLoss());
    }

    /** Three digits. */
    private static String epochs(double value) {
        return BigDecimal.valueOf(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String source(Sweep sweep) {
        return switch (sweep.search()) {
            case GRID -> "every combination";
            case RANDOM -> "combinations by chance, Bergstra and Bengio 2012";
            case HALVING ->
                "successive halving by thirds, early rounds by validation loss, Jamieson and Talwalkar 2016, Li et al. 2018";
        };
    }
}
