package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What the containers of a job print: lines for its log, and in them the figures that the job's definitions of metrics find. */
final class JobOutput {
    private static final Pattern FIGURE = Pattern.compile("\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,2})?\\s*");

    private final Clock clock;
    private final BiFunction<JobHost, Instant, Consumer<String>> logs;
    private final Consumer<Figure> curves;
    private final Map<String, Pattern> patterns = new LinkedHashMap<>();
    private final Map<String, Figure> last = new LinkedHashMap<>();

    /**
     * Nothing so far.
     *
     * @param logs opens the log of a container that begins on a machine at some time
     * @param curves takes each figure
     */
    JobOutput(
            JobRequest request,
            Clock clock,
            BiFunction<JobHost, Instant, Consumer<String>> logs,
            Consumer<Figure> curves) {
        this.clock = clock;
        this.logs = logs;
        this.curves = curves;
        for (JsonNode metric : request.body().at("/AlgorithmSpecification/MetricDefinitions")) {
            pattern(metric.path("Regex").asText())
                    .ifPresent(pattern -> patterns.put(metric.path("Name").asText(), pattern));
        }
    }

    /** Empty where it is none: a job is not refused for it, it only has no such metric. */
    private static Optional<Pattern> pattern(String regex) {
        try {
            return Optional.of(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }

    /** A figure that was printed. */
    record Figure(String metric, float value, Instant at) {}

    /** The last figure of each metric, in the order of the definitions. */
    synchronized List<Figure> figures() {
        return patterns.keySet().stream()
                .filter(last::containsKey)
                .map(last::get)
                .toList();
    }

    /** Takes the lines of a container that begins on a machine at some time. */
    Consumer<String> open(JobHost host, Instant at) {
        return logs.apply(host, at).andThen(this::read);
    }

    private synchronized void read(String line) {
        patterns.forEach((metric, pattern) -> {
            Matcher found = pattern.matcher(line);
            while (found.find()) {
                keep(metric, found.groupCount() > 0 ? String.valueOf(found.group(1)) : found.group());
            }
        });
    }

    private void keep(String metric, String text) {
        float value = FIGURE.matcher(text).matches() ? Float.parseFloat(text) : Float.NaN;
        if (Float.isFinite(value)) {
            Figure figure = new Figure(metric, value, clock.instant());
            last.put(metric, figure);
            curves.accept(figure);
        }
    }
}
