package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.jobs.LineReader;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;

/**
 * Losses in what a script prints, by the patterns of its document, which the service keeps with the job. A script tells no number of a step:
 * its figures are counted, and how many there will be is not known.
 */
final class LossLines implements LineReader {
    private static final Pattern RATE = Pattern.compile("'learning_rate': ([-+0-9.eE]+)");
    private static final Pattern EPOCH = Pattern.compile("'epoch': ([0-9.]+)");

    private final List<Pattern> losses;
    private final List<Pattern> evaluations;

    private LossLines(List<Pattern> losses, List<Pattern> evaluations) {
        this.losses = losses;
        this.evaluations = evaluations;
    }

    /** What the patterns of a job find. */
    static LossLines of(DescribeTrainingJobResponse job) {
        List<MetricDefinition> metrics = job.algorithmSpecification() == null
                ? List.of()
                : job.algorithmSpecification().metricDefinitions();
        return new LossLines(patterns(metrics, "train"), patterns(metrics, "eval"));
    }

    private static List<Pattern> patterns(List<MetricDefinition> metrics, String part) {
        return metrics.stream()
                .filter(metric -> metric.name().toLowerCase(Locale.ROOT).contains(part)
                        && metric.name().toLowerCase(Locale.ROOT).contains("loss"))
                .flatMap(metric -> pattern(metric.regex()).stream())
                .toList();
    }

    /** The service reads patterns by Python's rules; what Java does not read finds nothing. */
    private static Optional<Pattern> pattern(String regex) {
        try {
            return Optional.of(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<RunEvent> event(String line, Instant at, int steps) {
        double loss = figure(losses, line);
        if (!Double.isNaN(loss)) {
            return Optional.of(new RunEvent.StepCompleted(
                    at,
                    steps + 1,
                    -1,
                    figure(List.of(EPOCH), line),
                    loss,
                    figure(List.of(RATE), line),
                    Double.NaN,
                    -1,
                    Double.NaN,
                    -1));
        }
        double compared = figure(evaluations, line);
        return Double.isNaN(compared)
                ? Optional.empty()
                : Optional.of(new RunEvent.ValidationCompleted(at, steps, compared, false));
    }

    private static double figure(List<Pattern> patterns, String line) {
        for (Pattern pattern : patterns) {
            Matcher found = pattern.matcher(line);
            if (found.find() && found.groupCount() > 0) {
                try {
                    return Double.parseDouble(found.group(1));
                } catch (NumberFormatException e) {
                    return Double.NaN;
                }
            }
        }
        return Double.NaN;
    }
}
