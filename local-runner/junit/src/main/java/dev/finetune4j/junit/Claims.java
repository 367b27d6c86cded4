package dev.finetune4j.junit;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.opentest4j.AssertionFailedError;

/** Judges claims about a run: writes each down, and fails the test where one does not hold. */
final class Claims {
    /** Digits of a nanosecond after the point of a millisecond. */
    private static final int NANO_DIGITS = 6;

    private final FineTunedRun run;

    Claims(FineTunedRun run) {
        this.run = run;
    }

    /**
     * Judges one.
     *
     * @param claim in a few words
     * @param evidence the numbers that speak against it and what to do, lines with a label each
     */
    void judge(String claim, boolean holds, Supplier<String> evidence) {
        if (holds) {
            run.test().claimed(run, claim, null);
            return;
        }
        String numbers = evidence.get().stripTrailing();
        run.test().claimed(run, claim, numbers);
        throw new AssertionFailedError(
                "run " + run.id() + " does not hold: " + claim + "\n  " + numbers.replace("\n", "\n  "));
    }

    /** Where to look on. */
    static String advice(FineTunedRun run) {
        return "look  " + run.reports().stream().findFirst().map(Path::toString).orElse("finetune show " + run.id());
    }

    /** A limit of time; one below a second to the millisecond and its fractions. */
    static String limit(Duration limit) {
        boolean isBrief = limit.compareTo(Duration.ZERO) > 0 && limit.compareTo(Duration.ofSeconds(1)) < 0;
        return isBrief
                ? BigDecimal.valueOf(limit.toNanos(), NANO_DIGITS)
                                .stripTrailingZeros()
                                .toPlainString() + " ms"
                : Figures.duration(limit);
    }

    /** A value with its interval, in letters that every log can show. */
    static String full(MetricName metric, Interval interval) {
        return MetricFigures.name(metric) + ' ' + plain(MetricFigures.full(metric, interval));
    }

    static String plain(String figures) {
        return figures.replace('\u2212', '-');
    }
}
