package dev.finetune4j.engine.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPreparationTest {
    private static final TaskSpec CLASSIFICATION = TaskSpec.of(TaskKind.CLASSIFICATION);

    @TempDir
    Path folder;

    private Path base = Path.of("");
    private Path target = Path.of("");

    @BeforeEach
    void makeFolders() throws IOException {
        base = Files.createDirectory(folder.resolve("job"));
        target = folder.resolve("run").resolve("data");
    }

    @Test
    void dealsTheRowsOfAFileOut() throws IOException {
        write("rows.csv", csv(100, 10));

        PreparedData data = prepare(job(DataSpec.ofFile("rows.csv"), CLASSIFICATION));

        assertThat(data.rowsByPart())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Part.TRAIN, 70L, Part.VALIDATION, 10L, Part.TEST, 20L));
        assertThat(data.labels()).containsExactly("even", "odd");
        assertThat(data.record().format()).isEqualTo("columns");
        assertThat(data.record().share(Part.TEST).rowsByLabel())
                .containsExactly(Map.entry("even", 10L), Map.entry("odd", 10L));
        assertThat(rows(data, Part.TRAIN)).hasSize(70);
        assertThat(rows(data, Part.TRAIN).get(0).row().source()).isEqualTo("rows.csv");
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("train.jsonl", "validation.jsonl", "test.jsonl", "split.json");
        }
    }

    @Test
    void writesTheSameBytesForTheSameJob() throws IOException {
        write("rows.csv", csv(100, 10));
        FineTuneJob job = job(DataSpec.ofFile("rows.csv"), CLASSIFICATION);

        PreparedData first = prepare(job);
        target = folder.resolve("again");
        PreparedData second = prepare(job);

        assertThat(second.record()).isEqualTo(first.record());
        assertThat(second.file(Part.TRAIN)).hasSameBinaryContentAs(first.file(Part.TRAIN));
    }

    @Test
    void leavesAPreparedFolderAsItIsUntilTheRowsChange() throws IOException {
        write("rows.csv", csv(100, 10));
        FineTuneJob job = job(DataSpec.ofFile("rows.csv"), CLASSIFICATION);
        Path train = prepare(job).file(Part.TRAIN);
        FileTime longAgo = FileTime.fromMillis(1000);
        Files.setLastModifiedTime(train, longAgo);

        prepare(job);
        assertThat(Files.getLastModifiedTime(train)).isEqualTo(longAgo);

        write("rows.csv", csv(200, 10));
        assertThat(prepare(job).rowsByPart()).containsEntry(Part.TRAIN, 140L);
        assertThat(DataPreparation.find(target)).isPresent();
    }

    @Test
    void writesADamagedFolderAnew() throws IOException {
        write("rows.csv", csv(100, 10));
        FineTuneJob job = job(DataSpec.ofFile("rows.csv"), CLASSIFICATION);
        PreparedData whole = prepare(job);
        Path train = whole.file(Part.TRAIN);
        byte[] rows = Files.readAllBytes(train);

        for (Damage damage : List.<Damage>of(
                () -> Files.write(train, Arrays.copyOf(rows, rows.length / 2)),
                () -> Files.write(train, new byte[0]),
                () -> Files.delete(train),
                () -> Files.writeString(target.resolve(DataPreparation.RECORD_FILE), "zz"),
                () -> Files.writeString(target.resolve(DataPreparation.RECORD_FILE), "{}"))) {
            damage.happen();

            assertThat(prepare(job).record()).isEqualTo(whole.record());
            assertThat(train).hasBinaryContent(rows);
        }
    }

    private interface Damage {
        void happen() throws IOException;
    }

    @Test
    void keepsGroupsTogether() throws IOException {
        write("rows.csv", csv(300, 30));
        SplitSpec split = SplitSpec.defaults().withGroupBy("who");

        PreparedData data = prepare(job(DataSpec.ofFile("rows.csv").withSplit(split), CLASSIFICATION));

        Set<String> trained = actors(data, Part.TRAIN);
        assertThat(trained).isNotEmpty().doesNotContainAnyElementsOf(actors(data, Part.TEST));
        assertThat(trained).doesNotContainAnyElementsOf(actors(data, Part.VALIDATION));
    }

    @Test
    void takesPartsFromFilesOfTheirOwn() throws IOException {
        write("rows.csv", csv(100, 10));
        write("test.csv", csv(30, 3));
        SplitSpec split = new SplitSpec(0.1, 0, null, "test.csv", null, true, 0, 0, 0, 1);

        PreparedData data = prepare(job(DataSpec.ofFile("rows.csv").withSplit(split), CLASSIFICATION));

        assertThat(data.rowsByPart())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Part.TRAIN, 90L, Part.VALIDATION, 10L, Part.TEST, 30L));
        assertThat(rows(data, Part.TEST).get(0).row().source()).isEqualTo("test.csv");
        assertThat(data.record().rowsRead()).isEqualTo(130);
    }

    @Test
    void runsTheQueryOfAnSqlFileBesideTheJob() throws IOException {
        write("rows.csv", csv(100, 10));
        write("pick.sql", "SELECT text, label FROM r WHERE label = 'odd' OR text < 'x5'");

        PreparedData data =
                prepare(job(DataSpec.ofQuery("pick.sql", Map.of("r", SourceSpec.of("rows.csv"))), CLASSIFICATION));

        assertThat(data.record().rowsRead()).isBetween(51L, 99L);
        assertThat(rows(data, Part.TRAIN).get(0).row().source()).isEqualTo("pick.sql");
        assertThat(data.record().sources()).containsOnlyKeys("data.sources.r");
    }

    @Test
    void saysWhyAQueryFileCannotBeRead() throws IOException {
        write("rows.csv", csv(10, 2));
        Files.createDirectory(base.resolve("folder.sql"));
        Files.write(base.resolve("latin1.sql"), "SELECT 'caf\u00e9'".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(base.resolve("large.sql"), "-- " + "x".repeat(2_000_000));
        Map<String, SourceSpec> sources = Map.of("r", SourceSpec.of("rows.csv"));

        assertThat(Problems.text(
                        Problems.only(() -> prepare(job(DataSpec.ofQuery("folder.sql", sources), CLASSIFICATION)))))
                .contains("FT0230", "folder.sql", "it is a folder");
        assertThat(Problems.text(
                        Problems.only(() -> prepare(job(DataSpec.ofQuery("latin1.sql", sources), CLASSIFICATION)))))
                .contains("FT0230", "it is not UTF-8");
        assertThat(Problems.text(
                        Problems.only(() -> prepare(job(DataSpec.ofQuery("large.sql", sources), CLASSIFICATION)))))
                .contains("FT0230", "it has 2000003 bytes");
    }

    @Test
    void readsAllFilesOfAFolderInOrder() throws IOException {
        Files.createDirectory(base.resolve("parts"));
        write("parts/b.csv", csv(10, 2));
        write("parts/a.csv", csv(20, 2));

        PreparedData data = prepare(job(DataSpec.ofFile("parts/*.csv"), CLASSIFICATION));

        assertThat(data.record().rowsRead()).isEqualTo(30);
        assertThat(rows(data, Part.TRAIN).get(0).row().source()).isEqualTo("parts/*.csv/a.csv");
    }

    @Test
    void leavesBrokenRowsOutAsFarAsTheJobAllows() throws IOException {
        write("rows.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n".repeat(99) + "{\"prompt\":\"a\"}\n");
        FineTuneJob strict = job(DataSpec.ofFile("rows.jsonl"), TaskSpec.of(TaskKind.CHAT));
        FineTuneJob lenient = strict.toBuilder()
                .check(new CheckSpec(0.3, 0.05, 0.2, 0.02, 2, CheckSpec.Finding.ERROR, CheckSpec.Finding.WARNING))
                .build();

        Problem refusal = Problems.only(() -> prepare(strict));
        assertThat(refusal.code()).isEqualTo("FT0226");
        assertThat(refusal.remedies()).contains("check.max-invalid: 0.01    # leaves out 1 of 100 rows");
        assertThat(target.resolve("split.json")).doesNotExist();

        PreparedData data = prepare(lenient);
        assertThat(data.record().rowsLeftOut()).isEqualTo(1);
        assertThat(data.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.isError()).isFalse());
        assertThat(prepare(lenient).warnings()).isEqualTo(data.warnings());
    }

    @Test
    void reportsTheProblemsOfAllInputsTogether() {
        SplitSpec split = new SplitSpec(0.1, 0, null, "no-test.csv", null, true, 0, 0, 0, 1);

        assertThat(Problems.of(() -> prepare(job(DataSpec.ofFile("no-rows.csv").withSplit(split), CLASSIFICATION))))
                .extracting(Problems::text)
                .satisfiesExactly(
                        text -> assertThat(text).contains("FT0230", "no-rows.csv"),
                        text -> assertThat(text).contains("FT0230", "no-test.csv"));
    }

    @Test
    void saysWhichRowLacksItsGroup() throws IOException {
        write("rows.csv", csv(20, 5) + "x,odd,\n");

        assertThat(Problems.text(Problems.only(() -> prepare(job(
                        DataSpec.ofFile("rows.csv")
                                .withSplit(SplitSpec.defaults().withGroupBy("who")),
                        CLASSIFICATION)))))
                .contains("FT0241", "rows.csv row 21", "who", "text, label, who");
    }

    @Test
    void refusesASplitThatLeavesNoTestRows() throws IOException {
        write("rows.csv", csv(20, 1));

        assertThat(Problems.text(Problems.of(() -> prepare(job(
                                DataSpec.ofFile("rows.csv")
                                        .withSplit(SplitSpec.defaults().withGroupBy("who")),
                                CLASSIFICATION)))
                        .get(0)))
                .contains("FT0240", "the test part has no rows", "grouped by who");
    }

    /** No share deals out a row of a label that has but one. */
    @Test
    void proposesNoSplitThatWasAppliedOrChangesNothing() throws IOException {
        write("rows.csv", csv(2, 1));
        SplitSpec split = new SplitSpec(0, 0.3, null, null, null, true, 0, 0, 0, 1);
        SplitSpec smaller = split.toBuilder().test(0.2).build();

        for (SplitSpec tried : List.of(split, split.withGroupBy("who"), smaller, smaller.withGroupBy("who"))) {
            Problem empty = Problems.of(
                            () -> prepare(job(DataSpec.ofFile("rows.csv").withSplit(tried), CLASSIFICATION)))
                    .get(0);

            assertThat(empty.summary()).isEqualTo("the test part has no rows");
            assertThat(empty.remedies())
                    .contains("add rows")
                    .noneMatch(remedy -> remedy.startsWith("data.split: {"))
                    .noneMatch(remedy -> remedy.startsWith("data.split.validation"));
            assertThat(empty.causes()
                            .contains("a row of each label is left for training, and no label has another one"))
                    .isEqualTo(tried.groupBy() == null);
        }
    }

    @Test
    void proposesToLeaveOutTheValidationRowsWhereTheirGroupIsEnoughForTheTest() throws IOException {
        StringBuilder csv = new StringBuilder("text,label,who\n");
        for (int i = 0; i < 20; i++) {
            csv.append("x").append(i).append(i % 2 == 0 ? ",even,a" : ",odd,a").append(i / 10);
            csv.append('\n');
        }
        write("rows.csv", csv.toString());
        SplitSpec split = new SplitSpec(0.2, 0.1, null, null, "who", true, 0, 0, 0, 1);

        Problem empty = Problems.of(
                        () -> prepare(job(DataSpec.ofFile("rows.csv").withSplit(split), CLASSIFICATION)))
                .get(0);
        SplitSpec pasted = split.toBuilder().validation(0).build();

        assertThat(empty.summary()).isEqualTo("the test part has no rows");
        assertThat(empty.remedies()).contains("data.split.validation: 0");
        assertThat(rows(prepare(job(DataSpec.ofFile("rows.csv").withSplit(pasted), CLASSIFICATION)), Part.TEST))
                .hasSize(10);
    }

    @Test
    void refusesTestLabelsThatWereNeverTrained() throws IOException {
        write("rows.csv", csv(20, 5));
        write("test.csv", "text,label,who\na,strange,z\n");
        SplitSpec split = new SplitSpec(0.1, 0, null, "test.csv", null, true, 0, 0, 0, 1);

        assertThat(Problems.text(Problems.only(
                        () -> prepare(job(DataSpec.ofFile("rows.csv").withSplit(split), CLASSIFICATION)))))
                .contains(
                        "FT0242",
                        "strange",
                        "add training rows of strange, or leave out test.csv row 1",
                        "task.labels: [even, odd, strange]");
    }

    @Test
    void proposesOneListOfLabelsForAllParts() throws IOException {
        write("rows.csv", csv(20, 5));
        write("validation.csv", "text,label,who\na,odd,z\nb,odder,z\n");
        write("test.csv", "text,label,who\na,strange,z\n");
        SplitSpec split = new SplitSpec(0, 0, "validation.csv", "test.csv", null, true, 0, 0, 0, 1);

        assertThat(Problems.of(() -> prepare(job(DataSpec.ofFile("rows.csv").withSplit(split), CLASSIFICATION))))
                .extracting(Problems::text)
                .hasSize(2)
                .allSatisfy(text -> assertThat(text).contains("task.labels: [even, odd, odder, strange]"))
                .anySatisfy(text -> assertThat(text).contains("leave out validation.csv row 2"));
    }

    @Test
    void saysThatNothingCanBeWritten() throws IOException {
        write("rows.csv", csv(20, 5));
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(target, "a file where the folder should be");

        assertThat(Problems.only(() -> prepare(job(DataSpec.ofFile("rows.csv"), CLASSIFICATION)))
                        .code())
                .isEqualTo("FT0243");
    }

    private PreparedData prepare(FineTuneJob job) {
        SourceCache sources = new SourceCache(
                folder.resolve("home"),
                (address, target, progress) -> {
                    throw new AssertionError("nothing is to be fetched");
                },
                FetchProgress.SILENT);
        return new DataPreparation(sources).prepare(job, true, base, target);
    }

    private static FineTuneJob job(DataSpec data, TaskSpec task) {
        return FineTuneJob.builder("test", ModelRef.parse("model"), task, data).build();
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(base.resolve(name), content);
    }

    private static String csv(int rows, int actors) {
        StringBuilder csv = new StringBuilder("text,label,who\n");
        for (int i = 0; i < rows; i++) {
            int actor = i * 7 % actors;
            csv.append("x").append(i).append(" by actor ").append(actor).append(',');
            csv.append(i % 2 == 0 ? "even" : "odd").append(",a").append(actor).append('\n');
        }
        return csv.toString();
    }

    private static List<Example> rows(PreparedData data, Part part) {
        try (Stream<Example> rows = data.rows(part).open()) {
            return rows.toList();
        }
    }

    private static Set<String> actors(PreparedData data, Part part) {
        Set<String> actors = new HashSet<>();
        for (Example row : rows(data, part)) {
            String text = ((Example.Conversation) row).prompt().get(0).content();
            actors.add(text.substring(text.indexOf("by actor")));
        }
        return actors;
    }
}
