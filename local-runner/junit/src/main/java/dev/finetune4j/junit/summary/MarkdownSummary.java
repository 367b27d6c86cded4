package dev.finetune4j.junit.summary;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.engine.report.view.Markdown;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.RunId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs and claims for a comment on a pull request. */
final class MarkdownSummary {
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}&&[^\t]]");
    private static final Pattern FENCES = Pattern.compile("`{3,}");

    private MarkdownSummary() {}

    static String of(
            String testClass,
            Collection<SummarizedRun> runs,
            Map<RunId, SummarizedBaseline> baselines,
            List<Claim> claims,
            Map<String, String> failures) {
        StringBuilder text = new StringBuilder();
        long failed = claims.stream().filter(claim -> !claim.holds()).count();
        text.append("### ")
                .append(Markdown.text(testClass.substring(testClass.lastIndexOf('.') + 1)))
                .append(": ");
        if (!failures.isEmpty()) {
            text.append(failures.size()).append(failures.size() == 1 ? " job gives" : " jobs give");
            text.append(" no model to test");
        }
        if (failures.isEmpty() || failed > 0) {
            text.append(failures.isEmpty() ? "" : ", ")
                    .append(failed == 0 ? "all claims hold" : failed + " of " + claims.size() + " claims do not hold");
        }
        text.append('\n');
        for (SummarizedRun run : runs) {
            text.append("\n**")
                    .append(Markdown.text(run.job()))
                    .append("**, run `")
                    .append(run.id())
                    .append("`, ");
            text.append(Markdown.text(run.origin())).append("\n");
            figures(run.evaluation(), baselines.get(run.id()), text);
        }
        text.append('\n');
        failures.forEach((job, why) -> text.append("- **failed** ")
                .append(Markdown.text(job))
                .append(" gives no model to test\n")
                .append(fenced(why)));
        claims.forEach(claim -> claim(claim, text));
        return text.toString();
    }

    private static void figures(
            @Nullable EvaluationReport evaluation, @Nullable SummarizedBaseline baseline, StringBuilder text) {
        if (evaluation == null) {
            return;
        }
        Set<MetricName> metrics = evaluation.variants().get(0).metrics().keySet();
        text.append("\n| on ").append(evaluation.rows()).append(" held-out rows |");
        metrics.forEach(
                metric -> text.append(' ').append(MetricFigures.name(metric)).append(" |"));
        text.append("\n|---|").append("---:|".repeat(metrics.size())).append('\n');
        for (VariantEvaluation variant : evaluation.variants()) {
            row(Headline.longName(variant.variant()), metrics, variant.metrics(), text);
        }
        if (baseline != null) {
            baseline(baseline, metrics, text);
        }
    }

    private static void baseline(SummarizedBaseline baseline, Set<MetricName> metrics, StringBuilder text) {
        String part = baseline.part();
        if (part == null) {
            row("Baseline", metrics, baseline.then(), text);
            return;
        }
        row("Tuned, where compared", metrics, baseline.now(), text);
        row("Baseline, where compared", metrics, baseline.then(), text);
        text.append("\nCompared with its baseline ").append(part).append(".\n");
    }

    private static void row(
            String name, Set<MetricName> metrics, Map<MetricName, Interval> figures, StringBuilder text) {
        text.append("| ").append(name).append(" |");
        for (MetricName metric : metrics) {
            Interval interval = figures.get(metric);
            text.append(' ')
                    .append(interval == null ? "" : MetricFigures.full(metric, interval))
                    .append(" |");
        }
        text.append('\n');
    }

    private static void claim(Claim claim, StringBuilder text) {
        text.append(claim.holds() ? "- " : "- **failed** ")
                .append(Markdown.text(claim.test()))
                .append(": ")
                .append(Markdown.text(claim.text()));
        text.append('\n');
        claim.failure().ifPresent(evidence -> text.append(fenced(evidence)));
    }

    /** Between fences that are longer than any in the text, which else would end it. */
    private static String fenced(String evidence) {
        int longest = FENCES.matcher(evidence)
                .results()
                .mapToInt(match -> match.end() - match.start())
                .max()
                .orElse(2);
        String fence = "`".repeat(longest + 1);
        return evidence.lines()
                .map(line -> CONTROLS.matcher(line).replaceAll(" "))
                .collect(Collectors.joining("\n  ", "  " + fence + "\n  ", "\n  " + fence + "\n"));
    }
}
