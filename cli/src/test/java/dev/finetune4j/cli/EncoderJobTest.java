package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder from the job file to the report, the label of a text, and a folder for other tools. */
@Tag("long")
class EncoderJobTest {
    private static final List<String> PLANTS = List.of("oak", "fern", "moss", "rose", "palm", "reed");
    private static final List<String> ANIMALS = List.of("crow", "toad", "wolf", "moth", "seal", "hare");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"full, 5e-3", "head, 2e-2", "lora, 5e-3"})
    void isTrainedComparedAskedAndExported(String method, String learningRate) throws IOException {
        Path job = job(
                "classification",
                "method: " + method + "\ntraining: {epochs: 8, learning-rate: " + learningRate
                        + ", precision: fp32, threads: 1}\n");

        CommandRun run = command("run", job.toString(), "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode report = Json.records().readTree(run.out());
        assertThat(report.at("/state").asText()).isEqualTo("succeeded");
        JsonNode variants = report.at("/evaluation/variants");
        assertThat(variants)
                .extracting(variant -> variant.at("/variant").asText())
                .containsExactly("base-prior", "tuned");
        // The base always answers the most frequent of two labels, one of which a third of the rows has.
        assertThat(accuracy(variants.get(0))).isBetween(0.5, 0.8);
        assertThat(accuracy(variants.get(1))).isGreaterThan(0.9);
        String id = report.at("/id").asText();

        CommandRun answer = command("generate", id, "--prompt", "an oak and a fern");
        CommandRun labels = CommandRun.saying(
                "an oak and a fern\na toad and a wolf\n",
                folder.resolve("home"),
                Map.of("PATH", System.getenv("PATH")),
                "chat",
                id);
        CommandRun export =
                command("export", id, "--to", folder.resolve("exported").toString());

        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(answer.out()).containsSubsequence("label shares:", "animal", "tuned:", "plant");
        assertThat(labels.exitCode()).as(labels.err()).isZero();
        assertThat(labels.out()).matches("plant [01]\\.\\d\\d\nanimal [01]\\.\\d\\d\n");
        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(export.out()).contains("by 32 log-probabilities").doesNotContain("next tokens");
        JsonNode config =
                Json.records().readTree(folder.resolve("exported/config.json").toFile());
        assertThat(config.at("/architectures/0").asText()).isEqualTo("BertForSequenceClassification");
        assertThat(config.at("/label2id")).hasSize(2);
    }

    /** Of training and of the answers after it, which are computed in larger batches; above the peak by what {@code MemoryForecastTest} allows. */
    @ParameterizedTest
    @ValueSource(strings = {"full", "head", "lora"})
    void takesNoMoreMemoryThanWasForeseen(String method) throws IOException {
        Path job = job(
                "classification",
                "method: " + method
                        + "\ntraining: {epochs: 1, precision: fp32, batch-size: 4, gradient-accumulation: 1}\n",
                120,
                16);
        TinyBert.write(folder.resolve("model"), words(), new TinyBert.Sizes(256, 1024, 6));

        CommandRun run = command("run", job.toString(), "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isIn(0, 9);
        long foreseen = largest(run, "predictedPeakBytes");
        long peak = largest(run, "peakResidentBytes");
        assertThat((double) foreseen / peak)
                .as("%d MiB foreseen, %d MiB at the peak", foreseen >> 20, peak >> 20)
                .isBetween(1.0, 1.25);
    }

    private static long largest(CommandRun run, String key) {
        return Pattern.compile("\"" + key + "\":(\\d+)")
                .matcher(run.err())
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .max()
                .orElseThrow();
    }

    @Test
    void isTrainedAsAWholeOnTheTextAloneWhereTheJobSaysNothing() throws IOException {
        Path file = job("classification", "training: {epochs: 1, precision: fp32, threads: 1}\n");
        Files.writeString(file, Files.readString(file).replace(", prompt: \"{{text}}\", answer: \"{{label}}\"", ""));

        CommandRun check = command("check", file.toString());
        CommandRun run = command("run", file.toString(), "-o", "json");

        assertThat(check.exitCode()).as(check.err()).isZero();
        assertThat(check.out() + check.err())
                .contains("FT0342")
                .contains("method: full was chosen")
                .doesNotContain("Which label");
        // One epoch at a full method's learning rate teaches a random model nothing, and the gate says so.
        assertThat(run.exitCode()).as(run.err()).isEqualTo(9);
        assertThat(run.err()).contains("\"learningRate\":2.0E-5");
        JsonNode job = Json.records().readTree(run.out()).at("/job");
        assertThat(job.at("/method/kind").asText()).isEqualTo("full");
    }

    @Test
    void refusesATaskThatNeedsWords() throws IOException {
        CommandRun check = command("check", job("summarization", "").toString());

        assertThat(check.exitCode()).isEqualTo(3);
        assertThat(check.out() + check.err()).contains("FT0340");
    }

    @Test
    void saysWhatItIsComparedWith() throws IOException {
        CommandRun check =
                command("check", job("classification", "method: head\n").toString());

        assertThat(check.exitCode()).as(check.err()).isZero();
        assertThat(check.out() + check.err())
                .contains("FT0341")
                .contains("share of each label")
                .doesNotContain("FT0342");
        assertThat(check.out())
                .as("what it reads, and what is learned of that")
                .contains("\n  [CLS] a ")
                .containsPattern("(?m)^  label ⟦(plant|animal)⟧$")
                .doesNotContain("⟦[CLS]⟧");
    }

    @Test
    void saysWhereTheOnlyStepLearnsNothing() throws IOException {
        Path job = job("classification", "method: head\ntraining: {epochs: 1, batch-size: 240}\n");

        CommandRun check = command("check", job.toString());

        assertThat(check.exitCode()).as(check.err()).isZero();
        assertThat(check.out() + check.err()).contains("FT0327").contains("training.warmup-ratio: 0");
    }

    private static double accuracy(JsonNode variant) {
        return variant.at("/metrics/accuracy/value").asDouble();
    }

    private Path job(String kind, String more) throws IOException {
        return job(kind, more, 240, 3);
    }

    private Path job(String kind, String more, int count, int named) throws IOException {
        TinyBert.write(folder.resolve("model"), words());
        Random random = new Random(1);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean isPlant = i % 3 == 0;
            List<String> of = isPlant ? PLANTS : ANIMALS;
            String text = random.ints(named, 0, of.size())
                    .mapToObj(one -> "a " + of.get(one))
                    .collect(Collectors.joining(" and "));
            rows.add("{\"text\": \"" + text + " " + i + "\", \"label\": \"" + (isPlant ? "plant" : "animal") + "\"}");
        }
        Files.write(folder.resolve("rows.jsonl"), rows);
        return Files.writeString(folder.resolve("job.yaml"), """
                name: nature
                model: ./model
                task: {kind: %s, prompt: "{{text}}", answer: "{{label}}"}
                data: {file: rows.jsonl}
                check: {max-duplicates: 1, max-overlap: 1}
                """.formatted(kind) + more);
    }

    private static List<String> words() {
        List<String> words = new ArrayList<>(List.of("a", "an", "and"));
        words.addAll(PLANTS);
        words.addAll(ANIMALS);
        return words;
    }

    private CommandRun command(String... words) {
        return CommandRun.below(folder, words);
    }
}
