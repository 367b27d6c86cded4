package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.engine.spec.ResolvedJob.Value;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {
    private static final String SMALLEST = """
            name: tickets
            model: smollm2-135m-instruct
            task: classification
            data: rows.jsonl
            """;

    @Test
    void theSmallestJobEqualsTheBuilders() {
        FineTuneJob built = FineTuneJob.builder(
                        "tickets",
                        ModelRef.parse("smollm2-135m-instruct"),
                        TaskSpec.of(TaskKind.CLASSIFICATION),
                        DataSpec.ofFile("rows.jsonl"))
                .build();

        FineTuneJob read = parse(SMALLEST);

        assertThat(read).isEqualTo(built);
        assertThat(Json.digest(read)).isEqualTo(Json.digest(built));
    }

    @Test
    void aModelMayChooseTheMethodThatTheFileLeavesOpen() {
        JobFile open = JobFile.parse(SMALLEST, "job.yaml", Path.of(""), Map.of());

        JobFile chosen = open.withMethodOfModel(FullTuning.defaults());

        assertThat(open.leavesMethodOpen()).isTrue();
        assertThat(open.isMethodOfModel()).isFalse();
        assertThat(chosen.job()).isEqualTo(parse(SMALLEST + "method: full\n"));
        assertThat(chosen.isMethodOfModel()).isTrue();
        assertThat(chosen.resolved().values()).contains(new Value("method.kind", "full", new Origin.ByModel()));
        assertThat(chosen.resolved().origins())
                .containsEntry("method.kind", "chosen for the model")
                .containsEntry("training.learning-rate", "chosen for the model")
                .containsEntry("training.epochs", "default")
                .doesNotContainKey("method.rank");
    }

    @Test
    void aLearningRateThatTheFileSaysStays() {
        JobFile open = JobFile.parse(SMALLEST + "training: {learning-rate: 1e-3}\n", "job.yaml", Path.of(""), Map.of());

        JobFile chosen = open.withMethodOfModel(FullTuning.defaults());

        assertThat(chosen.job().training().learningRate()).isEqualTo(1e-3);
        assertThat(chosen.resolved().origins().get("training.learning-rate")).startsWith("job.yaml:5:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"method: lora", "method: {rank: 4}", "method: {kind: lora}", "method: head"})
    void aMethodThatTheFileSaysIsNotOpen(String method) {
        assertThat(JobFile.parse(SMALLEST + method + "\n", "job.yaml", Path.of(""), Map.of())
                        .leavesMethodOpen())
                .isFalse();
    }

    @Test
    void readsEveryShorthandAsItsLongForm() {
        FineTuneJob job = parse("""
                $schema: job.schema.json
                name: tickets
                model: smollm2-135m-instruct
                task: {kind: classification}
                data:
                  sources:
                    one: a.json
                    two: [b.json, https://example.org/b.json]
                    three: {from: c.json}
                  query: rows.sql
                method: lora
                budget:
                targets: local
                """);

        assertThat(job.data().sources())
                .containsExactly(
                        Map.entry("one", SourceSpec.of("a.json")),
                        Map.entry("two", new SourceSpec(List.of("b.json", "https://example.org/b.json"), null)),
                        Map.entry("three", SourceSpec.of("c.json")));
        assertThat(job.targets()).containsExactly(ProviderId.LOCAL);
    }

    @Test
    void findsEveryProblemInOneReading() {
        List<Problem> problems = problems("""
                name: my tickets
                modell: smollm2-135m-instruct
                task:
                  kind: clasification
                data:
                  file: rows.jsonl
                  split: {validation: 0.5, test: 0.6}
                training:
                  epochs: 0
                  batch_size: 4
                  packing: yes
                method: {rank: "8"}
                epochs: 3
                """);

        assertThat(problems)
                .extracting(problem -> problem.code() + " " + problem.location())
                .containsExactly(
                        "FT0106 job.yaml:1:1  model",
                        "FT0110 job.yaml:1:7  name",
                        "FT0105 job.yaml:2:1  modell",
                        "FT0109 job.yaml:4:9  task.kind",
                        "FT0111 job.yaml:7:34  data.split.test",
                        "FT0108 job.yaml:9:11  training.epochs",
                        "FT0105 job.yaml:10:3  training.batch_size",
                        "FT0107 job.yaml:11:12  training.packing",
                        "FT0107 job.yaml:12:16  method.rank",
                        "FT0105 job.yaml:13:1  epochs");
        assertThat(problems)
                .extracting(problem -> problem.remedies().get(0))
                .containsExactly(
                        "model: smollm2-135m-instruct",
                        "name: my-job",
                        "rename modell to model",
                        "kind: classification",
                        "test: 0.2, validation: 0.1",
                        "epochs: 3",
                        "rename batch_size to batch-size",
                        "packing: true",
                        "rank: 16",
                        "write it as training.epochs");
        assertThat(problems.get(5).summary()).isEqualTo("training.epochs must be from 0.01 to 1000, was 0");
    }

    @ParameterizedTest
    @CsvSource({
        "'kind: full, dropout: 0.1', method full, dropout, dropout is a key of lora and qlora, kind: lora    # has dropout",
        "'kind: head, lora_r: 8', method head, lora_r, rank is a key of lora and qlora, kind: lora    # has rank",
        "'kind: prompt-tuning, dropot: 0.1', method prompt-tuning, dropot, dropout is a key of lora and qlora, kind: lora    # has dropout",
    })
    void saysWhichMethodsHaveAKey(String method, String where, String key, String why, String other) {
        Problem problem = onlyProblem(SMALLEST + "method: {" + method + "}\n");

        assertThat(problem.code()).isEqualTo("FT0105");
        assertThat(problem.summary()).isEqualTo(where + " has no key \"" + key + "\"");
        assertThat(problem.causes()).contains(why).doesNotContain("keys here: ");
        assertThat(problem.remedies()).containsExactly("delete the key, or see: finetune schema", other);
    }

    @ParameterizedTest
    @CsvSource({"'kind: full, KIND: lora', KIND", "'Kind: head', Kind"})
    void knowsTheKindThatIsSpelledOtherwise(String method, String key) {
        Problem problem = onlyProblem(SMALLEST + "method: {" + method + "}\n");

        assertThat(problem.code()).isEqualTo("FT0105");
        assertThat(problem.remedies()).first().isEqualTo("rename " + key + " to kind");
    }

    @Test
    void knowsTheKeysOfTheMethodThatIsNamedFirst() {
        assertThat(onlyProblem(SMALLEST + "method: {kind: lora, drop_out: 0.1}\n")
                        .remedies())
                .first()
                .isEqualTo("rename drop_out to dropout");
        assertThat(onlyProblem(SMALLEST + "method: {kind: full, lr: 0.1}\n").remedies())
                .first()
                .isEqualTo("write it as training.learning-rate");
    }

    @Test
    void showsTheLineThatIsNoYaml() {
        Problem problem = onlyProblem("name: tickets\nmodel: a: b\n");

        assertThat(problem.code()).isEqualTo("FT0103");
        assertThat(problem.location()).hasToString("job.yaml:2:9");
        assertThat(problem.causes()).contains("line 2 is: model: a: b");
        assertThat(problem.remedies().get(0)).contains("double quotes");
    }

    @Test
    void namesATabAsWhatItIs() {
        Problem problem = onlyProblem("name: tickets\ntask:\n\tkind: chat\n");

        assertThat(problem.code()).isEqualTo("FT0103");
        assertThat(problem.location()).hasToString("job.yaml:3:1");
        assertThat(problem.remedies().get(0)).isEqualTo("replace the tab in line 3 by spaces");
    }

    @Test
    void refusesWhatIsNotOneDocument() {
        assertThat(onlyProblem("").summary()).contains("no YAML document");
        assertThat(onlyProblem("# only a comment\n").summary()).contains("no YAML document");
        assertThat(onlyProblem(SMALLEST + "---\n" + SMALLEST).location()).hasToString("job.yaml:5:1");
        assertThat(onlyProblem("- a\n- b\n").summary())
                .isEqualTo("a job file must be a mapping, was a list of 2 values");
        assertThat(onlyProblem("a: !!java.lang.String b\n").code()).isEqualTo("FT0103");
        assertThat(onlyProblem("task:\n  prompt: {{text}}\n").remedies().get(0)).contains("\"{{text}}\"");
        assertThat(onlyProblem("name: a\u0001b\n").summary()).isEqualTo("character U+0001 is not allowed in YAML");
        assertThat(onlyProblem("name: a\u0001b\n").location()).hasToString("job.yaml:1:8");
    }

    @Test
    void readsCharactersOfTwoUnitsAtAnyDistance() {
        for (int i = 1000; i < 1060; i++) {
            String rows = "x".repeat(i) + "\uD83D\uDE00";

            assertThat(parse(SMALLEST.replace("rows.jsonl", rows)).data().file())
                    .isEqualTo(rows);
        }
    }

    @Test
    void reportsADoubledKeyWithBothLines() {
        Problem problem = onlyProblem(SMALLEST + "name: again\n");

        assertThat(problem.code()).isEqualTo("FT0104");
        assertThat(problem.location()).hasToString("job.yaml:5:1");
        assertThat(problem.causes()).containsExactly("first at line 1, again at line 5");
    }

    @Test
    void refusesAnAnchorBombBeforeItUnfolds() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 40; i++) {
            String nine = String.join(", ", java.util.Collections.nCopies(9, "*a" + (i - 1)));
            bomb.append(String.format(Locale.ROOT, "a%d: &a%d [%s]\n", i, i, nine));
        }

        assertThat(onlyProblem(bomb.toString()).code()).isEqualTo("FT0102");
        assertThat(onlyProblem("a: &a [*a]\n").code()).isEqualTo("FT0103");
    }

    @Test
    void refusesDeepNestingWithoutARecursionThatDeep() {
        assertThat(onlyProblem("[".repeat(400_000)).code()).isEqualTo("FT0102");
        assertThat(onlyProblem("- ".repeat(400_000)).code()).isEqualTo("FT0102");
        assertThat(onlyProblem("{a: ".repeat(200_000)).code()).isEqualTo("FT0102");
    }

    @Test
    void followsAnAliasToAValueBeforeIt() {
        FineTuneJob job = parse("""
                name: tickets
                model: smollm2-135m-instruct
                task: {kind: classification, prompt: &text "{{text}}", answer: *text}
                data: rows.jsonl
                """);

        assertThat(job.task().answer()).isEqualTo("{{text}}");
    }

    @Test
    void refusesALargeFileBeforeParsing(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("job.yaml");
        Files.write(file, new byte[50_000_000]);

        Problem problem = problemsOf(file).get(0);

        assertThat(problem.code()).isEqualTo("FT0102");
        assertThat(problem.causes()).containsExactly("50000000 bytes, at most 1048576");
        assertThatThrownBy(() -> parse("#".repeat(JobFile.MAX_BYTES + 1))).hasMessageContaining("FT0102");
    }

    @Test
    void saysWhyAFileCannotBeRead(@TempDir Path folder) throws IOException {
        Path latin1 =
                Files.write(folder.resolve("latin1.yaml"), "name: a\nmodel: é\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(problemsOf(folder.resolve("absent.yaml")).get(0).causes().get(0))
                .startsWith("there is no such file in");
        assertThat(problemsOf(folder).get(0).causes()).containsExactly("it is a folder");
        Path spaced = Files.createDirectory(folder.resolve("my jobs"));
        assertThat(problemsOf(spaced).get(0).remedies())
                .containsExactly("finetune check '" + spaced.resolve("job.yaml") + "'");
        assertThat(problemsOf(folder).get(0).code()).isEqualTo("FT0101");
        assertThat(problemsOf(latin1).get(0).location()).hasToString(latin1 + ":2");
        assertThat(problemsOf(latin1).get(0).causes()).containsExactly("byte 15 is 0xE9");
    }

    @Test
    void readsAFileWithByteOrderMarkAndWindowsLines(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), "\uFEFF" + SMALLEST.replace("\n", "\r\n"));

        JobFile read = JobFile.read(file, Map.of(), Profile.NONE);

        assertThat(read.job()).isEqualTo(parse(SMALLEST));
        assertThat(read.baseFolder()).isEqualTo(folder.toAbsolutePath());
    }

    @Test
    void takesNamedVariablesFromTheEnvironmentAndNothingElse() {
        String text = SMALLEST.replace("rows.jsonl", "\"${env:ROWS}/$HOME/$${env:ROWS}.jsonl\"")
                + "training:\n  epochs: ${env:EPOCHS}\n  packing: ${env:PACK}\n";

        JobFile file =
                JobFile.parse(text, "job.yaml", Path.of(""), Map.of("ROWS", "/data", "EPOCHS", "2.5", "PACK", "true"));

        assertThat(file.job().data().file()).isEqualTo("/data/$HOME/${env:ROWS}.jsonl");
        assertThat(file.job().training().epochs()).isEqualTo(2.5);
        assertThat(file.job().training().packing()).isTrue();
        assertThat(file.resolved().yaml())
                .contains("${env:EPOCHS}")
                .contains("# environment EPOCHS")
                .doesNotContain("2.5");
    }

    @Test
    void neverShowsWhatTheEnvironmentHolds() {
        String secret = "hunter" + 2 * 1000;
        String text = """
                name: ${env:A}
                model: ${env:B}
                task: ${env:A}
                data: ${env:C-D}
                training:
                  epochs: ${env:A}
                  batch-size: ${env:N}
                data.x: 1
                evaluation: {gate: {metric: "${env:A}"}}
                """;

        List<Problem> problems = catchThrowableOfType(
                        FineTuneException.class,
                        () -> JobFile.parse(text, "job.yaml", Path.of(""), Map.of("A", secret + "!", "N", "99999")))
                .problems();

        assertThat(problems.toString()).doesNotContain(secret).doesNotContain("99999");
        assertThat(problems)
                .extracting(Problem::code)
                .containsExactly("FT0110", "FT0112", "FT0109", "FT0112", "FT0107", "FT0108", "FT0105");
        assertThat(problems.get(1).remedies()).containsExactly("export B=...");
    }

    @Test
    void showsAnAddressWithoutWhatItHides() {
        String address = "https://user:" + "pass" + "word@example.org/x?sig=" + "abc";

        List<Problem> problems = problems(SMALLEST + "budget: {max-cost: \"" + address + "\"}\n");

        assertThat(problems.toString())
                .doesNotContain("password")
                .doesNotContain("abc")
                .contains("example.org");
    }

    @Test
    void placesAProblemThatKnowsOnlyTheKey() {
        JobFile file = file(SMALLEST + "training: {epochs: 2}\n");

        assertThat(file.placed(at("training.epochs")).place()).hasToString("Optional[job.yaml:5:20  training.epochs]");
        assertThat(file.placed(at("training")).place()).hasToString("Optional[job.yaml:5:20  training]");
        assertThat(file.placed(at("training.seed")).place()).hasToString("Optional[job.yaml  training.seed]");
        Problem ofAnotherFile = JobProblems.CONTRADICTION
                .error("no")
                .at(Location.of("rows.jsonl"))
                .build();
        assertThat(file.placed(ofAnotherFile)).isEqualTo(ofAnotherFile);
    }

    private static Problem at(String key) {
        return JobProblems.CONTRADICTION.error("no").at(Location.ofKey(key)).build();
    }

    @Test
    void resolvedJobSaysEverythingAndReadsBackTheSame() {
        JobFile file = file(SMALLEST + "training: {epochs: 2}\ndata.split: 1\n".replace("data.split: 1\n", ""));

        ResolvedJob resolved = file.resolved();

        assertThat(parse(resolved.yaml())).isEqualTo(file.job());
        assertThat(resolved.values())
                .contains(
                        new ResolvedJob.Value("training.epochs", "2", new Origin.InFile("job.yaml", 5, 20)),
                        new ResolvedJob.Value("training.batch-size", "8", new Origin.Default()),
                        new ResolvedJob.Value("task.kind", "classification", new Origin.InFile("job.yaml", 3, 7)),
                        new ResolvedJob.Value("targets[0]", "local", new Origin.Default()));
        assertThat(resolved.yaml()).contains("  batch-size: 8" + " ".repeat(33) + "# default\n");
        assertThat(resolved.json())
                .contains("\"key\" : \"training.epochs\"")
                .contains("\"origin\" : \"job.yaml:5:20\"");
    }

    @Test
    void aShareBesideAFileBecomesNothing() {
        FineTuneJob job =
                parse(SMALLEST.replace("data: rows.jsonl", "data: {file: a.jsonl, split: {test-file: t.jsonl}}"));

        assertThat(job.data().split().test()).isZero();
        assertThat(job.data().split().validation()).isEqualTo(SplitSpec.DEFAULT_VALIDATION);
    }

    @Test
    void aJobMadeInJavaIsHeldAgainstTheSameRules() {
        FineTuneJob job = parse(SMALLEST).toBuilder()
                .training(TrainingSpec.builder().earlyStoppingPatience(2).build())
                .build();
        DataSpec noValidation = job.data().withSplit(new SplitSpec(0, 0.2, null, null, null, true, 0, 0, 0, 1));
        FineTuneJob unwatched = FineTuneJob.builder(job.name(), job.model(), job.task(), noValidation)
                .training(job.training())
                .build();

        assertThat(JobFile.of(job, Path.of("")).resolved().values())
                .allMatch(value -> value.origin() instanceof Origin.InCode);
        assertThatThrownBy(() -> JobFile.of(unwatched, Path.of("")))
                .hasMessageContaining("early stopping has no validation rows");
    }

    @Test
    void exitsAsAnInvalidJob() {
        FineTuneException refused = catchThrowableOfType(FineTuneException.class, () -> parse("name: tickets\n"));

        assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID);
        assertThat(refused.problems().get(0).place()).containsInstanceOf(Location.InFile.class);
    }

    private static FineTuneJob parse(String text) {
        return file(text).job();
    }

    private static JobFile file(String text) {
        return JobFile.parse(text, "job.yaml", Path.of(""), Map.of());
    }

    private static List<Problem> problems(String text) {
        return catchThrowableOfType(FineTuneException.class, () -> parse(text)).problems();
    }

    private static Problem onlyProblem(String text) {
        List<Problem> problems = problems(text);
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static List<Problem> problemsOf(Path file) {
        return catchThrowableOfType(FineTuneException.class, () -> JobFile.read(file, Map.of(), Profile.NONE))
                .problems();
    }
}
