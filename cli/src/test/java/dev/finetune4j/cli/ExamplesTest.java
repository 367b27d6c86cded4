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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples with real rows and the real model at a small size; README's own example runs whole in ReadmeTest. */
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
        assertThat(export.out()).contains(": 257 MiB of weights in bf16").contains("at 192 next tokens: at most ");
        assertThat(tuned.toFile().list())
                .contains(
                        "config.json",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "chat_template.jinja",
                        "model.safetensors");
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
