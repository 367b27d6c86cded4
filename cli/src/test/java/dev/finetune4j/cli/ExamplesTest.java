package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the examples with real rows and the real model at a small size; README's own example runs whole in ReadmeTest. */
@Tag("long")
class ExamplesTest {
    private static final Path EXAMPLES = SmallExample.EXAMPLES;
    private static final Path HOME = SmallExample.HOME;

    @TempDir
    Path folder;

    @Test
    void theWalkOverExamplesFindsEveryOne() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            List<String> jobs = files.filter(file -> file.endsWith("job.yaml"))
                    .map(file -> EXAMPLES.relativize(file).toString())
                    .sorted()
                    .toList();

            assertThat(jobs).containsExactly("attack-tactics/job.yaml", "sentiment/job.yaml", "shakespeare/job.yaml");
        }
    }

    @Test
    void sentimentRunsFromCheckToReportAndIsExported() throws IOException {
        JsonNode run = runSmall("sentiment");

        assertThat(run.at("/state").asText()).isEqualTo("succeeded");
        assertThat(run.at("/evaluation/mainMetric").asText()).isEqualTo("macro-f1");
        assertThat(run.at("/evaluation/variants")).hasSize(3);
        Path tuned = folder.resolve("tuned");

        CommandRun export = command("export", run.at("/id").asText(), "--to", tuned.toString(), "--precision", "bf16");

        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(export.out())
                .contains(": 257 MiB of weights in bf16")
                .contains("by 192 log-probabilities: at most ", "nats apart, within what is allowed in bf16");
        assertThat(tuned.toFile().list())
                .contains(
                        "config.json",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "chat_template.jinja",
                        "model.safetensors");
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "full | model",
                "{kind: prompt-tuning, virtual-tokens: 8, init-text: Is it good?} | adapter",
                "{kind: prefix-tuning, virtual-tokens: 8, init-text: Is it good?} | adapter"
            })
    void otherMethodsRunFromCheckToReport(String method, String result) throws IOException {
        Path job = SmallExample.write("sentiment", folder);
        Files.writeString(
                job, Files.readString(job).replaceAll("(?m)^  learning-rate: .*$", "") + "\nmethod: " + method + "\n");

        CommandRun run = command("run", job.toString(), "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode tree = Json.records().readTree(run.out());
        String id = tree.at("/id").asText();
        assertThat(tree.at("/evaluation/variants")).hasSize(3);
        assertThat(command("show", id).out()).containsPattern("(?m)^" + result + " .*/" + result + "$");
        assertThat(command("report", id).out()).contains("| method.kind | ");
        CommandRun answered = command("generate", id, "--prompt", "I love it.", "--max-new-tokens", "4");
        assertThat(answered.exitCode()).as(answered.err()).isZero();
        CommandRun export =
                command("export", id, "--to", folder.resolve("tuned").toString());
        assertThat(export.exitCode()).as(export.err()).isEqualTo(result.equals("model") ? 0 : 3);
    }

    /** By the Java that README shows. */
    @Test
    void shakespeareRunsFromCheckToReport() throws Exception {
        SmallExample.write("shakespeare", folder);

        String printed = JavaProcess.run(JavaSnippet.class, folder, HOME.toAbsolutePath(), List.of());

        Path json = printed.lines()
                .filter(line -> line.endsWith("report.json"))
                .findFirst()
                .map(Path::of)
                .orElseThrow(() -> new AssertionError(printed));
        JsonNode report = Json.records().readTree(Files.readString(json));
        assertThat(report.at("/state").asText()).isEqualTo("succeeded");
        assertThat(report.at("/evaluation/mainMetric").asText()).isEqualTo("perplexity");
        assertThat(json.resolveSibling("report.html")).isNotEmptyFile();
    }

    private JsonNode runSmall(String name) throws IOException {
        Path job = SmallExample.write(name, folder);

        CommandRun run = command("run", job.toString(), "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        return Json.records().readTree(run.out());
    }

    private static CommandRun command(String... words) {
        return CommandRun.in(HOME, Map.of("PATH", System.getenv("PATH")), words);
    }
}
