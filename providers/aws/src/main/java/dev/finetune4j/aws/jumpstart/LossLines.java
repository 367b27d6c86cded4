package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.jobs.LineReader;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;

/**
 * Losses in what a script prints, by the patterns of its document, which the service keeps with the job. A script tells no number of a step:
 * its figures are counted, each for as many steps as it was told to print together, and how many there will be is not known.
 */
final class LossLines implements LineReader {
    private static final Pattern RATE = Pattern.compile("'learning_rate': ([-+0-9.eE]+)");
    private static final Pattern COUNT = Pattern.compile("\\d{1,6}");
    private static final Pattern EPOCH = Pattern.compile("'epoch': ([0-9.]+)");

    private final List<Pattern> losses;
    private final List<Pattern> evaluations;
    private final int together;
    private final int apart;

    /**
     * Lines of a job.
     *
     * @param together steps that a loss is printed for
     * @param apart steps between comparisons; 0 where they are not told by steps
     */
    private LossLines(List<Pattern> losses, List<Pattern> evaluations, int together, int apart) {
        this.losses = losses;
        this.evaluations = evaluations;
        this.together = together;
        this.apart = apart;
    }

    /** What the patterns of a job find. */
    static LossLines of(DescribeTrainingJobResponse job) {
        List<MetricDefinition> metrics = job.algorithmSpecification() == null
                ? List.of()
                : job.algorithmSpecification().metricDefinitions();
        Map<String, String> told = job.hyperParameters();
        boolean isBySteps = told.getOrDefault("evaluation_strategy", "steps").equals("steps");
        return new LossLines(
                patterns(metrics, "train"),
                patterns(metrics, "eval"),
                Math.max(1, count(told.get("logging_steps"))),
                isBySteps ? count(told.get("eval_steps")) : 0);
    }

    /** Scripts take shares of all steps, too, of which nothing is known here. */
    private static int count(@Nullable String value) {
        return value != null && COUNT.matcher(value).matches() ? Integer.parseInt(value) : 0;
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
                    (steps + 1) * together,
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
                : Optional.of(new RunEvent.ValidationCompleted(at, comparedAt(steps), compared, false));
    }

    /** The step of a comparison between two losses: one at which comparisons are due, else that of the loss before. */
    private int comparedAt(int losses) {
        int before = losses * together;
        int due = apart == 0 ? before : (Math.max(1, before) + apart - 1) / apart * apart;
        return due < before + together ? due : before;
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
