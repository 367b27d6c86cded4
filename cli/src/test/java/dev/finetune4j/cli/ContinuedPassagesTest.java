package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job of plain text on this machine, whose passages are read, and continued where it says so. */
class ContinuedPassagesTest {
    private static final List<String> WORDS =
            List.of("the", "a", "my", "is", "and", "not", "please", "invoice", "refund", "card", "error", "screen");

    @TempDir
    Path folder;

    @Test
    void baseAndTunedModelHaveBothMetrics() throws IOException {
        CommandRun run = command("run", job("continue-passages: true").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("PERPLEXITY +DISTINCT-2");
        for (Variant variant : List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED)) {
            assertThat(predictions(variant)).hasSize(6).allSatisfy(prediction -> {
                assertThat(prediction.answer()).isNotNull().isNotEqualTo(prediction.reference());
                assertThat(prediction.referenceTokens()).isPositive();
            });
        }
    }

    @Test
    void readPassagesHaveTheirLikelihoodAlone() throws IOException {
        CommandRun run = command("run", job("few-shot: 0").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("PERPLEXITY").doesNotContain("DISTINCT-2");
        assertThat(predictions(Variant.TUNED)).extracting(Prediction::answer).containsOnlyNulls();
    }

    @Test
    void thePlanCountsWhatTheyWrite() throws IOException {
        Duration read = evaluation("few-shot: 0");
        Duration continued = evaluation("continue-passages: true");

        assertThat(continued).isGreaterThan(read.plusSeconds(1));
    }

    @Test
    void aMetricThatPassagesCannotHaveIsRefusedAndOneThatTheyCouldIsExplained() throws IOException {
        CommandRun lacking = command("check", job("gate: {metric: distinct-2}").toString());
        CommandRun unknown = command(
                "check",
                job("continue-passages: true, gate: {metric: accuracy}").toString());

        assertThat(lacking.exitCode()).isEqualTo(3);
        assertThat(lacking.out() + lacking.err()).contains("FT0704", "evaluation.continue-passages: true");
        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(unknown.out() + unknown.err()).contains("FT0109", "perplexity, distinct-2");
    }

    @Test
    void checkPlanAndRunSayOnceThatRowsWithAnswersAreNotContinued() throws IOException {
        Path job = job("continue-passages: true");
        Files.writeString(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 30)
                        .mapToObj(i -> "{\"prompt\": \"the invoice " + i + "\", \"completion\": \"refund " + i + "\"}")
                        .collect(Collectors.joining("\n")));
        Files.writeString(job, Files.readString(job).replace("book.txt", "rows.jsonl"));

        CommandRun check = command("check", job.toString());
        CommandRun plan = command("plan", job.toString(), "--target", "local");
        CommandRun run = command("run", job.toString());

        for (CommandRun each : List.of(check, plan, run)) {
            assertThat(each.exitCode()).as(each.err()).isZero();
            assertThat(each.out() + each.err())
                    .containsOnlyOnce("warning FT0715")
                    .contains("evaluation.continue-passages has no effect");
        }
    }

    private Duration evaluation(String setting) throws IOException {
        Path job = job("max-new-tokens: 100, " + setting, "llama-3.1-8b-instruct", 600);
        CommandRun plan = command("plan", job.toString(), "--target", "sagemaker", "-o", "json");
        assertThat(plan.exitCode()).as(plan.err()).isZero();
        JsonNode phases = Json.records().readTree(plan.out()).at("/options/0/phases");
        return StreamSupport.stream(phases.spliterator(), false)
                .filter(phase -> phase.at("/name").asText().equals("evaluation"))
                .map(phase -> Durations.parse(phase.at("/time/likely").asText()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no evaluation in " + phases));
    }

    private List<Prediction> predictions(Variant variant) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("home"))) {
            Path file = files.filter(each -> each.endsWith("predictions/" + variant.fileName()))
                    .filter(each -> each.toString().contains("output"))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(file).stream()
                    .map(line -> Json.read(line, Prediction.class))
                    .toList();
        }
    }

    private Path job(String setting) throws IOException {
        return job("max-new-tokens: 20, bootstrap-samples: 200, " + setting, TicketsJob.MODEL.toString(), 30);
    }

    private Path job(String settings, String model, int passages) throws IOException {
        Random random = new Random(7);
        Files.writeString(
                folder.resolve("book.txt"),
                IntStream.range(0, passages)
                        .mapToObj(i -> random.ints(12, 0, WORDS.size())
                                .mapToObj(WORDS::get)
                                .collect(Collectors.joining(" ")))
                        .collect(Collectors.joining("\n\n")));
        return Files.writeString(folder.resolve("job.yaml"), """
                name: book
                model: %s
                task: generation
                data: {file: book.txt, split: {validation: 0, test: 0.2}}
                training: {epochs: 1, batch-size: 2, threads: 1}
                evaluation: {%s}
                """.formatted(
                        model, settings.contains("gate") ? settings : settings + ", gate: {better-than-base: false}"));
    }

    private CommandRun command(String... words) {
        return CommandRun.below(folder, words);
    }
}
