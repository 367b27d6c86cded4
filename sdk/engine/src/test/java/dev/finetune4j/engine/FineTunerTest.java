package dev.finetune4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.check.WordCodec;
import dev.finetune4j.engine.curve.CurveRuns;
import dev.finetune4j.engine.curve.CurveSize;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.engine.data.source.AddressFetcher;
import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.Asking;
import dev.finetune4j.engine.launch.HomePreparation;
import dev.finetune4j.engine.launch.ModelResolver;
import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.launch.TimeForecast;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.search.Choices;
import dev.finetune4j.engine.search.SearchSpace;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.engine.search.SweepSpec;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.sweep.SweepRuns;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.Precision;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.testkit.PlantedSecrets;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProviderFactory;
import dev.finetune4j.testkit.fake.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTunerTest {
    private static final ProblemKind NO_NETWORK =
            new ProblemKind("FT0299", "no network", ExitCode.INVALID, "A test has no network.", "go without");

    private final VirtualClock clock = new VirtualClock();
    private final FakePlace place = new FakePlace(clock, FakePlace.EVERYTHING);
    private final List<PreparationProgress.Stage> stages = new ArrayList<>();
    private final List<Problem> warned = new ArrayList<>();
    private final PreparationProgress progress = new PreparationProgress() {
        @Override
        public void began(Stage stage) {
            stages.add(stage);
        }

        @Override
        public void warned(List<Problem> warnings) {
            warned.addAll(warnings);
        }

        @Override
        public void at(String what, long doneBytes, long totalBytes) {}
    };

    @TempDir
    Path folder;

    @BeforeEach
    void writesRows() throws Exception {
        writeRows(2);
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
    void tellsAtALaunchWhatIsOddAboutTheRows() throws Exception {
        writeRows(15);
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile file = tuner.read(jobFile("letters.jsonl"));

            List<Problem> found = tuner.check(file).warnings();
            assertThat(found).extracting(Problem::code).contains("FT0307");
            assertThat(warned).as("whoever only checks has them in hand").isEmpty();

            tuner.launch(file).await();
            assertThat(warned).isEqualTo(Remedies.named(found, file.source(), null));
        }
    }

    @Test
    void tellsOfItWhereAJobIsRunOnceAndBeforeASeriesOfRuns() throws Exception {
        writeRows(15);
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile file = tuner.read(jobFile("letters.jsonl"));
            PreparedJob job = tuner.check(file);
            List<Problem> odd = Remedies.named(job.warnings(), file.source(), null);
            assertThat(odd).isNotEmpty();

            tuner.launchOnce(job, run -> true).await();
            assertThat(warned).isEqualTo(odd);

            warned.clear();
            place.script(new Life(List.of(), RunState.STOPPED));
            assertThatThrownBy(() -> tuner.learningCurve(file).await()).hasMessageContaining("FT0517");
            assertThat(warned).as("not at each run").isEqualTo(odd);
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
    void tellsOfEachRowThatTheChatTemplateRefusesAlsoWhereItIsToBeAnswered() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String first = i % 4 == 0 ? "" : "{\"role\": \"assistant\", \"content\": \"who is there " + i + "\"},";
            rows.add("{\"messages\": [" + first + "{\"role\": \"user\", \"content\": \"me, number " + i + "\"},"
                    + " {\"role\": \"assistant\", \"content\": \"come in\"}]}");
        }
        Files.write(folder.resolve("doors.jsonl"), rows);
        Path job = Files.writeString(folder.resolve("job.yaml"), """
                name: doors
                model: model
                task: chat
                data: doors.jsonl
                targets: [fake]
                """);
        try (FineTuner tuner = tuner(Map.of())) {
            List<Problem> found = tuner.check(tuner.read(job)).check().problems();

            assertThat(found).anySatisfy(problem -> {
                assertThat(problem.code()).isEqualTo("FT0325");
                assertThat(problem.location()).isInstanceOf(Location.InRow.class);
            });
        }
    }

    @Test
    void takesPlainTextToItsOutcomeAndSaysAtCheckWhichMetricItLacks() throws Exception {
        String job = jobOfPassages();
        try (FineTuner tuner = tuner(Map.of())) {
            RunOutcome outcome = tuner.run(tuner.read(Files.writeString(folder.resolve("job.yaml"), job)));
            assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);

            PreparedJob checked = tuner.check(tuner.read(Files.writeString(
                    folder.resolve("job.yaml"), job + "evaluation: {gate: {metric: distinct-2, at-least: 0.5}}\n")));
            assertThat(checked.check().problems()).extracting(Problem::code).containsExactly("FT0704");
            assertThat(checked.check().problems().get(0).place())
                    .hasValueSatisfying(place -> assertThat(place.line()).isEqualTo(6));
            assertThat(checked.check().problems().get(0).remedies()).startsWith("evaluation.continue-passages: true");
        }
    }

    private String jobOfPassages() throws IOException {
        List<String> passages = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            passages.add("Passage number " + i + " of a long book.\n");
        }
        Files.write(folder.resolve("book.txt"), passages);
        return """
                name: book
                model: model
                task: generation
                data: book.txt
                targets: [fake]
                """;
    }

    @Test
    void judgesPlainTextByItsContinuationsWhereTheJobAsksForThem() throws Exception {
        String job = jobOfPassages()
                + "evaluation: {continue-passages: true, gate: {metric: distinct-2, better-than-base: false}}\n";
        try (FineTuner tuner = tuner(Map.of())) {
            RunOutcome outcome = tuner.run(tuner.read(Files.writeString(folder.resolve("job.yaml"), job)));

            assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
            EvaluationReport report =
                    ((RunOutcome.Succeeded) outcome).comparison().orElseThrow();
            assertThat(report.variants())
                    .extracting(VariantEvaluation::variant)
                    .containsExactly(Variant.BASE_ZERO_SHOT, Variant.TUNED);
            assertThat(report.variants())
                    .allSatisfy(variant -> assertThat(variant.metrics())
                            .containsOnlyKeys(MetricName.PERPLEXITY, MetricName.DISTINCT_2));
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

            stages.clear();
            Asking<EvaluationReport> asking = tuner.evaluation("letters", folder.resolve("others.jsonl"));
            assertThat(asking.terms())
                    .as("nothing is paid where a worker answers")
                    .isEmpty();
            EvaluationReport report = asking.start().await();
            assertThat(stages).as("the rows are read once").containsOnlyOnce(PreparationProgress.Stage.DATA);
            assertThat(tuner.answering("letters")).isEmpty();
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
    void warnsOfRowsOfAnotherFileThatTheRunWasTrainedOn() throws Exception {
        Path others = Files.writeString(folder.resolve("others.jsonl"), """
                {"text": "a note about the weather in spring", "label": "calm"}
                """);
        try (FineTuner tuner = tuner(Map.of())) {
            tuner.run(tuner.read(jobFile("letters.jsonl")));
            warned.clear();

            tuner.evaluation("letters", others);
            assertThat(warned).isEmpty();

            Files.writeString(others, Files.readString(others) + Files.readString(folder.resolve("letters.jsonl")));
            tuner.evaluation("letters", others);
            assertThat(warned).singleElement().satisfies(warning -> {
                assertThat(warning.code()).isEqualTo("FT0312");
                assertThat(warning.isError()).isFalse();
                assertThat(warning.summary())
                        .matches("\\d\\d of 61 rows \\(.* %\\) have a text that the run was trained on, or nearly");
                assertThat(warning.causes()).anyMatch(cause -> cause.contains(" stands in training as "));
                assertThat(warning.remedies())
                        .contains(
                                "finetune eval " + tuner.folder("letters").id() + "    # by the rows that it held out");
            });
        }
    }

    @Test
    void needsNoTrainingRowsToCompareOnAnotherFile() throws Exception {
        Path others = Files.writeString(folder.resolve("others.jsonl"), """
                {"text": "a letter of its own", "label": "calm"}
                """);
        try (FineTuner tuner = tuner(Map.of())) {
            tuner.run(tuner.read(jobFile("letters.jsonl")));
            warned.clear();
            Files.writeString(tuner.folder("letters").data().resolve(Part.TRAIN.fileName()), "no row\n");

            assertThat(tuner.evaluation("letters", others).start().await().rows())
                    .isEqualTo(1);
            assertThat(warned).isEmpty();
        }
    }

    @Test
    void tellsOnceWhatIsWrongWithAnotherFileAndNothingThatAFinishedRunCannotSet() throws Exception {
        Path others = Files.writeString(folder.resolve("others.jsonl"), """
                {"text": "a letter of its own", "label": "calm"}
                {"text": "one more, all in capitals", "label": "loud"}
                """);
        try (FineTuner tuner = tuner(Map.of())) {
            tuner.run(tuner.read(jobFile("letters.jsonl")));

            Problem problem = Problems.only(() -> tuner.evaluation("letters", others));

            assertThat(problem.code()).isEqualTo("FT0228");
            assertThat(problem.remedies()).containsExactly("correct the rows");
        }
    }

    @Test
    void trainsEverySizeOfALearningCurveOnce() throws Exception {
        Path job = jobFile("letters.jsonl");
        try (FineTuner tuner = tuner(Map.of())) {
            place.script(Life.succeeds(), Life.fails());
            assertThatThrownBy(() -> tuner.learningCurve(tuner.read(job)).await())
                    .hasMessageContaining("FT0595");

            CurveRuns again = tuner.learningCurve(tuner.read(job));
            LearningCurve curve = again.await();

            assertThat(place.launches())
                    .as("the size that failed goes on from its checkpoint")
                    .isEqualTo(4);
            assertThat(tuner.list()).extracting(RunView::resumes).containsExactlyInAnyOrder(0, 0, 0, 1);
            assertThat(curve.points()).hasSize(4);
            assertThat(tuner.list())
                    .extracting(RunView::evaluation)
                    .filteredOn(Objects::nonNull)
                    .extracting(report -> report.variants().size())
                    .as("the base model answers in the run of the whole job")
                    .containsExactlyInAnyOrder(1, 1, 1, 3);
            assertThat(curve.heldOutRows())
                    .isEqualTo(again.sizes().get(0).job().data().rowsByPart().get(Part.TEST));
            assertThat(tuner.launchOnce(tuner.check(tuner.read(job)), run -> true)
                            .begin())
                    .as("the largest size is the job itself")
                    .isEqualTo(RunHandle.Begin.ENDED);
            assertThat(again.write(curve)).content().contains("learning curve").doesNotContain("<script");
        }
    }

    @Test
    void beginsASizeOfALearningCurveAnewThatCameNoFurtherWhenItWasResumed() throws Exception {
        Path job = jobFile("letters.jsonl");
        try (FineTuner tuner = tuner(Map.of())) {
            place.script(Life.fails(), new Life(List.of(), RunState.FAILED), Life.succeeds());
            for (String next : List.of("the same command goes on from there", "the same command begins it anew")) {
                Problem failed =
                        Problems.only(() -> tuner.learningCurve(tuner.read(job)).await());
                assertThat(failed.code()).isEqualTo("FT0595");
                assertThat(failed.causes()).last().asString().endsWith(next);
            }
            assertThat(place.launches()).isEqualTo(1);

            tuner.learningCurve(tuner.read(job)).await();

            assertThat(place.launches())
                    .as("four sizes, and the one that failed")
                    .isEqualTo(5);
        }
    }

    @Test
    void trainsNoSizeOfALearningCurveAgainThatDiverged() throws Exception {
        place.script(Life.diverges());
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile job = tuner.read(jobFile("letters.jsonl"));
            for (int i = 0; i < 2; i++) {
                Problem diverged = Problems.only(() -> tuner.learningCurve(job).await());
                assertThat(diverged.code()).isEqualTo("FT0622");
                assertThat(diverged.causes())
                        .last()
                        .asString()
                        .endsWith(": with the same settings it would end so again");
            }

            assertThat(tuner.list()).extracting(RunView::resumes).containsExactly(0);
        }
    }

    /** The fake place computes 64 tokens a step in 2 seconds, 10 steps, and needs 55 seconds more until it answers for 20. */
    @Test
    void foreseesASeriesByTheSpeedOfRunsBeforeIt() throws Exception {
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile job = tuner.read(jobFile("letters.jsonl"));
            assertThat(tuner.learningCurve(job).forecast()).isEmpty();
            tuner.run(job);

            CurveRuns curve = tuner.learningCurve(job);
            TimeForecast forecast = curve.forecast().orElseThrow();

            PreparedJob whole = tuner.check(job);
            Map<Part, Long> rows = whole.data().rowsByPart();
            double tokens = whole.check().profile().totalTokens()
                    / 60.0
                    * curve.sizes().stream().mapToLong(CurveSize::rows).sum()
                    * job.job().training().epochs();
            double testRows = rows.getOrDefault(Part.TEST, 0L);
            double answers =
                    testRows * (3 + 1 + 1 + 1); // the whole job asks the base model, too, with and without examples
            double expected = tokens / 32 + answers * 20 / (3 * testRows) + 4 * 55;
            assertThat(forecast.low().toMillis() / 1000.0).isCloseTo(0.8 * expected, within(0.01));
            assertThat(forecast.high().toMillis() / 1000.0).isCloseTo(1.33 * expected, within(0.01));
            assertThat(forecast.measuredRuns()).isEqualTo(1);
            assertThat(tuner.sweep(job, sweepOf("1e-4,3e-4", SweepSpec.Search.GRID, null))
                            .outlook()
                            .words())
                    .endsWith(" by the speed of the last run of this model here");

            place.own(new Footprint(1, 2, 3, Precision.FP32, 1, 0.5));
            assertThat(tuner.learningCurve(job).forecast().orElseThrow().low().toMillis() / 1000.0)
                    .as("the run before computed all of its tokens")
                    .isCloseTo(0.8 * (expected - 0.5 * tokens / 32), within(0.01));
        }
    }

    @Test
    void saysWhichRunOfALearningCurveWasStopped() throws Exception {
        place.script(new Life(List.of(), RunState.STOPPED));
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile job = tuner.read(jobFile("letters.jsonl"));
            CurveRuns curve = tuner.learningCurve(job);

            Problem stopped = Problems.only(curve::await);
            assertThat(stopped.code()).isEqualTo("FT0517");
            assertThat(stopped.summary()).matches("run letters-[0-9a-f]{8}-1 of the learning curve was stopped");
            assertThat(stopped.remedies()).containsExactly("finetune learning-curve " + job.source());
        }
    }

    @Test
    void spendsNoBudgetOfASeriesAnewUnlessItIsRaised() throws Exception {
        place.script(Life.lasts());
        Path file = jobFile("letters.jsonl");
        String withoutBudget = Files.readString(file);
        Files.writeString(file, withoutBudget + "budget: {max-time: 5m}\n");
        try (FineTuner tuner = tuner(Map.of())) {
            JobFile job = tuner.read(file);
            for (int asked = 1; asked <= 2; asked++) {
                FineTuneException end = catchThrowableOfType(
                        FineTuneException.class, () -> tuner.learningCurve(job).await());
                assertThat(end.exitCode()).isEqualTo(ExitCode.BUDGET_STOPPED);
                Problem stopped = end.problems().get(0);
                assertThat(stopped.code()).isEqualTo("FT0542");
                assertThat(stopped.summary())
                        .matches("the budget of run letters-[0-9a-f]{8}-1 of the learning curve is used up");
                assertThat(stopped.remedies())
                        .containsExactly("finetune learning-curve " + job.source()
                                + "    # from the start, once budget.max-time is more than the 5 min that are used up");
                assertThat(place.launches()).isEqualTo(1);
            }

            place.script(Life.lasts());
            SweepSpec two = sweepOf("1e-4,3e-4", SweepSpec.Search.GRID, null);
            for (int asked = 1; asked <= 2; asked++) {
                Problem stopped = Problems.only(() -> tuner.sweep(job, two).await());
                assertThat(stopped.code()).isEqualTo("FT0542");
                assertThat(stopped.remedies())
                        .containsExactly("the same command again    # from the start, once budget.max-time is more than"
                                + " the 5 min that are used up");
                assertThat(place.launches()).isEqualTo(2);
            }

            Files.writeString(file, withoutBudget + "budget: {max-time: 2h}\n");
            tuner.learningCurve(tuner.read(file)).await();
            assertThat(place.launches()).as("four sizes more").isEqualTo(6);
        }
    }

    @Test
    void sizesOfALearningCurveLieWithinEachOther() throws Exception {
        try (FineTuner tuner = tuner(Map.of())) {
            List<CurveSize> sizes =
                    tuner.learningCurve(tuner.read(jobFile("letters.jsonl"))).sizes();

            long all = sizes.get(3).rows();
            assertThat(sizes).extracting(CurveSize::rows).containsExactly(all / 8, all / 4, all / 2, all);
            for (int i = 1; i < sizes.size(); i++) {
                PreparedData smaller = sizes.get(i - 1).job().data();
                PreparedData larger = sizes.get(i).job().data();
                assertThat(Files.readAllLines(larger.file(Part.TRAIN)))
                        .containsAll(Files.readAllLines(smaller.file(Part.TRAIN)));
                assertThat(larger.file(Part.TEST)).hasSameTextualContentAs(smaller.file(Part.TEST));
                assertThat(smaller.digest()).isNotEqualTo(larger.digest());
            }
        }
    }

    @Test
    void refusesALearningCurveOfTooFewRows() throws Exception {
        String otherSplit = "data.split: {validation: 0, test: 0.2}";
        Path job = jobFile("few.jsonl");
        String text = Files.readString(job);
        try (FineTuner tuner = tuner(Map.of())) {
            Problem withinReach = refusedCurve(tuner, job, 42);
            assertThat(withinReach.summary()).endsWith(" training rows, a learning curve needs 32");
            assertThat(withinReach.remedies()).containsExactly(otherSplit, "add rows");

            assertThat(refusedCurve(tuner, job, 20).remedies())
                    .as("would not reach it either")
                    .containsExactly("add rows");

            Files.writeString(job, text.replace("few.jsonl\n", "few.jsonl\n  split: {validation: 0, test: 0.2}\n"));
            assertThat(refusedCurve(tuner, job, 36).remedies())
                    .as("what the job says")
                    .containsExactly("add rows");

            Files.writeString(job, text.replace("few.jsonl\n", "few.jsonl\n  split: {train-rows: 20}\n"));
            assertThat(refusedCurve(tuner, job, 60).remedies())
                    .as("the job leaves them out")
                    .containsExactly("data.split.train-rows: 32", "add rows");
            assertThat(refusedCurve(tuner, job, 42).remedies())
                    .as("without the cap there are too few of them, too")
                    .containsExactly(otherSplit, "add rows");

            String capped = "few.jsonl\n  split: {validation: 0.5, validation-rows: 2}\n";
            Files.writeString(job, text.replace("few.jsonl\n", capped));
            assertThat(refusedCurve(tuner, job, 42).remedies())
                    .as("those count that were dealt out and left out")
                    .containsExactly(otherSplit, "add rows");
        }
    }

    /** Of 270 labels a curve needs 4,320 training rows. Four fifths of 5,350 are 4,280; that 1,000 are tested at most gives none back. */
    @Test
    void countsNoTestRowsBeyondTheirMostAsTrainingRowsOfALearningCurve() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < 5350; row++) {
            rows.add(Json.line(Map.of("text", "letter number " + row, "label", "mood " + row % 270)));
        }
        Files.write(folder.resolve("many.jsonl"), rows);

        try (FineTuner tuner = tuner(Map.of())) {
            JobFile job = tuner.read(jobFile("many.jsonl"));
            Problem refused = Problems.only(() -> tuner.learningCurve(job));

            assertThat(refused.summary()).endsWith(" 3745 training rows, a learning curve needs 4320");
            assertThat(refused.remedies()).containsExactly("add rows");
        }
    }

    private Problem refusedCurve(FineTuner tuner, Path job, int rows) throws Exception {
        List<String> few = Files.readAllLines(folder.resolve("letters.jsonl")).subList(0, rows);
        Files.write(folder.resolve("few.jsonl"), few);
        Problem refused = Problems.only(() -> tuner.learningCurve(tuner.read(job)));
        assertThat(refused.code()).isEqualTo("FT0706");
        return refused;
    }

    @Test
    void triesEachCandidateOfASweepOnceAndTheTestRowsAtTheEnd() throws Exception {
        Path job = jobFile("letters.jsonl");
        SweepSpec halving = sweepOf("1e-4,3e-4,1e-3", SweepSpec.Search.HALVING, null);
        try (FineTuner tuner = tuner(Map.of())) {
            place.script(Life.succeeds(), new Life(Life.fails().stages(), RunState.STOPPED));
            Problem stopped =
                    Problems.only(() -> tuner.sweep(tuner.read(job), halving).await());
            assertThat(stopped.code()).isEqualTo("FT0517");
            assertThat(stopped.summary()).matches("run letters-[0-9a-f]{8}-1 of the sweep was stopped");
            assertThat(stopped.remedies()).containsExactly("the same command again");

            SweepRuns again = tuner.sweep(tuner.read(job), halving);
            Sweep sweep = again.await();

            assertThat(again.outlook().words())
                    .startsWith(
                            "4 runs (3 for 1/3 of their epochs, 1 for all epochs): 2.0 times the training of the job");
            assertThat(sweep.trials())
                    .extracting(Sweep.Measured::share)
                    .containsExactly(1 / 3.0, 1 / 3.0, 1 / 3.0, 1.0);
            assertThat(sweep.settings())
                    .as("the lowest validation loss goes on")
                    .isEqualTo("training: {learning-rate: 0.0003}");
            Map<Part, Long> rows = tuner.check(tuner.read(job)).data().rowsByPart();
            assertThat(sweep.validationRows()).isEqualTo(rows.get(Part.VALIDATION));
            assertThat(Objects.requireNonNull(sweep.test()).rows()).isEqualTo(rows.get(Part.TEST));
            assertThat(sweep.stopped()).isNull();
            assertThat(place.launches()).isEqualTo(5); // four trials, and the winner on the test rows
            assertThat(tuner.list())
                    .extracting(RunView::evaluation)
                    .allSatisfy(report -> assertThat(report.rows())
                            .as("a trial sees validation rows only")
                            .isEqualTo(rows.get(Part.VALIDATION)))
                    .allSatisfy(report -> assertThat(report.variants())
                            .as("the base model answers once, the test rows")
                            .extracting(VariantEvaluation::variant)
                            .containsExactly(Variant.TUNED));
            assertThat(tuner.folder(sweep.trials().get(0).run().value()).path().resolve("report.md"))
                    .content()
                    .contains("# The tuned model by itself", "## How good is it?")
                    .doesNotContain("beats", "Rows that tuning changed");
            assertThat(again.write(sweep)).content().contains("sweep, halving").doesNotContain("<script");

            SweepRuns third = tuner.sweep(tuner.read(job), halving);
            assertThat(third.await()).isEqualTo(sweep);
            assertThat(place.launches()).as("all is there").isEqualTo(5);
            assertThat(third.write(sweep)).isEqualTo(again.write(sweep));
            List<SweepSpec> others = List.of(
                    sweepOf("1e-4,3e-4,1e-3", SweepSpec.Search.GRID, null),
                    sweepOf("1e-4,3e-4,2e-3", SweepSpec.Search.HALVING, null));
            assertThat(others)
                    .extracting(other -> tuner.sweep(tuner.read(job), other).write(sweep))
                    .as("of another search")
                    .doesNotHaveDuplicates()
                    .doesNotContain(third.write(sweep));
        }
    }

    @Test
    void beginsNoTrialThatWouldNotFitIntoTheTime() throws Exception {
        place.script(Life.succeeds(), Life.succeeds(), Life.succeeds());
        try (FineTuner tuner = tuner(Map.of())) {
            SweepSpec twoFit = sweepOf("1e-4,3e-4,1e-3", SweepSpec.Search.GRID, Duration.ofSeconds(200));

            Sweep sweep =
                    tuner.sweep(tuner.read(jobFile("letters.jsonl")), twoFit).await();

            assertThat(sweep.trials()).hasSize(2);
            assertThat(sweep.stopped())
                    .isEqualTo(
                            "trial 3 would take about 1 min 35 s, the trials before it took 3 min 10 s of 3 min 20 s;"
                                    + " 1 left out");
            assertThat(sweep.test())
                    .as("the next sweep may have another winner")
                    .isNull();
            assertThat(sweep.settings())
                    .as("of equal values the lower validation loss")
                    .isEqualTo("training: {learning-rate: 0.0003}");
        }
    }

    @Test
    void foreseesNoTimeOfATrialWhereAllBeforeItDiverged() throws Exception {
        place.script(Life.diverges(), Life.diverges());
        try (FineTuner tuner = tuner(Map.of())) {
            SweepSpec three = sweepOf("1e-1,5e-1,1", SweepSpec.Search.GRID, Duration.ofSeconds(75));

            Sweep sweep =
                    tuner.sweep(tuner.read(jobFile("letters.jsonl")), three).await();

            assertThat(sweep.stopped())
                    .isEqualTo("the trials before trial 3 took 1 min 20 s of 1 min 15 s; 1 left out");
        }
    }

    @Test
    void aTrialWhoseTrainingDivergesIsTheWorst() throws Exception {
        place.script(Life.diverges(), Life.succeeds(), Life.succeeds());
        try (FineTuner tuner = tuner(Map.of())) {
            SweepSpec two = sweepOf("1e-1,1e-4", SweepSpec.Search.GRID, null);

            Sweep sweep = tuner.sweep(tuner.read(jobFile("letters.jsonl")), two).await();

            assertThat(Objects.requireNonNull(sweep.trials().get(0).problem()).code())
                    .isEqualTo("FT0622");
            assertThat(sweep.best()).isEqualTo(sweep.trials().get(1));
            assertThat(place.launches()).isEqualTo(3); // two trials, and the winner on the test rows

            Sweep again = tuner.sweep(tuner.read(jobFile("letters.jsonl")), two).await();

            assertThat(again.trials())
                    .extracting(Sweep.Measured::run)
                    .as("what diverged would diverge again")
                    .isEqualTo(sweep.trials().stream().map(Sweep.Measured::run).toList());
            assertThat(place.launches()).isEqualTo(3);
            assertThat(tuner.list()).extracting(RunView::resumes).containsOnly(0);
        }
    }

    /** A killed worker, a full disk or a full memory says nothing of a learning rate. */
    @Test
    void aTrialThatFailsOfSomethingElseStopsTheSweepAndGoesOnLater() throws Exception {
        place.script(Life.succeeds(), Life.fails());
        try (FineTuner tuner = tuner(Map.of())) {
            SweepSpec two = sweepOf("1e-3,1e-4", SweepSpec.Search.GRID, null);
            SweepRuns first = tuner.sweep(tuner.read(jobFile("letters.jsonl")), two);

            FineTuneException failure = catchThrowableOfType(FineTuneException.class, first::await);

            Problem problem = failure.problems().get(0);
            assertThat(problem.code()).isEqualTo("FT0595");
            assertThat(problem.causes())
                    .last()
                    .asString()
                    .matches("letters-[0-9a-f]{8}-1 is a run of the sweep: what was trained is kept, and the same"
                            + " command goes on from there");
            assertThat(first.sweep().trials()).hasSize(1);

            Sweep sweep = tuner.sweep(tuner.read(jobFile("letters.jsonl")), two).await();

            assertThat(sweep.trials())
                    .hasSize(2)
                    .allSatisfy(trial -> assertThat(trial.value()).isNotNull());
            assertThat(place.launches())
                    .as("two trials, of which one was resumed, and the winner on the test rows")
                    .isEqualTo(3);
            assertThat(tuner.list()).extracting(RunView::resumes).containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void saysWhyEveryTrialFailed() throws Exception {
        place.script(Life.diverges(), Life.diverges());
        try (FineTuner tuner = tuner(Map.of())) {
            SweepRuns runs =
                    tuner.sweep(tuner.read(jobFile("letters.jsonl")), sweepOf("1e-1,1", SweepSpec.Search.GRID, null));

            assertThatThrownBy(runs::await).hasMessageContaining("FT0622");
        }
    }

    @Test
    void refusesASweepWithoutValidationRowsOrOfARankThatIsNotThere() throws Exception {
        Path job = jobFile("letters.jsonl");
        String text = Files.readString(job);
        SweepSpec ranks = new SweepSpec(
                new SearchSpace(Choices.none(), Choices.parse("8,16"), Choices.none()),
                SweepSpec.Search.GRID,
                0,
                17,
                null);
        try (FineTuner tuner = tuner(Map.of())) {
            Files.writeString(job, text + "method: full\n");
            assertThatThrownBy(() -> tuner.sweep(tuner.read(job), ranks)).hasMessageContaining("FT0708");

            Files.writeString(
                    job, text.replace("  file: letters.jsonl\n", "  file: letters.jsonl\n  split: {validation: 0}\n"));
            assertThatThrownBy(() -> tuner.sweep(tuner.read(job), ranks)).hasMessageContaining("FT0707");
        }
    }

    private static SweepSpec sweepOf(String learningRates, SweepSpec.Search search, @Nullable Duration maxTime) {
        SearchSpace space = new SearchSpace(Choices.parse(learningRates), Choices.none(), Choices.none());
        return new SweepSpec(space, search, 0, SweepSpec.DEFAULT_SEED, maxTime);
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
                        (ref, base) -> new ModelFiles(ref, folderOf(ref, base), "e".repeat(64)),
                        () -> model -> new WordCodec(1024)));
        return surrounded(builder, environment).build();
    }

    private static Path folderOf(ModelRef ref, Path base) {
        Path folder = base.resolve(ref.value());
        assertThat(folder).isDirectory();
        return folder;
    }

    private FineTunerBuilder surrounded(FineTunerBuilder builder, Map<String, String> environment) {
        return builder.home(folder.resolve("home"))
                .environment(environment)
                .providers(List.of(new FakeProviderFactory(place)))
                .clock(clock)
                .sleeper(clock::advance)
                .progress(progress);
    }

    private HomePreparation preparation(ModelResolver models, Supplier<TextCodecFactory> codecs) {
        AddressFetcher nothing = (address, into, progress) -> {
            throw NO_NETWORK.error("cannot reach " + address).asException();
        };
        return new HomePreparation(
                folder.resolve("home"), nothing, models, ModelCatalogue.shipped(), codecs, 1, progress);
    }

    /** Sixty rows; one of so many is calm. */
    private void writeRows(int oneOf) throws Exception {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < 60; row++) {
            String label = row % oneOf == 0 ? "calm" : "cross";
            rows.add(Json.line(Map.of("text", "letter number " + row + " of somebody " + label, "label", label)));
        }
        Files.write(folder.resolve("letters.jsonl"), rows);
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
