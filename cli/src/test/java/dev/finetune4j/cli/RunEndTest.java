package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the end of a run is told. */
class RunEndTest {
    private static final RunId RUN = new RunId("tickets-7aef332d-1");

    @TempDir
    Path folder;

    @Test
    void programsAreToldWhatTheScoresHide() {
        end(new ConfusionMatrix(List.of("good", "bad"), List.of(List.of(15L, 0L), List.of(5L, 0L))));

        CommandRun watch = CommandRun.in(folder, Map.of(), "watch", RUN.value(), "-o", "json");

        assertThat(watch.exitCode()).as(watch.err()).isZero();
        assertThat(problems(watch)).singleElement().satisfies(problem -> {
            assertThat(problem.at("/code").asText()).isEqualTo("FT0711");
            assertThat(problem.at("/remedies/0").asText()).startsWith("finetune sweep job.yaml --learning-rate ");
        });
    }

    @Test
    void programsAreToldNothingMoreWhereTheScoresHideNothing() {
        end(new ConfusionMatrix(List.of("good", "bad"), List.of(List.of(14L, 1L), List.of(1L, 4L))));

        CommandRun watch = CommandRun.in(folder, Map.of(), "watch", RUN.value(), "-o", "json");

        assertThat(watch.exitCode()).as(watch.err()).isZero();
        assertThat(problems(watch)).isEmpty();
    }

    /** Writes a run that ended well with such answers of its tuned model. */
    private void end(ConfusionMatrix confusion) {
        VariantEvaluation tuned = new VariantEvaluation(
                Variant.TUNED, Map.of(MetricName.MACRO_F1, new Interval(0.43, 0.4, 0.5)), List.of(), confusion, null);
        EvaluationReport evaluation = new EvaluationReport(
                TaskKind.CLASSIFICATION,
                MetricName.MACRO_F1,
                20,
                2000,
                17,
                List.of(tuned),
                List.of(),
                GateVerdict.of(List.of()));
        TicketsJournal.write(
                folder,
                RUN,
                Instant.parse("2026-11-01T12:00:00Z"),
                new JournalEntry.Fetched(folder.resolve("output")),
                new JournalEntry.EvaluationDone(evaluation),
                new JournalEntry.Closed(RunState.SUCCEEDED, null, "", false, null));
    }

    private static List<JsonNode> problems(CommandRun run) {
        return run.err()
                .lines()
                .map(line -> Json.read(line, JsonNode.class))
                .filter(line -> line.at("/kind").asText().equals("problem"))
                .toList();
    }
}
