package dev.finetune4j.engine.spec;

import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The commented job file that {@code finetune init} writes: every key, its default, and what it costs. */
public final class JobTemplate {
    private static final String RESOURCE = "template.yaml";

    private JobTemplate() {}

    /** The job file for a kind of task; it reads back without a problem. */
    public static String of(TaskKind kind) {
        Row row = row(kind);
        List<MetricName> metrics = MetricName.of(kind);
        MetricName main = metrics.get(0);
        return text().replace("@KIND@", Shapes.word(kind))
                .replace("@PROMPT@", row.prompt)
                .replace("@ANSWER@", row.answer)
                .replace("@LABELS@", labels(kind))
                .replace("@ROW@", row.json)
                .replace("@METRICS@", metrics.stream().map(MetricName::value).collect(Collectors.joining(", ")))
                .replace("@METRIC@", main.value())
                .replace("@ATLEAST@", atLeast(main));
    }

    /** An example of a row, with a prompt and an answer made from it. */
    private record Row(String json, String prompt, String answer) {}

    private static Row row(TaskKind kind) {
        return switch (kind) {
            case CLASSIFICATION ->
                new Row(
                        "{\"text\": \"The attacker dumped LSASS.\", \"label\": \"credential access\"}",
                        "Which tactic? {{text}}",
                        "{{label}}");
            case SENTIMENT ->
                new Row(
                        "{\"text\": \"A joy from start to end.\", \"label\": \"positive\"}",
                        "Positive or negative? {{text}}",
                        "{{label}}");
            case QUESTION_ANSWERING ->
                new Row("{\"question\": \"Which port has HTTPS?\", \"answer\": \"443\"}", "{{question}}", "{{answer}}");
            case GENERATION ->
                new Row(
                        "{\"prompt\": \"Write two lines on spring.\", \"completion\": \"...\"}",
                        "{{prompt}}",
                        "{{completion}}");
            case SUMMARIZATION ->
                new Row("{\"document\": \"...\", \"summary\": \"...\"}", "Summarize: {{document}}", "{{summary}}");
            case TRANSLATION ->
                new Row(
                        "{\"source\": \"Good morning\", \"target\": \"Guten Morgen\"}",
                        "Translate into German: {{source}}",
                        "{{target}}");
            case PREFERENCE ->
                new Row(
                        "{\"input\": {\"messages\": [...]}, \"preferred_output\": [...], \"non_preferred_output\": [...]}",
                        "{{prompt}}",
                        "{{completion}}");
            case CHAT ->
                new Row(
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Hello\"}]}",
                        "{{prompt}}",
                        "{{completion}}");
        };
    }

    private static String labels(TaskKind kind) {
        if (!kind.hasLabels()) {
            return "  # The list labels: belongs to classification and sentiment only.\n";
        }
        String example = kind == TaskKind.SENTIMENT ? "[negative, positive]" : "[credential access, discovery]";
        return "  # Example: the closed list of answers; by default those found in the training rows.\n  # labels: "
                + example + "\n";
    }

    private static String atLeast(MetricName metric) {
        return metric.isLowerBetter() ? "20" : metric.equals(MetricName.CHRF) ? "40" : "0.5";
    }

    private static String text() {
        try (InputStream in = Objects.requireNonNull(JobTemplate.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
