package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Phase;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.Series;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** How training went: loss, throughput, memory, and where the time was spent. */
final class TrainingSection {
    /** Share of the raw losses that the scale must cover; a single spike shall not flatten the curve. */
    private static final double COVERED = 0.98;

    private TrainingSection() {}

    static Html of(RunReport report, TrainingHistory training) {
        List<Html> parts = new ArrayList<>();
        if (!training.loss().isEmpty()) {
            parts.add(loss(training));
            List<Html> pair = new ArrayList<>();
            if (!training.throughput().isEmpty()) {
                pair.add(throughput(training));
            }
            if (!training.residentBytes().isEmpty()) {
                pair.add(memory(training));
            }
            if (!pair.isEmpty()) {
                parts.add(Html.of("<div class=\"pair\">{}</div>", Html.join(pair)));
            }
        }
        parts.add(phases(report.phases()));
        return Section.of("training", "How training went", lead(training), Html.join(parts));
    }

    private static String lead(TrainingHistory training) {
        RunEvent.TrainingStarted plan = training.plan();
        String done = Figures.count(training.completedSteps());
        StringBuilder lead = new StringBuilder(
                plan == null
                        ? done + (training.completedSteps() == 1 ? " loss was" : " losses were") + " told by the place"
                        : done + " of " + Figures.count(plan.steps())
                                + (plan.steps() == 1 ? " planned step" : " planned steps"));
        if (training.resumes() > 0) {
            lead.append(", resumed from a checkpoint ")
                    .append(training.resumes() == 1 ? "once" : training.resumes() + " times");
        }
        lead.append('.');
        if (training.stoppedEarly() != null) {
            lead.append(" Stopped early: ").append(training.stoppedEarly()).append('.');
        }
        return lead.toString();
    }

    private static Html loss(TrainingHistory training) {
        double top = DoubleStream.concat(
                        DoubleStream.of(covered(training.loss())),
                        Stream.of(training.smoothedLoss(), training.validation())
                                .flatMap(series -> series.points().stream())
                                .mapToDouble(Series.Point::value))
                .max()
                .orElseThrow();
        Axis axis = lossAxis(top, training.loss());
        long above = training.loss().points().stream()
                .filter(point -> point.value() > axis.high())
                .count();
        LineChart chart = new LineChart(
                        "Loss by optimizer step", description(training), lastStep(training), axis, axis::label)
                .dots(training.loss(), "raw")
                .line(training.smoothedLoss(), "tuned");
        if (!training.validation().isEmpty()) {
            chart.line(training.validation(), "validation").dots(training.validation(), "validation");
        }
        Series.Point best = training.bestValidation();
        if (best != null) {
            chart.mark(best, String.format(Locale.ROOT, "best %.3f", best.value()));
        }
        return Html.of(
                """
                <figure><figcaption><b>Loss</b> <span>nats per learned token{}</span>\
                <ul class="legend"><li class="raw">each step</li><li class="tuned">smoothed (moving average, span {})</li>{}</ul>\
                </figcaption>{}</figure>
                """,
                above == 0 ? "" : "; " + (above == 1 ? "1 point lies" : above + " points lie") + " above the scale",
                training.smoothingSpan(),
                training.validation().isEmpty() ? Html.NONE : Html.of("<li class=\"validation\">validation rows</li>"),
                chart.html());
    }

    /** One more step of the scale flattens nothing, and spares the reader a point that is beyond it. */
    private static Axis lossAxis(double top, Series losses) {
        Axis axis = Axis.covering(0, top, 5);
        double highest =
                losses.points().stream().mapToDouble(Series.Point::value).max().orElse(top);
        return highest > axis.high() && highest <= axis.high() + axis.step() ? Axis.covering(0, highest, 5) : axis;
    }

    private static String description(TrainingHistory training) {
        List<Series.Point> smoothed = training.smoothedLoss().points();
        String words = String.format(
                Locale.ROOT,
                "The smoothed training loss goes from %.3f to %.3f.",
                smoothed.get(0).value(),
                smoothed.get(smoothed.size() - 1).value());
        Series.Point best = training.bestValidation();
        return best == null
                ? words
                : words
                        + String.format(
                                Locale.ROOT,
                                " The lowest validation loss is %.3f, after step %d.",
                                best.value(),
                                best.step());
    }

    private static Html throughput(TrainingHistory training) {
        Axis axis = Axis.covering(0, covered(training.throughput()), 4);
        String mean = "mean " + Figures.large(training.tokensPerSecond());
        LineChart chart = new LineChart(
                        "Tokens per second by optimizer step",
                        "The " + mean + " tokens per second.",
                        lastStep(training),
                        axis,
                        Figures::large)
                .line(training.throughput(), "tuned");
        return Html.of(
                "<figure class=\"small\"><figcaption><b>Throughput</b> <span>tokens per second, {}</span></figcaption>{}</figure>",
                mean,
                chart.html());
    }

    private static Html memory(TrainingHistory training) {
        long foreseen = training.plan() == null ? -1 : training.plan().predictedPeakBytes();
        double gibi = 1 << 30;
        Axis axis = Axis.covering(0, (double) Math.max(foreseen, training.peakResidentBytes()) / gibi, 4);
        Series inGibi = new Series(training.residentBytes().points().stream()
                .map(point -> new Series.Point(point.step(), point.value() / gibi))
                .toList());
        LineChart chart = new LineChart(
                        "Resident memory by optimizer step",
                        "The peak is " + Figures.bytes(training.peakResidentBytes()) + ".",
                        lastStep(training),
                        axis,
                        axis::label)
                .line(inGibi, "tuned");
        if (foreseen > 0) {
            chart.level((double) foreseen / gibi, "foreseen " + Figures.bytes(foreseen));
        }
        return Html.of(
                "<figure class=\"small\"><figcaption><b>Memory</b> <span>GiB resident, peak {}</span></figcaption>{}</figure>",
                Figures.bytes(training.peakResidentBytes()),
                chart.html());
    }

    private static Html phases(List<Phase> phases) {
        Duration total = phases.stream().map(Phase::duration).reduce(Duration.ZERO, Duration::plus);
        if (total.isZero()) {
            return Html.NONE;
        }
        Html bars = Html.join(phases.stream()
                .map(phase -> Html.of(
                        "<i class=\"{}\" style=\"flex-grow:{}\"></i>",
                        style(phase.state()),
                        Math.max(1, phase.duration().toMillis() * 1000 / total.toMillis()))));
        Html words = Html.join(phases.stream()
                .map(phase -> Html.of(
                        "<li class=\"{}\"><b>{}</b> {}</li>",
                        style(phase.state()),
                        phase.state().name().toLowerCase(Locale.ROOT),
                        Figures.duration(phase.duration()))));
        return Html.of("""
                <figure><figcaption><b>Where the time went</b> <span>{} in all</span></figcaption>\
                <div class="phases" aria-hidden="true">{}</div><ul class="legend phase-names">{}</ul></figure>
                """, Figures.duration(total), bars, words);
    }

    private static String style(RunState state) {
        return switch (state) {
            case TRAINING -> "work";
            case EVALUATING -> "judge";
            case INTERRUPTED -> "lost";
            case PREPARED, QUEUED, STARTING, DOWNLOADING, UPLOADING, STOPPING, SUCCEEDED, FAILED, STOPPED -> "around";
        };
    }

    private static int lastStep(TrainingHistory training) {
        return Math.max(training.completedSteps(), 1);
    }

    private static double covered(Series series) {
        double[] sorted = series.points().stream()
                .mapToDouble(Series.Point::value)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return 1;
        }
        return Arrays.stream(sorted)
                .skip((long) Math.floor(COVERED * (sorted.length - 1)))
                .findFirst()
                .orElseThrow();
    }
}
