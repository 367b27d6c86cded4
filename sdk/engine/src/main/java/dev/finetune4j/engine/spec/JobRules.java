package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What single values can't show: whether the settings of a job go together. Looks at the values with their defaults, and at what
 * the file says at all, so that a value which was refused before is not missed a second time.
 */
final class JobRules {
    private static final String AT_LEAST = "evaluation.gate.at-least";
    private static final String CONTINUE_PASSAGES = "evaluation.continue-passages";

    private final JsonNode written;
    private final JsonNode job;
    private final Places places;
    private final List<Problem> problems;

    private JobRules(JsonNode written, JsonNode job, Places places, List<Problem> problems) {
        this.written = written;
        this.job = job;
        this.places = places;
        this.problems = problems;
    }

    /**
     * Adds what is wrong.
     *
     * @param written every valid value that was written
     * @param job the same with the defaults filled in
     * @param places which keys were written, and where
     */
    static void inspect(JsonNode written, JsonNode job, Places places, List<Problem> problems) {
        JobRules rules = new JobRules(written, job, places, problems);
        rules.data();
        rules.split();
        rules.labels();
        rules.continuations();
        rules.gate();
        rules.targets();
        rules.stopping();
    }

    private void data() {
        boolean hasFile = isSet("data.file");
        boolean hasQuery = isSet("data.query");
        if (hasFile && hasQuery) {
            add(problem(JobProblems.CONTRADICTION, "data.query", "data has both a file and a query")
                    .because("rows come from data.file, or from data.query over data.sources")
                    .remedy("delete data.file or data.query"));
        } else if (!hasFile && !hasQuery && written.has("data")) {
            add(problem(JobProblems.MISSING_KEY, "data", "data has neither a file nor a query")
                    .because("rows come from data.file, or from data.query over data.sources")
                    .remedy("file: rows.jsonl"));
        }
        boolean hasSources = !at("data.sources").isEmpty();
        if (hasQuery && !hasSources && !places.has("data.sources")) {
            add(problem(JobProblems.MISSING_KEY, "data.sources", "data.query has no sources to read")
                    .because("a query sees the tables of data.sources and nothing else")
                    .remedy("sources: {rows: rows.jsonl}"));
        } else if (hasSources && hasFile && !hasQuery) {
            add(problem(JobProblems.CONTRADICTION, "data.sources", "data.sources without data.query")
                    .because("only a query reads sources; data.file is read by itself")
                    .remedy("delete data.sources, or replace data.file by data.query"));
        }
        String format = at("data.format").asText();
        if (!format.isEmpty() && !DataSpec.FORMATS.contains(format)) {
            unknown("data.format", format, DataSpec.FORMATS);
        }
    }

    private void split() {
        share("validation");
        share("test");
        double validation = isSet("data.split.validation-file")
                ? 0
                : at("data.split.validation").asDouble();
        double test = isSet("data.split.test-file") ? 0 : at("data.split.test").asDouble();
        if (validation + test >= 1) {
            add(problem(
                            JobProblems.CONTRADICTION,
                            firstSet("data.split.test", "data.split.validation"),
                            "the split leaves no rows to train on")
                    .because("validation %s + test %s must be below 1"
                            .formatted(shown("data.split.validation", validation), shown("data.split.test", test)))
                    .remedy("test: 0.2, validation: 0.1"));
        }
    }

    private void share(String part) {
        String share = "data.split." + part;
        String file = share + "-file";
        if (isSet(file) && places.has(share) && at(share).asDouble() > 0) {
            add(problem(
                            JobProblems.CONTRADICTION,
                            share,
                            "data.split has both a share and a file of %s rows".formatted(part))
                    .because("%s-file gives the rows, so %s: %s takes none"
                            .formatted(part, part, shown(share, at(share).asDouble())))
                    .remedy("delete " + share));
        }
    }

    private void labels() {
        JsonNode labels = at("task.labels");
        Optional<TaskKind> kind = kind();
        if (!labels.isEmpty() && kind.isPresent() && !kind.get().hasLabels()) {
            add(problem(
                            JobProblems.CONTRADICTION,
                            "task.labels",
                            "task.labels belong to a task that chooses among labels")
                    .because("task.kind is " + Shapes.word(kind.get()) + "; classification and sentiment have labels")
                    .remedy("delete task.labels"));
        } else if (labels.size() == 1 && !places.has("task.labels[1]")) {
            add(problem(JobProblems.CONTRADICTION, "task.labels", "task.labels has 1 label, a choice needs at least 2")
                    .because("the only label is "
                            + shown("task.labels[0]", labels.get(0).asText()))
                    .remedy("labels: [first, second]"));
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < labels.size(); i++) {
            if (!seen.add(labels.get(i).asText())) {
                String path = "task.labels[" + i + "]";
                String label = shown(path, labels.get(i).asText());
                add(problem(JobProblems.CONTRADICTION, path, "the label " + label + " is there twice")
                        .remedy("delete the second " + label));
            }
        }
    }

    private void continuations() {
        Optional<TaskKind> kind = kind();
        boolean hasMetric = kind.isEmpty() || MetricName.of(kind.get()).contains(MetricName.DISTINCT_2);
        if (at(CONTINUE_PASSAGES).asBoolean() && !hasMetric) {
            add(problem(
                            JobProblems.CONTRADICTION,
                            CONTINUE_PASSAGES,
                            "evaluation.continue-passages belongs to a task that has " + MetricName.DISTINCT_2)
                    .because("task.kind is " + Shapes.word(kind.orElseThrow()) + "; generation has it")
                    .remedy("delete evaluation.continue-passages"));
        }
    }

    private void gate() {
        Optional<TaskKind> kind = kind();
        if (kind.isEmpty()) {
            return;
        }
        List<String> metrics =
                MetricName.of(kind.get()).stream().map(MetricName::value).toList();
        String metric = at("evaluation.gate.metric").asText(metrics.get(0));
        metric = metric.isEmpty() ? metrics.get(0) : metric;
        if (!metrics.contains(metric)) {
            unknown("evaluation.gate.metric", metric, metrics);
            return;
        }
        if (at(AT_LEAST).isNumber()) {
            atLeast(new MetricName(metric), at(AT_LEAST).asDouble());
        }
        boolean isJudged =
                isSet(AT_LEAST) || at("evaluation.gate.better-than-base").asBoolean();
        boolean hasTestRows =
                isSet("data.split.test-file") || at("data.split.test").asDouble() > 0;
        if (isJudged && !hasTestRows && !places.has("data.split.test-file")) {
            add(problem(
                            JobProblems.CONTRADICTION,
                            firstSet("data.split.test", "evaluation.gate"),
                            "the gate has no test rows to judge by")
                    .because("data.split.test is 0 and there is no data.split.test-file")
                    .remedy("test: 0.2")
                    .remedy("without a verdict: evaluation.gate.better-than-base: false and no at-least"));
        }
    }

    private void atLeast(MetricName metric, double value) {
        double max = metric.isLowerBetter()
                ? Double.MAX_VALUE
                : metric.equals(MetricName.BLEU) || metric.equals(MetricName.CHRF) ? 100 : 1;
        double min = metric.isLowerBetter() ? 1 : 0;
        if (value < min || value > max) {
            String bounds = metric.isLowerBetter() ? "at least 1" : "0.." + number(max);
            boolean isPercent = max == 1 && value > 1 && value <= 100 && !fromEnvironment(AT_LEAST);
            add(problem(
                            JobProblems.OUT_OF_RANGE,
                            AT_LEAST,
                            "evaluation.gate.at-least must be %s for %s, was %s"
                                    .formatted(bounds, metric, shown(AT_LEAST, value)))
                    .remedy("at-least: " + number(isPercent ? value / 100 : max == 100 ? 30 : min == 1 ? 10 : 0.5)));
        }
    }

    private void targets() {
        Map<String, Integer> first = new HashMap<>();
        JsonNode targets = at("targets");
        for (int i = 0; i < targets.size(); i++) {
            String target = targets.get(i).asText();
            if (first.putIfAbsent(target, i) != null) {
                String shown = shown("targets[" + i + "]", target);
                add(problem(JobProblems.CONTRADICTION, "targets[" + i + "]", "the target " + shown + " is there twice")
                        .remedy("delete the second " + shown));
            }
        }
    }

    private void stopping() {
        int patience = at("training.early-stopping-patience").asInt();
        boolean hasRows = places.has("data.split.validation-file")
                || isSet("data.split.validation-file")
                || at("data.split.validation").asDouble() > 0;
        if (patience > 0 && !hasRows) {
            add(problem(
                            JobProblems.CONTRADICTION,
                            "training.early-stopping-patience",
                            "early stopping has no validation rows to watch")
                    .because("early-stopping-patience is " + shown("training.early-stopping-patience", patience)
                            + ", data.split.validation is 0 and there is no validation-file")
                    .remedy("validation: 0.1"));
        }
    }

    private Optional<TaskKind> kind() {
        String kind = at("task.kind").asText();
        return kind.isEmpty()
                ? Optional.empty()
                : Optional.of(TaskKind.valueOf(kind.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    private boolean isSet(String path) {
        return !at(path).isMissingNode() || places.has(path);
    }

    private String firstSet(String preferred, String other) {
        return places.has(preferred) || !places.has(other) ? preferred : other;
    }

    private JsonNode at(String path) {
        return job.at("/" + path.replace('.', '/'));
    }

    private void unknown(String path, String value, List<String> values) {
        String best = Spelling.nearest(value, values).orElse(values.get(0));
        add(problem(
                        JobProblems.UNKNOWN_VALUE,
                        path,
                        path + " must be " + ValueProblems.oneOf(values) + ", was " + shown(path, value))
                .because("known: " + String.join(", ", values))
                .remedy(path.substring(path.lastIndexOf('.') + 1) + ": " + best));
    }

    /** A text as the file has it: what came from the environment is never shown. */
    private String shown(String path, String value) {
        Places.Place place = places.get(path);
        return Echo.of(place != null && place.written() != null ? place.written() : value);
    }

    private String shown(String path, double value) {
        return fromEnvironment(path) ? shown(path, "") : number(value);
    }

    private boolean fromEnvironment(String path) {
        Places.Place place = places.get(path);
        return place != null && place.written() != null;
    }

    private void add(Problem.Builder problem) {
        problems.add(problem.build());
    }

    private Problem.Builder problem(ProblemKind kind, String path, String summary) {
        return kind.error(summary).at(places.of(path));
    }

    private static String number(double value) {
        return YamlText.number(new BigDecimal(value).round(new MathContext(6)).doubleValue());
    }
}
