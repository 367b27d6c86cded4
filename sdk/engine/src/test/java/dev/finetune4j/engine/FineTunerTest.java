package dev.finetune4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.check.WordCodec;
import dev.finetune4j.engine.data.source.AddressFetcher;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.HomePreparation;
import dev.finetune4j.engine.launch.ModelResolver;
import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.testkit.PlantedSecrets;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProviderFactory;
import dev.finetune4j.testkit.fake.Life;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTunerTest {
    private static final ProblemKind NO_NETWORK =
            new ProblemKind("FT0299", "no network", ExitCode.INVALID, "A test has no network.", "go without");

    private final VirtualClock clock = new VirtualClock();
    private final FakePlace place = new FakePlace(clock, FakePlace.EVERYTHING);
    private final List<PreparationProgress.Stage> stages = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void writesRows() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < 60; row++) {
            String label = row % 2 == 0 ? "calm" : "cross";
            rows.add(Json.line(Map.of("text", "letter number " + row + " of somebody " + label, "label", label)));
        }
        Files.write(folder.resolve("letters.jsonl"), rows);
        Files.createDirectories(folder.resolve("model"));
    }

    @Test
    void takesAJobFileToItsOutcome() throws Exception {
        try (FineTuner tuner = tuner(Map.of())) {
            RunOutcome outcome = tuner.run(tuner.read(jobFile("letters.jsonl")));

            assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
            RunView run = tuner.list().get(0);
            assertThat(run.evaluation()).isNotNull();
            assertThat(run.reports()).allSatisfy(file -> assertThat(file).exists());
            assertThat(tuner.show("letters").id()).isEqualTo(run.id());
            assertThat(tuner.attach("letters").begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(stages)
                    .containsExactly(
                            PreparationProgress.Stage.DATA,
                            PreparationProgress.Stage.MODEL,
                            PreparationProgress.Stage.CHECK);
        }
    }

    @Test
    void saysAtCheckWhatThePlaceWouldRefuseAndWhereInTheFile() throws Exception {
        place.takeRowsUpTo(3);
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile file = tuner.read(jobFile("letters.jsonl"));

            PreparedJob checked = tuner.check(file);

            Problem refusal = checked.check().problems().get(0);
            assertThat(refusal.code()).isEqualTo("FT0596");
            assertThat(refusal.place()).hasToString("Optional[" + file.source() + "  training.max-tokens]");
            assertThatThrownBy(() -> tuner.launch(file)).hasMessageContaining("FT0596");
            assertThat(place.launches()).isZero();
        }
    }

    @Test
    void takesPlainTextToItsOutcomeAndSaysAtCheckWhichMetricItLacks() throws Exception {
        List<String> passages = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            passages.add("Passage number " + i + " of a long book.\n");
        }
        Files.write(folder.resolve("book.txt"), passages);
        String job = """
                name: book
                model: model
                task: generation
                data: book.txt
                targets: [fake]
                """;
        try (FineTuner tuner = tuner(Map.of())) {
            RunOutcome outcome = tuner.run(tuner.read(Files.writeString(folder.resolve("job.yaml"), job)));
            assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);

            PreparedJob checked = tuner.check(tuner.read(Files.writeString(
                    folder.resolve("job.yaml"), job + "evaluation: {gate: {metric: distinct-2, at-least: 0.5}}\n")));
            assertThat(checked.check().problems()).extracting(Problem::code).containsExactly("FT0704");
            assertThat(checked.check().problems().get(0).place())
                    .hasValueSatisfying(place -> assertThat(place.line()).isEqualTo(6));
        }
    }

    @Test
    void keepsTheRowsOfARunWhenItsFileChanges() throws Exception {
        try (FineTuner tuner = tuner(Map.of())) {
            tuner.run(tuner.read(jobFile("letters.jsonl")));
            Path rows = tuner.folder("letters").data().resolve("train.jsonl");
            String before = Files.readString(rows);
            Files.writeString(
                    folder.resolve("letters.jsonl"),
                    Files.readString(folder.resolve("letters.jsonl")).replace("somebody", "nobody"));

            tuner.run(tuner.read(jobFile("letters.jsonl")));

            assertThat(Files.readString(rows)).isEqualTo(before);
            assertThat(tuner.list()).extracting(RunView::attempt).containsExactly(1, 1);
        }
    }

    @Test
    void comparesOnAnotherFileAndAnswersPrompts() throws Exception {
        Files.writeString(folder.resolve("others.jsonl"), """
                {"text": "a letter of its own", "label": "calm"}
                {"text": "one more, all in capitals", "label": "cross"}
                """);
        try (FineTuner tuner = tuner(Map.of())) {
            tuner.run(tuner.read(jobFile("letters.jsonl")));

            EvaluationReport report =
                    tuner.evaluate("letters", folder.resolve("others.jsonl")).await();
            List<GeneratedText> answers = tuner.generate(
                            "letters",
                            List.of(new Message(Role.USER, "hello")),
                            Sampling.greedy(4),
                            List.of(Variant.TUNED))
                    .await();

            assertThat(report.rows()).isEqualTo(2);
            assertThat(answers).extracting(GeneratedText::variant).containsExactly(Variant.TUNED);
            assertThat(tuner.complete("letters", "once", Sampling.greedy(4), List.of(Variant.BASE_ZERO_SHOT))
                            .await())
                    .hasSize(1);
        }
    }

    @Test
    void stopsResumesAndCleansARun() throws Exception {
        place.script(Life.fails(), Life.succeeds());
        try (FineTuner tuner = tuner(Map.of())) {
            assertThat(tuner.run(tuner.read(jobFile("letters.jsonl")))).isInstanceOf(RunOutcome.Failed.class);

            assertThat(tuner.resume("letters").await()).isInstanceOf(RunOutcome.Succeeded.class);
            assertThat(tuner.stop("letters", "a test").begin()).isEqualTo(RunHandle.Begin.ENDED);
            tuner.clean("letters", false);

            assertThat(tuner.list()).isEmpty();
            assertThatThrownBy(() -> tuner.show("letters")).hasMessageContaining("FT0504");
        }
    }

    @Test
    void launchesNothingWhereTheCheckFindsErrors() throws Exception {
        Files.writeString(
                folder.resolve("letters.jsonl"),
                Files.readString(folder.resolve("letters.jsonl")).replaceAll("letter number \\d+", "the same letter"));
        try (FineTuner tuner = tuner(Map.of())) {
            PreparedJob checked = tuner.check(tuner.read(jobFile("letters.jsonl")));
            assertThat(checked.check().hasErrors()).isTrue();

            assertThatThrownBy(() -> tuner.launch(checked))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT03");
        }
        assertThat(place.launches()).isZero();
    }

    @Test
    void tellsOfDataAndModelAtOnce() throws Exception {
        FineTunerBuilder builder = FineTuner.builder()
                .preparation(preparation(
                        (ref, base) -> {
                            throw NO_NETWORK.error("no model").asException();
                        },
                        () -> model -> new WordCodec(1024)));
        try (FineTuner tuner = surrounded(builder, Map.of()).build()) {
            JobFile job = tuner.read(jobFile("absent.jsonl"));

            assertThat(catchThrowableOfType(FineTuneException.class, () -> tuner.check(job))
                            .problems())
                    .extracting(Problem::code)
                    .contains("FT0230", "FT0299");
        }
    }

    @Test
    void saysWhichArtifactReadsModelText() throws Exception {
        Files.writeString(folder.resolve("model/config.json"), "{}");
        Files.writeString(folder.resolve("model/tokenizer.json"), "{}");
        Files.write(folder.resolve("model/model.safetensors"), new byte[16]);

        try (FineTuner tuner = surrounded(FineTuner.builder(), Map.of()).build()) {
            JobFile job = tuner.read(jobFile("letters.jsonl").resolveSibling("job.yaml"));

            assertThatThrownBy(() -> tuner.check(job))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0511");
        }
    }

    @Test
    void leavesNoneOfFiftySecretsInJournalsReportsProblemsAndTexts() throws Exception {
        PlantedSecrets secrets = new PlantedSecrets(50, 11);
        List<String> names = List.copyOf(secrets.environment().keySet());
        StringBuilder from = new StringBuilder();
        for (String name : names) {
            from.append("        - missing-${env:").append(name).append("}.jsonl\n");
        }
        String signed = "https://me:" + secrets.values().get(1) + "@127.0.0.1/rows.jsonl?sig="
                + secrets.values().get(2);
        Path job = Files.writeString(folder.resolve("job.yaml"), """
                name: letters
                model: model
                task:
                  kind: sentiment
                data:
                  sources:
                    letters:
                      from:
                %s        - %s
                        - letters.jsonl
                  query: select text, label from letters
                targets: [fake]
                """.formatted(from, signed));
        try (FineTuner tuner = tuner(secrets.environment())) {
            JobFile file = tuner.read(job);
            RunHandle<RunOutcome> handle = tuner.launch(file);
            RunOutcome outcome = handle.await();

            secrets.assertAbsentBelow(folder.resolve("home/runs"));
            secrets.assertAbsentFrom("the outcome", outcome.toString());
            secrets.assertAbsentFrom("the list of runs", tuner.list().toString());
            secrets.assertAbsentFrom("texts of objects", tuner + " " + handle + file + tuner.check(file));
            assertThat(tuner.show("letters").job().data().sources().values())
                    .flatMap(source -> source.from())
                    .contains("missing-[redacted].jsonl", "letters.jsonl");

            Files.delete(folder.resolve("letters.jsonl"));
            FineTuneException problem = catchThrowableOfType(FineTuneException.class, () -> tuner.check(file));
            secrets.assertAbsentFrom("a problem", problem.getMessage() + problem.problems());
        }
    }

    private FineTuner tuner(Map<String, String> environment) {
        FineTunerBuilder builder = FineTuner.builder()
                .preparation(preparation(
                        (ref, base) -> new ModelFiles(ref, base.resolve(ref.value()), "e".repeat(64)),
                        () -> model -> new WordCodec(1024)));
        return surrounded(builder, environment).build();
    }

    private FineTunerBuilder surrounded(FineTunerBuilder builder, Map<String, String> environment) {
        return builder.home(folder.resolve("home"))
                .environment(environment)
                .providers(List.of(new FakeProviderFactory(place)))
                .clock(clock)
                .sleeper(clock::advance);
    }

    private HomePreparation preparation(ModelResolver models, Supplier<TextCodecFactory> codecs) {
        AddressFetcher nothing = (address, into, progress) -> {
            throw NO_NETWORK.error("cannot reach " + address).asException();
        };
        return new HomePreparation(folder.resolve("home"), nothing, models, codecs, 1, new PreparationProgress() {
            @Override
            public void began(Stage stage) {
                stages.add(stage);
            }

            @Override
            public void at(String what, long doneBytes, long totalBytes) {}
        });
    }

    private Path jobFile(String rows) throws Exception {
        return Files.writeString(folder.resolve("job.yaml"), """
                name: letters
                model: model
                task:
                  kind: sentiment
                data:
                  file: %s
                targets: [fake]
                """.formatted(rows));
    }
}
