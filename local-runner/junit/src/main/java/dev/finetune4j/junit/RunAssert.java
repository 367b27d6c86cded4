package dev.finetune4j.junit;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.GateClause;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Claims about a run. Each that does not hold throws an {@link AssertionError} that says what was found, in numbers, and what to do;
 * each goes into the summary of the test class, held or not.
 */
public final class RunAssert {
    private final FineTunedRun run;
    private final Claims claims;

    RunAssert(FineTunedRun run) {
        this.run = run;
        this.claims = new Claims(run);
    }

    /** The check found nothing in the data, not even a warning; notes leave nothing to mend. */
    public RunAssert hasNoDataProblems() {
        return hasNoDataProblemsBut();
    }

    /** The check found nothing in the data but notes and problems of these codes, such as {@code FT0310}. */
    public RunAssert hasNoDataProblemsBut(String... codes) {
        List<String> allowed = Stream.of(codes).distinct().toList();
        List<Problem> others = run.dataProblems().stream()
                .filter(problem -> problem.severity() != Severity.NOTE && !allowed.contains(problem.code()))
                .toList();
        String claim = allowed.isEmpty() ? "no data problems" : "no data problems but " + String.join(", ", allowed);
        return judged(claim, others.isEmpty(), () -> ProblemText.of(others));
    }

    /** From its creation to its end the run took at most this. An earlier run is judged by what it took then. */
    public RunAssert tookAtMost(Duration limit) {
        return judged(
                "took at most " + Claims.limit(limit),
                run.took().compareTo(limit) <= 0,
                () -> "took  "
                        + Figures.duration(run.took()) + (run.isEarlierRun() ? ", when it was trained" : "")
                        + "\ntry   fewer training.epochs or data.split.train-rows, or budget.max-time to stop a run that takes longer");
    }

    /** The run cost at most this. What cannot be known is not assumed to be little: away from this machine the claim does not hold. */
    public RunAssert costAtMost(Money limit) {
        Optional<Money> cost = run.cost();
        boolean holds = cost.filter(one -> isAtMost(one, limit)).isPresent();
        return judged(
                "cost at most " + limit,
                holds,
                () -> "cost  " + cost.map(Money::toString).orElse("unknown")
                        + "\nwhy   it ran away from this machine, whose bill is not known yet"
                        + "\ntry   targets: [local]");
    }

    /**
     * The plan says that the job can be run at a place for at most this, nine times in ten.
     *
     * @param target the place's id, such as {@code sagemaker}
     */
    public RunAssert isPlannedToCostAtMost(Money limit, String target) {
        return planned("is planned to cost at most " + limit + " on " + target, target, limit, null);
    }

    /** The plan says that the job can be run at a place within this time, queue and start-up included, nine times in ten. */
    public RunAssert isPlannedToTakeAtMost(Duration limit, String target) {
        return planned("is planned to take at most " + Claims.limit(limit) + " on " + target, target, null, limit);
    }

    private RunAssert planned(String claim, String target, @Nullable Money maxCost, @Nullable Duration maxTime) {
        try {
            Plan plan = run.plan(target, maxCost, maxTime);
            boolean holds = plan.options().stream().anyMatch(option -> option.standing() == Standing.WITHIN);
            return judged(
                    claim,
                    holds,
                    () -> (run.isKnown(target) ? nearest(plan, maxTime != null) : absent(target))
                            + "\nlook  finetune plan " + ShellWord.of(run.jobFile()) + " --target " + target
                            + " --all");
        } catch (FineTuneException e) {
            return judged(claim, false, () -> ProblemText.of(Remedies.named(e.problems(), run.jobFile(), run.id())));
        }
    }

    /** The option that comes nearest to the limit; what has no price, or would tune another model, meets none. */
    private static String nearest(Plan plan, boolean byTime) {
        Comparator<PlanOption> byHigh = byTime
                ? Comparator.comparing(option -> option.time().high())
                : Comparator.comparing(
                        option -> Objects.requireNonNull(option.cost()).high().amount());
        return plan.options().stream()
                .filter(option -> option.cost() != null && option.otherModel() == null)
                .min(byHigh)
                .map(option -> "plan  " + option.id() + ": " + figures(option, byTime))
                .orElseGet(() -> withoutFigures(plan));
    }

    private static String withoutFigures(Plan plan) {
        boolean isForOthersOnly = plan.options().stream().allMatch(option -> option.otherModel() != null);
        return plan.options().stream()
                .filter(option -> isForOthersOnly)
                .findFirst()
                .map(option -> "why   " + option.target() + " would tune " + option.otherModel()
                        + " instead of the job's model\ntry   places." + option.target() + ".model: "
                        + option.otherModel())
                .orElse("plan  no price is known there");
    }

    /** As FT0113 says it of a job's targets; this one is named by a test. */
    private static String absent(String target) {
        return "why   no provider on the class path is called \"" + target + "\"\ntry   add the artifact that brings "
                + target + " to the class path; dev.finetune4j:finetune4j-bom names all";
    }

    private static String figures(PlanOption option, boolean byTime) {
        MoneyRange cost = Objects.requireNonNull(option.cost());
        return byTime
                ? "likely " + Figures.duration(option.time().likely()) + ", nine times in ten at most "
                        + Figures.duration(option.time().high())
                : "likely " + cost.likely() + ", nine times in ten at most " + cost.high();
    }

    /** Every demand of the job's own gate is met. */
    public RunAssert passesItsGate() {
        return judged("passes its gate", run.evaluation().gate().passed(), () -> {
            StringBuilder text = new StringBuilder();
            for (GateClause clause : run.evaluation().gate().clauses()) {
                text.append(clause.passed() ? "met   " : "unmet ")
                        .append(words(clause))
                        .append('\n');
            }
            return text + Claims.advice(run);
        });
    }

    /** The tuned model beats each base variant by the main metric beyond chance. */
    public RunAssert beatsBase() {
        return beatsBase(run.evaluation().mainMetric());
    }

    /** The tuned model beats each base variant by a metric: the paired 95 % interval of the difference lies on the better side. */
    public RunAssert beatsBase(MetricName metric) {
        String claim = "beats the base model by " + metric;
        if (!run.metrics().containsKey(metric)) {
            return judged(claim, false, () -> lacks(metric));
        }
        List<Comparison> comparisons = run.evaluation().comparisons().stream()
                .filter(one -> one.metric().equals(metric))
                .toList();
        boolean holds = !comparisons.isEmpty() && comparisons.stream().allMatch(Comparison::isImprovement);
        return judged(claim, holds, () -> {
            StringBuilder text = new StringBuilder("tuned " + Claims.full(metric, run.metric(metric)) + '\n');
            for (Comparison one : comparisons) {
                text.append(one.isImprovement() ? "beats " : "not   ")
                        .append(Headline.longName(one.base()))
                        .append(' ')
                        .append(Claims.full(metric, baseMetric(one.base(), metric)))
                        .append(": difference ")
                        .append(Claims.full(metric, one.difference()))
                        .append(", ")
                        .append(MetricFigures.pValue(one.test().pValue()))
                        .append('\n');
            }
            return text + Claims.advice(run);
        });
    }

    /** A metric of the tuned model reaches a value; where lower is better, does not exceed it. */
    public RunAssert reaches(MetricName metric, double value) {
        return reached(
                metric + (metric.isLowerBetter() ? " at most " : " at least ") + value,
                metric,
                tuned -> metric.isLowerBetter() ? tuned.value() <= value : tuned.value() >= value,
                "");
    }

    /** The whole 95 % interval of a metric of the tuned model reaches a value: it does so on other rows of the kind, too. */
    public RunAssert reachesBeyondDoubt(MetricName metric, double value) {
        return reached(
                metric + (metric.isLowerBetter() ? " surely at most " : " surely at least ") + value,
                metric,
                tuned -> metric.isLowerBetter() ? tuned.high() <= value : tuned.low() >= value,
                "\ntry   more held-out rows: 4 times as many halve the interval");
    }

    private RunAssert reached(String claim, MetricName metric, Predicate<Interval> holds, String remedy) {
        Interval tuned = run.metrics().get(metric);
        if (tuned == null) {
            return judged(claim, false, () -> lacks(metric));
        }
        return judged(
                claim,
                holds.test(tuned),
                () -> "tuned " + Claims.full(metric, tuned) + " on " + heldOutRows() + remedy + '\n'
                        + Claims.advice(run));
    }

    private String lacks(MetricName metric) {
        return "why   the task has no " + metric + "; its metrics are "
                + run.metrics().keySet().stream().map(MetricName::value).collect(Collectors.joining(", "));
    }

    /**
     * By no metric is the tuned model worse than its recorded baseline beyond chance, on the rows that both answered. These must be half
     * of the held-out rows and half of the baseline's at least.
     */
    public RunAssert isNoWorseThanBaseline() {
        new BaselineClaims(run).noWorseBeyondChance();
        return this;
    }

    /** The tuned model is worse than its recorded baseline by this margin at most, on the same rows. */
    public RunAssert isNoWorseThanBaseline(Margin margin) {
        new BaselineClaims(run).noWorseThan(margin);
        return this;
    }

    private RunAssert judged(String claim, boolean holds, Supplier<String> evidence) {
        claims.judge(claim, holds, evidence);
        return this;
    }

    private Interval baseMetric(Variant base, MetricName metric) {
        return run.evaluation().variant(base).orElseThrow().metric(metric);
    }

    /** Nothing is nothing in every currency. */
    private static boolean isAtMost(Money cost, Money limit) {
        boolean isComparable = cost.amount().signum() == 0 || cost.currency().equals(limit.currency());
        return isComparable && cost.amount().compareTo(limit.amount()) <= 0;
    }

    private String heldOutRows() {
        return Figures.count(run.evaluation().rows()) + " held-out "
                + (run.evaluation().rows() == 1 ? "row" : "rows");
    }

    private static String words(GateClause clause) {
        if (clause instanceof GateClause.AtLeast least) {
            return least.metric() + (least.metric().isLowerBetter() ? " at most " : " at least ") + least.threshold()
                    + ": tuned " + Claims.full(least.metric(), least.tuned());
        }
        GateClause.BetterThanBase better = (GateClause.BetterThanBase) clause;
        return better.metric() + " apart from " + Headline.longName(better.base()) + ": tuned "
                + Claims.full(better.metric(), better.tuned()) + ", base "
                + Claims.full(better.metric(), better.baseline());
    }
}
