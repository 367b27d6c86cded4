package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a sweep says, in plain words.
 *
 * @param title the best settings, or that nothing was learned
 * @param detail the figures behind it, as sentences
 * @param caveat what the figures do not tell, as a sentence
 */
public record SweepHeadline(String title, String detail, String caveat) {
    /** The words for a sweep. */
    public static SweepHeadline of(Sweep sweep) {
        Sweep.TestScore score = sweep.test();
        if (score != null && !sweep.hasLearned()) {
            return unlearned(sweep, score);
        }
        Sweep.Measured best = sweep.best();
        Interval value = best == null ? null : best.value();
        if (best == null || value == null) {
            return new SweepHeadline("No trial has ended", stopped(sweep), "");
        }
        MetricName metric = sweep.metric();
        String title = (sweep.stopped() == null ? "Best: " : "Best so far: ")
                + best.candidate().words();
        String detail = MetricFigures.name(metric) + " " + MetricFigures.full(metric, value) + " on "
                + Figures.count(sweep.validationRows()) + " validation rows"
                + (metric.isLowerBetter() ? "; lower is better." : ".") + rivals(sweep.rivals()) + test(sweep)
                + stopped(sweep);
        String caveat = "The best of several looks better on the rows that chose it than it is"
                + (sweep.test() == null
                        ? "; no other rows have been asked, nor has the base model: whether anything was learned is not known."
                        : ": what it reaches is told by the test rows, which no trial saw.")
                + ranges(sweep);
        return new SweepHeadline(title, detail, caveat);
    }

    private static SweepHeadline unlearned(Sweep sweep, Sweep.TestScore score) {
        MetricName metric = sweep.metric();
        String winner = Sweep.best(metric, sweep.trials())
                .map(trial ->
                        ", trial " + trial.number() + " (" + trial.candidate().words() + "),")
                .orElse("");
        String detail = "The trial that does best on the validation rows" + winner + " reaches "
                + MetricFigures.name(metric) + " " + MetricFigures.full(metric, score.tuned()) + " on "
                + Figures.count(score.rows()) + " test rows, the base model " + MetricFigures.full(metric, score.base())
                + ": the difference is "
                + MetricFigures.difference(metric, score.difference().value())
                + " " + MetricFigures.differenceRange(metric, score.difference()) + ", which is no better. "
                + remedy(sweep);
        return new SweepHeadline(
                "Nothing was learned: the best trial is no better than the base model",
                detail,
                ranges(sweep).strip());
    }

    /** Beyond what was tried, unless training failed there or a trial did worse than chance explains. */
    private static String remedy(Sweep sweep) {
        Optional<Sweep.Measured> winner = Sweep.best(sweep.metric(), sweep.trials());
        Predicate<Sweep.Measured> isGood = trial -> trial.value() != null
                && winner.filter(best -> isBehind(trial, best)).isEmpty();
        OptionalDouble highest = sweep.trials().stream()
                .filter(isGood)
                .mapToDouble(SweepHeadline::learningRate)
                .filter(rate -> rate > 0)
                .max();
        Optional<Sweep.Measured> limit = sweep.trials().stream()
                .filter(isGood.negate())
                .filter(trial -> learningRate(trial) > highest.orElse(Double.POSITIVE_INFINITY))
                .min(Comparator.comparingDouble(SweepHeadline::learningRate));
        String rate = highest.isEmpty()
                ? "a higher learning rate"
                : limit.map(trial -> "a learning rate between " + plain(highest.getAsDouble()) + " and "
                                + plain(learningRate(trial)) + ", at which "
                                + (trial.value() == null ? "training failed" : "a trial did worse"))
                        .orElseGet(() -> "a learning rate above " + plain(highest.getAsDouble()));
        double epochs = sweep.trials().stream()
                .mapToDouble(Sweep.Measured::epochs)
                .max()
                .orElseThrow();
        return "Try " + rate + ", more epochs than " + plain(epochs) + ", or more rows.";
    }

    /** Of those that trained for as long; what others reach does not tell. */
    private static boolean isBehind(Sweep.Measured trial, Sweep.Measured best) {
        Interval value = trial.value();
        Interval reached = best.value();
        return value != null
                && reached != null
                && trial.number() != best.number()
                && trial.share() == best.share()
                && (reached.value() < value.low() || value.high() < reached.value());
    }

    /** 0 where the sweep tries none. */
    private static double learningRate(Sweep.Measured trial) {
        Double rate = trial.candidate().learningRate();
        return rate == null ? 0 : rate;
    }

    /** Four digits, without an exponent. */
    private static String plain(double value) {
        return BigDecimal.valueOf(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String ranges(Sweep sweep) {
        Stream<Interval> shown = Stream.concat(
                sweep.trials().stream().flatMap(trial -> Optional.ofNullable(trial.value()).stream()),
                Stream.ofNullable(sweep.test()).flatMap(score -> Stream.of(score.base(), score.tuned())));
        return " The ranges are 95 % intervals; they do not cover the seed."
                + WidthlessRanges.caveat(sweep.metric(), shown);
    }

    private static String rivals(long rivals) {
        if (rivals == 0) {
            return "";
        }
        return rivals == 1
                ? " The interval of 1 other trial reaches that value: chance may have put it behind."
                : " The intervals of " + rivals + " other trials reach that value: chance may have put them behind.";
    }

    private static String test(Sweep sweep) {
        Sweep.TestScore test = sweep.test();
        return test == null
                ? ""
                : " On " + Figures.count(test.rows()) + " test rows: "
                        + MetricFigures.full(sweep.metric(), test.tuned()) + ", the base model "
                        + MetricFigures.full(sweep.metric(), test.base()) + ".";
    }

    private static String stopped(Sweep sweep) {
        return sweep.stopped() == null ? "" : " Stopped by the time limit: " + sweep.stopped() + ".";
    }
}
