package dev.finetune4j.junit;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.junit.baseline.Baseline;
import dev.finetune4j.junit.baseline.BaselineComparison;
import dev.finetune4j.junit.baseline.BaselineFile;
import dev.finetune4j.junit.baseline.ChangedCase;
import dev.finetune4j.junit.summary.SummarizedBaseline;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Claims about a run beside its recorded baseline. The two are compared on the held-out rows that both answered, the same row with the
 * same row; where these are fewer than half of the rows of either, or without a baseline, the claim does not hold. When baselines are
 * recorded, it is written and the claim holds.
 */
final class BaselineClaims {
    private static final int SHOWN_ROWS = 5;

    private final FineTunedRun run;
    private final Claims claims;

    BaselineClaims(FineTunedRun run) {
        this.run = run;
        this.claims = new Claims(run);
    }

    /** By no metric does the whole paired 95 % interval of the difference lie on the worse side. */
    void noWorseBeyondChance() {
        judge(
                "no worse than its baseline beyond chance",
                compared -> compared.comparisons().stream().noneMatch(Comparison::isDeterioration));
    }

    /** The main metric and the rows that are answered worse keep within a margin. */
    void noWorseThan(Margin margin) {
        String rows = margin.rows() == Integer.MAX_VALUE ? "" : " and " + Figures.rows(margin.rows());
        judge(
                "worse than its baseline by at most " + margin.drop() + " " + main() + rows,
                compared -> compared.drop(main()) <= margin.drop()
                        && compared.worse().size() <= margin.rows());
    }

    private void judge(String claim, Predicate<BaselineComparison> holds) {
        BaselineFile file = new BaselineFile(run.baseline());
        List<Prediction> answers = run.predictions(Variant.TUNED);
        if (run.test().settings().recordsBaselines()) {
            file.write(Baseline.of(run.job().name(), run.metrics(), answers, run.heldOut()));
            run.test().report("finetune4j.baseline", "recorded " + file.path() + " from " + run.id());
            claims.judge("baseline recorded: " + file.path().getFileName(), true, () -> "");
            return;
        }
        Optional<Baseline> recorded;
        try {
            recorded = file.read();
        } catch (AssertionError e) {
            claims.judge(claim, false, () -> unusable(String.valueOf(e.getMessage())));
            return;
        }
        if (recorded.isEmpty()) {
            claims.judge(
                    claim,
                    false,
                    () -> "why   there is no baseline: " + file.path() + "\ntry   "
                            + run.test().commandToRecord() + "\nthen  commit the file");
            return;
        }
        Optional<String> contradiction = BaselineComparison.contradiction(recorded.get(), answers, run.heldOut());
        if (contradiction.isPresent()) {
            claims.judge(
                    claim,
                    false,
                    () -> unusable("the baseline " + file.path() + " is damaged: " + contradiction.orElseThrow()));
            return;
        }
        Optional<BaselineComparison> compared =
                BaselineComparison.of(recorded.get(), answers, run.heldOut(), run.job(), run.labels());
        if (compared.isEmpty()) {
            claims.judge(
                    claim,
                    false,
                    () -> "why   of " + answers.size() + " held-out rows none is among the "
                            + recorded.get().cases().size() + " of " + file.path() + "\ntry   "
                            + run.test().commandToRecord() + "    # if other rows are meant to be held out");
            return;
        }
        judge(claim, compared.get(), holds);
    }

    private void judge(String claim, BaselineComparison compared, Predicate<BaselineComparison> holds) {
        Optional<String> part = compared.part();
        SummarizedBaseline summarized =
                new SummarizedBaseline(compared.now().metrics(), compared.then().metrics(), part.orElse(null));
        run.test().summary().baseline(run.id(), summarized);
        part.ifPresent(rows -> run.test().report("finetune4j.baseline", "compared " + rows));
        if (compared.coversHalf()) {
            claims.judge(claim, holds.test(compared), () -> evidence(compared));
        } else {
            claims.judge(
                    claim,
                    false,
                    () -> "why   the two can be compared " + part.orElseThrow() + ": fewer than half\ntry   "
                            + run.test().commandToRecord() + "    # if other rows are meant to be held out");
        }
    }

    private MetricName main() {
        return run.evaluation().mainMetric();
    }

    private String unusable(String why) {
        return "why   " + why + "\ntry   " + run.test().commandToRecord()
                + "    # if version control does not have it whole";
    }

    private String evidence(BaselineComparison compared) {
        StringBuilder text = new StringBuilder();
        for (Comparison one : compared.comparisons()) {
            MetricName metric = one.metric();
            text.append("now   ")
                    .append(Claims.full(metric, compared.now().metric(metric)))
                    .append(", baseline ")
                    .append(Claims.plain(
                            MetricFigures.full(metric, compared.then().metric(metric))))
                    .append("\n      difference ")
                    .append(Claims.plain(MetricFigures.full(metric, one.difference())))
                    .append(", ")
                    .append(place(one))
                    .append(", ")
                    .append(MetricFigures.pValue(one.test().pValue()))
                    .append('\n');
        }
        text.append("rows  ")
                .append(compared.worse().size())
                .append(" worse, ")
                .append(compared.better().size())
                .append(" better, ")
                .append(compared.unchanged())
                .append(" alike")
                .append(compared.part().map(part -> ", " + part).orElse(""))
                .append('\n');
        text.append(rows(compared.worse(), ChangedCase::text));
        return text + Claims.advice(run) + "\ntry   " + run.test().commandToRecord()
                + "    # if the new answers are right";
    }

    private static String place(Comparison one) {
        if (one.isDeterioration()) {
            return "the whole interval is worse";
        }
        return one.isImprovement() ? "the whole interval is better" : "the interval reaches zero";
    }

    private static String rows(List<ChangedCase> worse, Function<ChangedCase, String> text) {
        StringBuilder lines = new StringBuilder();
        worse.stream()
                .limit(SHOWN_ROWS)
                .forEach(one -> lines.append("worse ").append(text.apply(one)).append('\n'));
        if (worse.size() > SHOWN_ROWS) {
            lines.append("      and ").append(worse.size() - SHOWN_ROWS).append(" more\n");
        }
        return lines.toString();
    }
}
