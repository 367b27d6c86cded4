package dev.finetune4j.cli.view;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.curve.CurveSize;
import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.launch.TimeForecast;
import dev.finetune4j.engine.report.CurveHeadline;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Prints a learning curve. */
public final class LearningCurveView {
    private final Screen screen;

    /** Prints results to {@code screen}. */
    public LearningCurveView(Screen screen) {
        this.screen = screen;
    }

    /** What will be done, before it is: the sizes, how much more it is than the job alone, and the time that the budget leaves it. */
    public static String plan(List<CurveSize> sizes, FineTuneJob job, Optional<TimeForecast> forecast) {
        long most = sizes.get(sizes.size() - 1).rows();
        long all = sizes.stream().mapToLong(CurveSize::rows).sum();
        long heldOut = sizes.get(0).job().data().rowsByPart().getOrDefault(Part.TEST, 0L);
        Duration limit = job.budget().maxTime();
        return sizes.size() + " runs, on "
                + sizes.stream().map(size -> Figures.count(size.rows())).collect(Collectors.joining(", "))
                + " rows: "
                + String.format(Locale.ROOT, "%.1f", (double) all / most)
                + " times the training of the job alone, and " + sizes.size() + " times " + Figures.rows(heldOut)
                + " to answer; "
                + (limit == null
                        ? "the job's budget sets no time"
                        : "the job's budget leaves it " + Figures.duration(limit.multipliedBy(sizes.size())))
                + "; " + forecast.map(TimeForecast::words).orElse("how long it takes shows after the first");
    }

    /** Prints the sizes, what is foreseen, and where the page lies. */
    public void print(LearningCurve curve, Path page) {
        MetricName metric = curve.metric();
        Table table = new Table()
                .number("TRAINING ROWS")
                .number(metric.toString().toUpperCase(Locale.ROOT))
                .id("RUN");
        LearningCurve.Base base = curve.base();
        if (base != null) {
            table.row("0", figures(metric, base.value()), "base model");
        }
        for (LearningCurve.Point point : curve.points()) {
            table.row(
                    Figures.count(point.rows()),
                    figures(metric, point.value()),
                    point.run().value());
        }
        if (curve.foreseesMore()) {
            LearningCurve.Fitted twice = curve.atTwice();
            table.row(Figures.count(Math.round(twice.rows())), figures(metric, twice.value()), "foreseen");
        }
        table.print(screen);
        CurveHeadline headline = CurveHeadline.of(curve);
        screen.line(Wrap.hanging(headline.title(), screen.columns(), 0));
        screen.line(Wrap.hanging(headline.detail(), screen.columns(), 0));
        screen.line(screen.paint(Tone.FAINT, Wrap.hanging(headline.caveat(), screen.columns(), 0)));
        screen.line("page  " + page);
    }

    private static String figures(MetricName metric, Interval interval) {
        return MetricFigures.full(metric, interval);
    }
}
