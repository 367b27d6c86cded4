package dev.finetune4j.engine.search;

import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.RunId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a sweep. Trials are judged on validation rows, in early rounds by their loss, in the last by the metric; the winner alone answers the test rows, once the search is complete.
 *
 * @param search the way of the search
 * @param metric the task's main metric
 * @param validationRows rows that every trial answered
 * @param trials what was measured, in the order of their runs
 * @param best the best trial among those that trained for the largest share of their epochs, or null before the first and where nothing
 *     was learned
 * @param settings the best trial's settings as lines of a job file; empty without one
 * @param test what the winner reached on the test rows, or null where the search is incomplete or the job holds out no rows
 * @param stopped why trials were left out, or null if the search is complete
 */
public record Sweep(
        SweepSpec.Search search,
        MetricName metric,
        long validationRows,
        List<Measured> trials,
        @Nullable Measured best,
        String settings,
        @Nullable TestScore test,
        @Nullable String stopped) {
    /** Copies the list. */
    public Sweep {
        trials = List.copyOf(trials);
    }

    /**
     * A trial that has ended.
     *
     * @param number from 1
     * @param candidate its settings
     * @param share of its epochs that it trained for
     * @param epochs passes over the training rows that it trained for
     * @param run its run
     * @param seconds that it took
     * @param value the metric of its tuned model on the validation rows, or null if training diverged
     * @param validationLoss the lowest validation loss of its training, that of its model, in nats per counted token; null if training
     *     diverged or its place does not tell
     * @param problem how training diverged, or null
     */
    public record Measured(
            int number,
            Candidate candidate,
            double share,
            double epochs,
            RunId run,
            double seconds,
            @Nullable Interval value,
            @Nullable Double validationLoss,
            @Nullable Problem problem) {
        /** Whether it trained for all its epochs. */
        boolean isWhole() {
            return share == 1;
        }
    }

    /**
     * The winner's only look at the test rows.
     *
     * @param rows test rows
     * @param base the base model without examples in its prompt
     * @param tuned the winner
     * @param difference the winner minus the base model, with the 95 % interval of the paired bootstrap
     */
    public record TestScore(long rows, Interval base, Interval tuned, Interval difference) {}

    /** Whether the winner is better than the base model by the whole interval; true where the base model was not asked. */
    public boolean hasLearned() {
        TestScore score = test;
        return score == null
                || (metric.isLowerBetter()
                        ? score.difference().high() < 0
                        : score.difference().low() > 0);
    }

    /**
     * Larger shares first, and trials that failed last. Of those that trained for all their epochs, better values, then lower validation
     * losses. Of those that trained for a share of them, the losses come first: the loss falls from the first step on, while a metric may
     * still be at chance, where it orders by chance.
     */
    public static Comparator<Measured> order(MetricName metric) {
        Comparator<Measured> byValue = Comparator.<Measured>comparingDouble(trial -> goodness(metric, trial))
                .reversed();
        Comparator<Measured> byLoss = Comparator.comparingDouble(Sweep::loss);
        Comparator<Measured> whole = byValue.thenComparing(byLoss);
        Comparator<Measured> part = byLoss.thenComparing(byValue);
        return Comparator.comparingDouble(Measured::share)
                .reversed()
                .thenComparing(trial -> trial.value() == null)
                .thenComparing((one, other) -> (one.isWhole() ? whole : part).compare(one, other));
    }

    /** The best of those that did not fail. */
    public static Optional<Measured> best(MetricName metric, List<Measured> trials) {
        return trials.stream().filter(trial -> trial.value() != null).min(order(metric));
    }

    /** Other trials of the same share whose 95 % interval reaches the best value: chance may have put them behind. */
    public long rivals() {
        Measured winner = best;
        if (winner == null || winner.value() == null) {
            return 0;
        }
        double reached = winner.value().value();
        return trials.stream()
                .filter(trial -> trial.number() != winner.number() && trial.share() == winner.share())
                .map(Measured::value)
                .filter(value -> value != null && value.low() <= reached && reached <= value.high())
                .count();
    }

    /** A loss that nobody told comes after all others. */
    private static double loss(Measured trial) {
        Double loss = trial.validationLoss();
        return loss == null ? Double.POSITIVE_INFINITY : loss;
    }

    private static double goodness(MetricName metric, Measured trial) {
        Interval value = trial.value();
        if (value == null) {
            return Double.NEGATIVE_INFINITY;
        }
        return metric.isLowerBetter() ? -value.value() : value.value();
    }
}
