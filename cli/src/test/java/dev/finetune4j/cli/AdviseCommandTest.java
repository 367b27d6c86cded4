package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.json.Json;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdviseCommandTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/commands");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    void advisesWithReasonsAndBaseModelsInEightyColumns() {
        golden(
                "advise-labels.txt",
                "--rows",
                "2000",
                "--form",
                "fixed",
                "--latency",
                "instant",
                "--task",
                "classification",
                "--language",
                "english",
                "--longest",
                "200");
        golden("advise-few-rows.txt", "--rows", "20");
        golden(
                "advise-facts.txt",
                "--facts",
                "daily",
                "--rows",
                "500",
                "--form",
                "similar",
                "--task",
                "question-answering",
                "--licence",
                "commercial",
                "--longest",
                "6000");
        golden("advise-own-model.txt", "--corpus", "100GB", "--budget", "5000000", "--domain", "remote");
    }

    private void golden(String name, String... options) {
        CommandRun run = run(options);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).allSatisfy(line -> {
            if (line.length() > 80) {
                assertThat(line).as("a link that stays whole, alone").matches("  https://\\S+");
            }
        });
        GOLDEN.assertMatches(name, run.out());
    }

    @Test
    void saysWhyOneOfTwoWithTheSamePointsIsAdvised() {
        String same = "At the same points the cheaper one is advised: prompt engineering before fine-tuning.";

        assertThat(run("--form", "fixed").out()).contains("advised: prompt engineering");
        assertThat(CommandRun.oneLine(run("--form", "fixed").out())).contains(same);
        assertThat(run("--rows", "20").out()).doesNotContain("same points");
    }

    @Test
    void looksAtTheRowsOfAJobAndLetsOptionsSayMore() throws IOException {
        Path job = TicketsJob.write(folder, 17);

        CommandRun plain = run(job.toString());
        JsonNode told =
                Json.records().readTree(run(job.toString(), "-o", "json").out());
        JsonNode other = Json.records()
                .readTree(run(job.toString(), "--rows", "9", "-o", "json").out());

        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(told.at("/task/situation/answers/rows").asInt()).isGreaterThan(100);
        assertThat(told.at("/task/situation/answers/form").asInt()).isEqualTo(2);
        assertThat(told.at("/task/wishes/task").asText()).isEqualTo("classification");
        assertThat(told.at("/task/wishes/longestTokens").asInt()).isPositive();
        assertThat(told.at("/advice/ranking")).hasSize(4);
        assertThat(told.at("/advice/ranking/0/reasons/0/source").asText()).isNotBlank();
        assertThat(other.at("/task/situation/answers/rows").asInt()).isEqualTo(9);
        assertThat(other.at("/advice/ranking/0/approach").asText()).isEqualTo("prompt-engineering");
    }

    /** The job cuts rows to 64 tokens, so that it trains and rules out what it did before. */
    @Test
    void aRowThatTheJobCutsChangesNeitherModelsNorPlaces() throws IOException {
        Path job = TicketsJob.write(folder, 17);
        String[] asked = {job.toString(), "--rows", "2000", "-o", "json"};
        JsonNode before = Json.records().readTree(run(asked).out()).at("/baseModels");
        Files.writeString(
                folder.resolve("tickets.jsonl"),
                "{\"text\": \"" + "refund ".repeat(20_000) + "\", \"team\": \"billing\"}\n",
                StandardOpenOption.APPEND);

        CommandRun run = run(asked);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode models = Json.records().readTree(run.out()).at("/baseModels");
        assertThat(models).isNotEmpty();
        assertThat(models.findValuesAsText("id")).isEqualTo(before.findValuesAsText("id"));
        assertThat(models.findValuesAsText("on")).isEqualTo(before.findValuesAsText("on"));
    }

    @Test
    void fetchesNoModelThatTheCatalogueKnows() throws IOException {
        Path job = TicketsJob.write(folder, 18);
        Files.writeString(
                job, Files.readString(job).replace("model: " + TicketsJob.MODEL, "model: llama-3.1-8b-instruct"));
        Map<String, String> offline = Map.of("PATH", "", "HF_ENDPOINT", "http://localhost:1");

        CommandRun run = CommandRun.at(CLOCK, folder.resolve("home"), offline, "advise", job.toString(), "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode task = Json.records().readTree(run.out()).at("/task");
        assertThat(task.at("/situation/answers/rows").asInt()).isGreaterThan(100);
        assertThat(task.at("/wishes/longestTokens").asInt()).isPositive();
    }

    @Test
    void showsTheModelOfTheJobWithItsPlaceAmongThoseThatSuit() throws IOException {
        Path job = TicketsJob.write(folder, 18);
        Files.writeString(
                job, Files.readString(job).replace("model: " + TicketsJob.MODEL, "model: llama-3.1-8b-instruct"));
        String[] asked = {job.toString(), "--rows", "2000"};

        JsonNode models = Json.records()
                .readTree(run(asked[0], asked[1], asked[2], "-o", "json").out())
                .at("/baseModels");

        assertThat(models).hasSize(6);
        assertThat(models.get(5).at("/suited/model/id").asText()).isEqualTo("llama-3.1-8b-instruct");
        assertThat(models.get(5).at("/isOwn").asBoolean()).isTrue();
        assertThat(models.get(5).at("/rank").asInt()).isGreaterThan(5);
        assertThat(run(asked).out())
                .contains("llama-3.1-8b-instruct  8.03 B parameters, the job's own, number "
                        + models.get(5).at("/rank").asInt());
    }

    @Test
    void namesBaseModelsWithScoresAndPlacesForPrograms() throws IOException {
        JsonNode advised = Json.records()
                .readTree(run("--rows", "5000", "--form", "similar", "--task", "chat", "-o", "json")
                        .out());

        assertThat(advised.at("/advice/ranking/0/approach").asText()).isEqualTo("fine-tuning");
        assertThat(advised.at("/baseModels")).hasSize(5).allSatisfy(placed -> {
            assertThat(placed.at("/suited/model/licence").asText()).isNotBlank();
            assertThat(placed.at("/suited/reasons")).isNotEmpty();
            assertThat(placed.at("/places")).isNotEmpty();
        });
        assertThat(run("--rows", "5000", "--form", "similar", "--task", "chat", "--all")
                        .out()
                        .lines())
                .hasSizeGreaterThan(150);
    }

    @Test
    void preferencesAreLearnedByAServiceAlone() throws IOException {
        CommandRun json = run("--rows", "2000", "--task", "preference", "-o", "json");
        JsonNode advised = Json.records().readTree(json.out());

        assertThat(advised.at("/baseModels")).isEmpty();
        assertThat(advised.at("/services")).isNotEmpty().allSatisfy(service -> {
            assertThat(service.at("/target").asText()).isEqualTo("azure-openai");
            assertThat(service.at("/method").asText()).isEqualTo("preference");
        });
        assertThat(run("--rows", "2000", "--task", "preference").out())
                .contains("  azure-openai gpt-4.1-nano (preference, 0.75 USD/1M tokens)")
                .doesNotContain("base models that suit", "babbage");
    }

    @Test
    void knowsWhatTheLocalCoreTrains() {
        assertThat(LocalCore.shipped().architectures())
                .filteredOn(name -> name.endsWith("CausalLM"))
                .containsExactlyInAnyOrderElementsOf(DecoderTensors.architectures());
    }

    @Test
    void refusesAnswersThatAreNoneAndAnEmptyQuestion() {
        assertThat(run().exitCode()).isEqualTo(2);
        assertThat(run().err()).contains("error FT0751").contains("finetune advise --rows 2000 --form fixed");
        assertThat(run("--facts", "dayly").exitCode()).isEqualTo(2);
        assertThat(run("--facts", "dayly").err())
                .contains("error FT0750: facts cannot be \"dayly\"")
                .contains("did you mean daily?");
        assertThat(run("--rows", "many").err()).contains("it is a number of rows");
        assertThat(run("--rows", "9", "--task", "clasification").err()).contains("did you mean classification?");
        assertThat(run("--rows", "9", "--longest", "0").exitCode()).isEqualTo(2);
    }

    @Test
    void asksAPersonAndBelievesAnEmptyLine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Screen screen = new Screen(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                true,
                true,
                false,
                80);
        byte[] said = "some\n2000\n\nnone\n\n\n\n\n\n\n\n\nclasification\nsentiment\n".getBytes(StandardCharsets.UTF_8);
        Surroundings typed = new Surroundings(
                screen,
                Map.of(),
                folder,
                CLOCK,
                Sleeper.REAL,
                new ByteArrayInputStream(said),
                true,
                () -> CommandRun.MEMORY);

        int exitCode = Main.run(typed, "advise");

        assertThat(exitCode).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("How many rows with the wanted answer are there?", "rows cannot be \"some\"")
                .contains("(none, fixed, monthly, daily)", "no task is called \"clasification\"");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("advised: fine-tuning", "rows 2,000", "ruled out: there is nothing to look up")
                .contains("base models that suit", "distilbert-base-uncased");
    }

    private CommandRun run(String... options) {
        String[] words = new String[options.length + 1];
        words[0] = "advise";
        System.arraycopy(options, 0, words, 1, options.length);
        return CommandRun.at(CLOCK, folder.resolve("home"), Map.of("PATH", System.getenv("PATH")), words);
    }
}
