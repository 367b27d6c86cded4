package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import dev.finetune4j.engine.report.AnswerFindings;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What programs read under {@code -o json}: stdout holds exactly one document, and each line of stderr is an object with its
 * kind, whether the command succeeds or fails.
 */
@Tag("long")
class ProgramOutputTest {
    private static final String JOB = """
            name: tickets
            model: smollm2-135m-instruct
            task: {kind: classification, prompt: "{{text}}", answer: "{{team}}"}
            data: {file: tickets.jsonl}
            """;

    @TempDir
    Path folder;

    @Test
    void everyCommandTakesTheOption() {
        Set<String> onlyOthers = Set.of("estimates");

        CommandNames.all().stream()
                .filter(name -> !onlyOthers.contains(name))
                .forEach(name ->
                        assertThat(CommandRun.of(name, "--help").out()).as(name).contains("-o, --output=FORMAT"));
        assertThat(CommandRun.of("estimates", "backtest", "--help").out()).contains("-o, --output=FORMAT");
    }

    @Test
    void commandsWithoutARunSucceedInJson() throws IOException {
        Path job = Files.writeString(folder.resolve("job.yaml"), JOB);
        Files.createDirectories(folder.resolve("home/runs/tickets-0123abcd-1"));
        Files.createFile(folder.resolve("home/runs/tickets-0123abcd-1/journal.jsonl"));

        assertThat(succeeds("init", "chat").document().at("/text").asText()).contains("kind: chat");
        JsonNode written = succeeds(
                        "init", "chat", "--to", folder.resolve("chat.yaml").toString())
                .document();
        assertThat(written.at("/bytes").asLong()).isEqualTo(Files.size(folder.resolve("chat.yaml")));
        assertThat(written.at("/file").asText()).endsWith("chat.yaml");
        assertThat(succeeds("check", "--resolved", job.toString()).document().has("settings"))
                .isTrue();
        assertThat(succeeds("ps").document().at("/total").asInt()).isZero();
        assertThat(succeeds("models").document().at("/models")).isNotEmpty();
        assertThat(succeeds("advise", "--rows", "20").document().at("/advice/ranking"))
                .hasSize(4);
        assertThat(succeeds("schema").document().has("$schema")).isTrue();
        assertThat(succeeds("explain").document().at("/codes")).isNotEmpty();
        assertThat(succeeds("doctor").document().at("/diagnoses")).isNotEmpty();
        assertThat(succeeds("clean", "tickets", "--force").document().at("/run").asText())
                .isEqualTo("tickets-0123abcd-1");
    }

    @Test
    void everyCommandFailsInJson() throws IOException {
        String none = folder.resolve("none").toString();
        Path taken = Files.createFile(folder.resolve("taken.yaml"));
        List<List<String>> codeAndWords = List.of(
                List.of("FT0004", "init", "chat", "--to", taken.toString()),
                List.of("FT0750", "advise", "--facts", "dayly"),
                List.of("FT0101", "check", none),
                List.of("FT0101", "plan", none),
                List.of("FT0101", "run", none),
                List.of("FT0101", "launch", none),
                List.of("FT0101", "policy", none),
                List.of("FT0002", "bootstrap", "nowhere"),
                List.of("FT0101", "learning-curve", none),
                List.of("FT0101", "sweep", none, "--rank", "8"),
                List.of("FT0002", "ps", "--everything"),
                List.of("FT0504", "show", "nope"),
                List.of("FT0504", "why", "nope"),
                List.of("FT0504", "watch", "nope"),
                List.of("FT0504", "logs", "nope"),
                List.of("FT0504", "stop", "nope"),
                List.of("FT0504", "fetch", "nope"),
                List.of("FT0504", "resume", "nope"),
                List.of("FT0504", "clean", "nope"),
                List.of("FT0101", "gc", none),
                List.of("FT0504", "host", "nope"),
                List.of("FT0504", "eval", "nope", "--data", none),
                List.of("FT0504", "generate", "nope", "--prompt", "x"),
                List.of("FT0504", "chat", "nope"),
                List.of("FT0504", "export", "nope", "--to", none),
                List.of("FT0002", "export", "nope", "--to", "tuned.gguf", "--format", "hf"),
                List.of("FT0504", "report", "nope"),
                List.of("FT0504", "compare", "nope", "neither"),
                List.of("FT0480", "models", "nope"),
                List.of("FT0002", "offers", "--target", "nowhere"),
                List.of("FT0803", "prices", "refresh", "nobody"),
                List.of("FT0740", "estimates", "backtest", "--runs", none),
                List.of("FT0002", "schema", "extra"),
                List.of("FT0003", "explain", "FT9999"),
                List.of("FT0002", "offline-cloud", "stop", "aws"),
                List.of("FT0002", "doctor", "--cure"));

        assertThat(new TreeSet<>(
                        codeAndWords.stream().map(words -> words.get(1)).toList()))
                .isEqualTo(CommandNames.all());
        for (List<String> words : codeAndWords) {
            Told told = told(words.stream().skip(1).toArray(String[]::new));
            JsonNode problem = told.document().at("/problems/0");
            assertThat(told.exitCode()).as(words.toString()).isIn(2, 3);
            assertThat(told.document().at("/exitCode").asInt()).isEqualTo(told.exitCode());
            JsonNode line = told.lines("problem").get(0);
            assertThat(line.at("/code").asText())
                    .as(words.toString())
                    .isEqualTo(words.get(0))
                    .isEqualTo(problem.at("/kind/code").asText());
            assertThat(line.at("/remedies")).as(words.toString()).isNotEmpty();
        }
    }

    @Test
    void aWrongCommandLineIsToldInJsonWhereverTheOptionStands() throws IOException {
        for (String[] words : new String[][] {
            {"chek", "-o", "json"}, {"-o", "json", "ps"}, {"ps", "-ojson", "--no"}, {"ps", "--no", "--output=JSON"}
        }) {
            Told told = Told.by(CommandRun.in(folder, Map.of(), words));

            assertThat(told.lines("problem").get(0).at("/code").asText()).isEqualTo("FT0002");
        }
    }

    @Test
    void theWordsOfAPromptAreNoOption() {
        CommandRun run = CommandRun.in(folder, Map.of(), "generate", "nope", "--prompt", "use -o json");

        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("error FT0504");
    }

    @Test
    void aBlankPromptIsAWrongCommandLine() {
        CommandRun run = CommandRun.in(folder, Map.of(), "generate", "nope", "--prompt", " ");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("error FT0002: --prompt must not be blank");
    }

    /** Every command that needs a run, around a real one. */
    @Test
    void aRunIsToldInJsonFromItsCheckToItsRemoval() throws IOException {
        String job = TicketsJob.write(Files.createDirectory(folder.resolve("tickets")), 1)
                .toString();
        Path rows = Files.write(
                folder.resolve("rows.jsonl"),
                Files.readAllLines(Path.of(job).resolveSibling("tickets.jsonl")).subList(0, 2));

        assertThat(onRun("check", job).document().has("profile")).isTrue();
        Told run = onRun("run", job);
        assertThat(run.document().at("/state").asText()).isEqualTo("succeeded");
        assertThat(run.kinds()).contains("phase", "run", "state", "training-started", "step", "prediction");
        String id = run.document().at("/id").asText();
        assertThat(onRun("show", id).document()).isEqualTo(run.document());
        assertThat(onRun("watch", id).document()).isEqualTo(run.document());
        Told stopped = onRun("stop", id);
        assertThat(stopped.document()).isEqualTo(run.document());
        assertThat(stopped.kinds())
                .as("nothing that is past")
                .contains("run", "step")
                .doesNotContain("state");
        assertThat(stopped.lines("step")).as("where it stands").hasSize(1);
        Path page = folder.resolve("home/runs").resolve(id).resolve("report.html");
        Files.delete(page);
        assertThat(onRun("report", id).document().at("/state").asText()).isEqualTo("succeeded");
        assertThat(page).as("written again from report.json").isNotEmptyFile();
        Path report = page.resolveSibling("report.json");
        Files.writeString(report, Files.readString(report).replaceFirst("\\{", "{\"later\":1,"));
        Files.delete(page);
        Path partial = Files.createDirectory(page.resolveSibling("report.html.partial"));
        Path inTheWay = Files.createFile(partial.resolve("in the way"));
        Told unwritten = onRun("report", id);
        assertThat(unwritten.exitCode()).isZero();
        assertThat(unwritten.document().at("/state").asText()).isEqualTo("succeeded");
        assertThat(unwritten.lines("problem")).singleElement().satisfies(problem -> {
            assertThat(problem.at("/code").asText()).isEqualTo("FT0721");
            assertThat(problem.at("/severity").asText()).isEqualTo("warning");
        });
        Files.delete(inTheWay);
        Files.delete(partial);
        onRun("report", id);
        assertThat(page).isNotEmptyFile();
        assertThat(report).content().contains("\"later\":1");
        Files.delete(report);
        assertThat(onRun("report", id).document().at("/state").asText()).isEqualTo("succeeded");
        assertThat(report).as("written again from the journal").isNotEmptyFile();
        assertThat(onRun("generate", id, "--prompt", "please screen", "--max-new-tokens", "4")
                        .document()
                        .at("/answers"))
                .hasSize(2);
        assertThat(onRun("eval", id, "--data", rows.toString())
                        .document()
                        .at("/rows")
                        .asInt())
                .isEqualTo(2);
        String again = onRun("run", job).document().at("/id").asText();
        assertThat(onRun("compare", id, again).document().at("/runs")).hasSize(2);
        assertThat(onRun("clean", again).document().at("/run").asText()).isEqualTo(again);
        Told resumed = onRun("resume", id);
        assertThat(resumed.lines("problem").get(0).at("/code").asText()).isEqualTo("FT0509");
        assertThat(onRun("clean", id).document().at("/run").asText()).isEqualTo(id);
    }

    @Test
    void aFailedGateIsToldAsTheProblemThatTheRunEndsWith() throws IOException {
        Path job = TicketsJob.write(Files.createDirectory(folder.resolve("untaught")), 2);
        Files.writeString(job, Files.readString(job).replace("learning-rate: 1e-2", "learning-rate: 1e-9"));

        Told run = onRun("run", job.toString());
        String id = run.document().at("/id").asText();
        Told eval = onRun("eval", id);
        Told stop = onRun("stop", id);

        for (Told told : List.of(run, eval)) {
            assertThat(told.exitCode()).isEqualTo(9);
            assertThat(told.lines("problem")).last().satisfies(problem -> {
                assertThat(problem.at("/code").asText()).isEqualTo("FT0710");
                assertThat(problem.at("/exitCode").asText()).isEqualTo("gate-failed");
                assertThat(problem.at("/causes/0").asText()).contains("does not clearly beat zero-shot");
            });
        }
        EvaluationReport evaluated = Json.read(eval.document().toString(), EvaluationReport.class);
        List<String> findings = AnswerFindings.of(evaluated, EvaluationSpec.DEFAULT_MAX_NEW_TOKENS).stream()
                .map(Problem::code)
                .toList();
        assertThat(eval.lines("problem").stream().map(line -> line.at("/code").asText()))
                .as("what the scores hide is told before the problem that it ends with")
                .containsSubsequence(
                        Stream.concat(findings.stream(), Stream.of("FT0710")).toList());
        assertThat(run.document().at("/state").asText()).isEqualTo("succeeded");
        assertThat(stop.exitCode()).isZero();
        assertThat(stop.lines("problem"))
                .as("nothing of it runs, which is what was asked for")
                .extracting(problem -> problem.at("/code").asText())
                .doesNotContain("FT0710");
        assertThat(stop.document().at("/evaluation/gate/passed").asBoolean(true))
                .isFalse();
    }

    private Told succeeds(String... words) throws IOException {
        Told told = told(words);
        assertThat(told.exitCode()).as(String.join(" ", words)).isZero();
        return told;
    }

    private Told told(String... words) throws IOException {
        return Told.by(CommandRun.in(
                folder.resolve("home"), Map.of("PATH", "", "HF_ENDPOINT", "http://localhost:1"), json(words)));
    }

    private Told onRun(String... words) throws IOException {
        return Told.by(CommandRun.below(folder, json(words)));
    }

    private static String[] json(String... words) {
        return Stream.concat(Stream.of(words), Stream.of("-o", "json")).toArray(String[]::new);
    }

    /**
     * What a program gets.
     *
     * @param exitCode the exit code
     * @param document the one document of stdout
     * @param lines the objects of stderr
     */
    private record Told(int exitCode, JsonNode document, List<JsonNode> lines) {
        /** Fails where stdout is not one document or stderr not one object a line. */
        static Told by(CommandRun run) throws IOException {
            List<JsonNode> documents;
            try (MappingIterator<JsonNode> values =
                    Json.records().readerFor(JsonNode.class).readValues(run.out())) {
                documents = values.readAll();
            }
            assertThat(documents).as(run.out() + run.err()).hasSize(1);
            List<JsonNode> lines = new ArrayList<>();
            for (String line : run.err().lines().toList()) {
                JsonNode object = Json.records().readTree(line);
                assertThat(object.isObject()).as(line).isTrue();
                assertThat(object.at("/kind").isTextual()).as(line).isTrue();
                assertThat(Instant.parse(object.at("/at").asText())).as(line).isNotNull();
                lines.add(object);
            }
            return new Told(run.exitCode(), documents.get(0), lines);
        }

        List<JsonNode> lines(String kind) {
            return lines.stream()
                    .filter(line -> line.at("/kind").asText().equals(kind))
                    .toList();
        }

        List<String> kinds() {
            return lines.stream()
                    .map(line -> line.at("/kind").asText())
                    .distinct()
                    .toList();
        }
    }
}
