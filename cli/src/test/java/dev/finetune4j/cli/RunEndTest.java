package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        FineTuneJob job = FineTuneJob.builder(
                        "tickets",
                        new ModelRef("smollm2-135m-instruct"),
                        TaskSpec.of(TaskKind.CLASSIFICATION),
                        DataSpec.ofFile("rows.jsonl"))
                .build();
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
        try (Journal journal = Journal.open(
                new RunStore(folder).folder(RUN),
                new DiskFiles(),
                Clock.fixed(Instant.parse("2026-11-01T12:00:00Z"), ZoneOffset.UTC),
                Redaction.of(Map.of(), Set.of()))) {
            journal.append(
                    new JournalEntry.Created(RUN, job, "7aef332d".repeat(8), "job.yaml", folder, 1, "test", Map.of()));
            journal.append(new JournalEntry.Fetched(folder.resolve("output")));
            journal.append(new JournalEntry.EvaluationDone(evaluation));
            journal.append(new JournalEntry.Closed(RunState.SUCCEEDED, null, "", false, null));
        }
    }

    private static List<JsonNode> problems(CommandRun run) {
        return run.err()
                .lines()
                .map(line -> Json.read(line, JsonNode.class))
                .filter(line -> line.at("/kind").asText().equals("problem"))
                .toList();
    }
}
