package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} has the metrics of every task, and says what each is. */
class MetricsPageTest {
    private static final Path PAGE = Path.of("../../docs/metrics.md");

    @Test
    void namesTheMetricsOfEveryTaskAndExplainsEach() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);

        for (TaskKind kind : TaskKind.values()) {
            String task = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
            String metrics = MetricName.of(kind).stream()
                    .map(metric -> "`" + metric + "`")
                    .collect(Collectors.joining(", "));
            assertThat(lines)
                    .as(task)
                    .anyMatch(line -> line.matches("\\| (?:[a-z]+, )?" + task + "(?:, [a-z]+)? \\| .*")
                            && line.contains("| " + metrics + " |"));
            assertThat(MetricName.of(kind))
                    .allSatisfy(metric -> assertThat(lines)
                            .anyMatch(line -> line.matches("\\| (?:`.*, )?`" + metric + "`(?:, `.*`)? \\| [^`].*")));
        }
    }
}
