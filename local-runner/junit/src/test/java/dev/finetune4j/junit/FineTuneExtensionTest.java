package dev.finetune4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.testkit.Beside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.Event;

/** Executes test classes of a team, with the real worker and a tiny model. */
class FineTuneExtensionTest {
    @TempDir
    Path folder;

    private Project project;

    @BeforeEach
    void startsAProject() {
        project = new Project(folder);
    }

    @Test
    void handsOutRunAndModels() throws IOException {
        EngineExecutionResults results = project.run(TeamTests.GoodModel.class);

        assertThat(failures(results)).isEmpty();
        results.testEvents().assertStatistics(tests -> tests.succeeded(5).failed(0));
        assertThat(project.summary(TeamTests.GoodModel.class, ".md"))
                .contains(
                        "### TeamTests$GoodModel: all claims hold",
                        "| Tuned |",
                        "- isGood(FineTunedRun): beats the base model by macro-f1");
        assertThat(project.summary(TeamTests.GoodModel.class, ".xml"))
                .contains("tests=\"11\" failures=\"0\"", "<property name=\"tickets.macro-f1\" value=\"0.");
    }

    @Test
    void namesTheMethodThatClaimsBeforeAllTests() throws IOException {
        assertThat(failures(project.run(TeamTests.GoodBeforeAll.class))).isEmpty();

        assertThat(project.summary(TeamTests.GoodBeforeAll.class, ".md"))
                .contains("- isGood(FineTunedRun): accuracy at least 0.5\n");
    }

    @Test
    void trainsAnUnchangedJobOnce() {
        project.run(TeamTests.TooMuchAsked.class);
        List<RunView> before = runs(Project.HOME);

        EngineExecutionResults results = project.run(TeamTests.TooMuchAsked.class);

        assertThat(runs(Project.HOME)).isEqualTo(before);
        assertThat(entries(results))
                .anySatisfy(entry -> assertThat(entry)
                        .startsWith("not trained again: job, data, model and version are those of "
                                + Project.HOME.resolve("runs"))
                        .endsWith("; to train anew: -Dfinetune4j.train=always"));
    }

    @Test
    void trainsAnewWhereItIsTold() {
        project.run(TeamTests.TooMuchAsked.class);
        int before = runs(Project.HOME).size();

        project.with("finetune4j.train", "always").run(TeamTests.TooMuchAsked.class);

        assertThat(runs(Project.HOME)).hasSize(before + 1);
    }

    @Test
    void trainsOnceForTwoExecutionsAtTheSameTime() throws IOException {
        Path home = Project.emptyHome("at-once");
        project.with("finetune4j.home", home.toString());

        List<CompletableFuture<EngineExecutionResults>> both = IntStream.range(0, 2)
                .mapToObj(i -> Beside.supply(() -> project.run(TeamTests.GoodModel.Inside.class)))
                .toList();

        assertThat(both).allSatisfy(one -> assertThat(failures(one.join())).isEmpty());
        assertThat(runs(home)).hasSize(1);
    }

    @Test
    void failsWithTheNumbersWhereTooMuchIsAsked() throws IOException {
        List<String> failures = failures(project.run(TeamTests.TooMuchAsked.class));

        assertThat(failures)
                .anySatisfy(failure -> assertThat(failure)
                        .containsPattern("run tickets-\\S+ does not hold: accuracy at least 0.999")
                        .containsPattern(
                                "\n  tuned accuracy 0\\.\\d\\d \\[0\\.\\d\\d, [01]\\.\\d\\d\\] on 40 held-out rows")
                        .containsPattern("\n  look  \\S+report.html"))
                .anySatisfy(failure -> assertThat(failure)
                        .contains("does not hold: took at most 1 ms\n  took  ", "\n  try   fewer training.epochs"))
                .anySatisfy(failure -> assertThat(failure)
                        .contains(
                                "does not hold: is planned to cost at most 0.001 USD on sagemaker\n  plan  sagemaker/",
                                " USD, nine times in ten at most 0.",
                                "\n  look  finetune plan " + project.resources().resolve("job.yaml")
                                        + " --target sagemaker --all"));
        assertThat(project.summary(TeamTests.TooMuchAsked.class, ".xml"))
                .contains(
                        "tests=\"3\" failures=\"3\"",
                        "name=\"ofTheMetric(FineTunedRun): accuracy at least 0.999\"",
                        "<failure message=\"accuracy at least 0.999\">tuned accuracy ");
        assertThat(project.summary(TeamTests.TooMuchAsked.class, ".md"))
                .contains(
                        "3 of 3 claims do not hold", "- **failed** ofTheMetric(FineTunedRun): accuracy at least 0.999");
    }

    @Test
    void saysWhichArtifactAPlannedPlaceLacks() {
        assertThat(failures(project.run(TeamTests.AbsentPlace.class)))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .contains(
                                "does not hold: is planned to cost at most 5 USD on azure-ml\n"
                                        + "  why   no provider on the class path is called \"azure-ml\"\n"
                                        + "  try   add the artifact that brings azure-ml to the class path;"
                                        + " dev.finetune4j:finetune4j-bom names all\n"
                                        + "  look  finetune plan ",
                                " --target azure-ml --all"));
    }

    @Test
    void saysWhatThePlanOfAPlaceLacksAsItCanBePasted() {
        String job = project.resources().resolve("job.yaml").toString();

        assertThat(failures(project.run(TeamTests.PlannedBadly.class)))
                .hasSize(2)
                .anySatisfy(failure -> assertThat(failure)
                        .contains("does not hold: is planned to cost at most 5 EUR on sagemaker\n  error FT0769: ", job)
                        .doesNotContain(" JOB"))
                .anySatisfy(failure -> assertThat(failure).containsPattern("""
                                does not hold: is planned to cost at most 5 USD on bedrock
                                  why   bedrock would tune \\S+ instead of the job's model
                                  try   places\\.bedrock\\.model: \\S+
                                """));
    }

    @Test
    void failsAClaimByAMetricThatTheTaskDoesNotHave() throws IOException {
        List<String> failures = failures(project.run(TeamTests.MetricOfAnotherTask.class));

        assertThat(failures)
                .hasSize(3)
                .allSatisfy(failure -> assertThat(failure)
                        .endsWith("\n  why   the task has no bleu; its metrics are macro-f1, accuracy"));
        assertThat(project.summary(TeamTests.MetricOfAnotherTask.class, ".md"))
                .contains(
                        "- **failed** isReached(FineTunedRun): bleu at least 0.5\n",
                        "- **failed** isReachedBeyondDoubt(FineTunedRun): bleu surely at least 0.5\n",
                        "- **failed** beatsBase(FineTunedRun): beats the base model by bleu\n");
    }

    @Test
    void failsEachTestWithEveryProblemOfTheJobsData() throws IOException {
        Files.writeString(
                project.resources().resolve("bad.yaml"),
                Files.readString(project.resources().resolve("job.yaml")).replace("{{text}}", "{{body}}"));

        Path earlier = folder.resolve("target/finetune4j").resolve(TeamTests.BadData.class.getName() + ".md");
        Files.createDirectories(earlier.getParent());
        Files.writeString(earlier, "### TeamTests$BadData: all claims hold\n");

        List<String> failures = failures(project.run(TeamTests.BadData.class));

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .contains(
                                "the job tickets/bad.yaml gives no model to test\nerror FT0",
                                "body",
                                "\n  try ",
                                "\n  more  finetune explain FT0"));
        assertThat(project.summary(TeamTests.BadData.class, ".md"))
                .startsWith("### TeamTests$BadData: 1 job gives no model to test\n")
                .contains("- **failed** tickets/bad.yaml gives no model to test\n  ```\n  error FT0")
                .doesNotContain("all claims hold");
        assertThat(project.summary(TeamTests.BadData.class, ".xml"))
                .contains(
                        "tests=\"1\" failures=\"0\" errors=\"1\"",
                        "<error message=\"tickets/bad.yaml gives no model to test\">error FT0");
    }

    @Test
    void failsWhereTheDataHaveProblemsThatAreNotAllowed() throws IOException {
        Path rows = project.resources().resolve("tickets.jsonl");
        List<String> lines = Files.readAllLines(rows);
        Files.writeString(rows, Files.readString(rows) + lines.get(0) + "\n" + lines.get(1) + "\n");

        List<String> failures = failures(project.run(TeamTests.CleanData.class));

        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .contains(
                                "does not hold: no data problems\n  warning ", "\n  warning FT0310: ", "\n    try   "));
        assertThat(project.summary(TeamTests.CleanData.class, ".md"))
                .contains("- isCleanButForRepetitions(FineTunedRun): no data problems but FT0310, FT0312\n");
    }

    /** The check notes FT0425 of it. */
    @Test
    void whatIsNotedOfTheModelIsNoProblemOfTheData() throws IOException {
        Path model = Files.createDirectories(project.resources().resolve("model"));
        for (String name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(Project.MODEL.resolve(name), model.resolve(name));
        }
        String config = Files.readString(Project.MODEL.resolve("config.json"));
        Files.writeString(model.resolve("config.json"), config.replaceFirst("\\{", "{\"attention_dropout\": 0.1,"));
        String job = Files.readString(project.resources().resolve("job.yaml"));
        Files.writeString(
                project.resources().resolve("dropout.yaml"), job.replace("model: " + Project.MODEL, "model: model"));

        EngineExecutionResults results = project.run(TeamTests.ModelWithNotes.class);

        assertThat(failures(results)).isEmpty();
        assertThat(project.summary(TeamTests.ModelWithNotes.class, ".md"))
                .contains("- hasCleanData(FineTunedRun): no data problems\n");
    }

    @Test
    void saysWhichColumnARowLacks() {
        assertThat(failures(project.run(TeamTests.RowWithoutItsColumn.class)))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .contains(
                                "TunedModel[tickets-",
                                "] cannot answer\nerror FT0227",
                                "body",
                                "\n  try   add the column text to each row"));
    }

    @Test
    void saysWhereItLookedForAJob() throws IOException {
        assertThat(failures(project.run(TeamTests.NoJob.class)))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .contains(
                                "there is no job file tickets/none.yaml; looked at ",
                                folder.resolve("src/test/resources/tickets/none.yaml")
                                        .toString()));
        assertThat(project.summary(TeamTests.NoJob.class, ".xml"))
                .contains("errors=\"1\"", ">there is no job file tickets/none.yaml; looked at ");
    }

    @Test
    void refusesASwitchThatItDoesNotKnow() {
        project.with("finetune4j.baseline", "rec");

        assertThat(failures(project.run(TeamTests.NoJob.class)))
                .singleElement()
                .satisfies(failure ->
                        assertThat(failure).contains("finetune4j.baseline must be compare or record, was rec"));
    }

    static List<String> failures(EngineExecutionResults results) {
        return results.testEvents().failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .map(result ->
                        String.valueOf(result.getThrowable().orElseThrow().getMessage()))
                .toList();
    }

    private static List<String> entries(EngineExecutionResults results) {
        return results.testEvents().reportingEntryPublished().stream()
                .map(Event::getPayload)
                .flatMap(payload -> payload.stream())
                .map(ReportEntry.class::cast)
                .flatMap(entry -> entry.getKeyValuePairs().values().stream())
                .toList();
    }

    private static List<RunView> runs(Path home) {
        return new RunStore(home).list();
    }
}
