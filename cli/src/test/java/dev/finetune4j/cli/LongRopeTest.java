package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is proposed where rows and what is asked are longer than long rope is computed is all that there is to change. */
@Tag("long")
class LongRopeTest {
    private static final List<String> WORDS = List.of(
            "the", "a", "my", "is", "and", "not", "please", "invoice", "refund", "card", "error", "screen", "slow");
    private static final String PASSAGES = "generation";
    private static final Pattern SETTING = Pattern.compile("([a-z]+)\\.([a-z-]+): (\\d+)");

    @TempDir
    Path folder;

    /** Of 64 tokens that are computed; the longest row, which is learned, is longer than whatever is asked. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "question-answering | full | 0 | 24 | 1 | training.max-tokens: 40",
                "question-answering | {kind: prompt-tuning, virtual-tokens: 8} | 0 | 24 | 1 | training.max-tokens: 32",
                "question-answering | full | 2 | 24 | 1 | training.max-tokens: 40    # and evaluation.few-shot: 0",
                "question-answering | full | 0 | 70 | 1 | training.max-tokens: 32    # and evaluation.max-new-tokens: 32",
                "question-answering | full | 0 | 24 | 80 | training.max-tokens: 40",
                "classification | full | 1 | 24 | 1 | training.max-tokens: 64    # and evaluation.few-shot: 0",
                "generation | full | 1 | 24 | 1 | training.max-tokens: 64"
            })
    void takesWhatItProposed(String task, String method, int fewShot, int newTokens, int answerWords, String proposed)
            throws IOException {
        Path job = job(task, method, fewShot, newTokens, answerWords);

        CommandRun refused = command("check", job.toString(), "-o", "json");

        assertThat(Json.records().readTree(refused.out()).at("/problems"))
                .as(refused.out())
                .filteredOn(problem -> problem.at("/kind/code").asText().equals("FT0470"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.at("/remedies"))
                        .extracting(JsonNode::asText)
                        .containsExactly(proposed));
        assertThat(refused.exitCode()).isEqualTo(3);

        paste(proposed, job);
        CommandRun checked = command("check", job.toString());
        CommandRun run = command("run", job.toString());

        assertThat(checked.exitCode()).as(checked.err()).isZero();
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static void paste(String settings, Path job) throws IOException {
        String text = Files.readString(job);
        for (Matcher setting = SETTING.matcher(settings); setting.find(); ) {
            text = text.replaceAll(setting.group(2) + ": \\d+", setting.group(2) + ": " + setting.group(3));
        }
        Files.writeString(job, text);
    }

    private Path job(String task, String method, int fewShot, int newTokens, int answerWords) throws IOException {
        try (Stream<Path> files = Files.list(TicketsJob.MODEL)) {
            Path model = Files.createDirectory(folder.resolve("model"));
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path config = folder.resolve("model/config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"max_position_embeddings\": 128", "\"max_position_embeddings\": 512")
                        .replace("\"rope_theta\": 10000.0", """
                                "rope_theta": 10000.0, "rope_scaling": {"rope_type": "longrope",
                                "original_max_position_embeddings": 64, "short_factor": [1.0, 1.0, 1.0, 1.0],
                                "long_factor": [2.0, 2.0, 2.0, 2.0]}"""));
        Random random = new Random(7);
        Files.write(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 24)
                        .mapToObj(i -> row(random, i == 0 ? 120 : 20, answerWords))
                        .toList());
        Files.write(
                folder.resolve("test.jsonl"),
                IntStream.range(0, 4)
                        .mapToObj(i -> row(random, 50, answerWords))
                        .toList());
        return Files.writeString(folder.resolve("job.yaml"), """
                name: letters
                model: ./model
                task: {kind: %s}
                data: {file: rows.jsonl, split: {validation: 0, test-file: test.jsonl}}
                method: %s
                training: {epochs: 1, batch-size: 2, max-tokens: 0, precision: fp32, threads: 1}
                evaluation: {few-shot: %s, max-new-tokens: %s, gate: {better-than-base: false}}
                check: {max-truncated: 1}
                """.formatted(
                        task.equals(PASSAGES) ? task : task + ", prompt: 'which team {{text}}', answer: '{{team}}'",
                        method,
                        fewShot,
                        newTokens));
    }

    private static String row(Random random, int textWords, int answerWords) {
        return "{\"text\": \"" + words(random, WORDS, textWords) + "\", \"team\": \""
                + words(random, List.of("billing", "technical"), answerWords) + "\"}";
    }

    private static String words(Random random, List<String> words, int count) {
        return random.ints(count, 0, words.size()).mapToObj(words::get).collect(Collectors.joining(" "));
    }

    private CommandRun command(String... words) {
        return CommandRun.below(folder, words);
    }
}
