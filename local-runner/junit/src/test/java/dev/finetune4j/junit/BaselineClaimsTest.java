package dev.finetune4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.junit.baseline.Baseline;
import dev.finetune4j.junit.baseline.BaselineCase;
import dev.finetune4j.junit.baseline.BaselineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records what a tiny model answers, lets it look better or worse, and compares. */
class BaselineClaimsTest {
    @TempDir
    Path folder;

    private Project project;

    @BeforeEach
    void startsAProject() {
        project = new Project(folder);
    }

    @Test
    void failsWithoutABaselineAndSaysHowToRecordOne() {
        List<String> failures = failures();

        assertThat(failures)
                .hasSize(2)
                .anySatisfy(failure -> assertThat(failure)
                        .contains(
                                "does not hold: worse than its baseline by at most 0.02 macro-f1 and 1 row\n"
                                        + "  why   there is no baseline: " + project.baseline() + "\n",
                                "  try   mvn test -Dtest='TeamTests$GuardedModel#isNoWorse' -Dfinetune4j.baseline=record\n",
                                "  then  commit the file"));
    }

    @Test
    void recordsABaselineAndHoldsAgainstIt() throws IOException {
        record();

        assertThat(Files.readAllLines(project.baseline())).hasSize(41);
        assertThat(failures()).isEmpty();
        assertThat(project.summary(TeamTests.GuardedModel.class, ".md"))
                .contains(
                        "| Baseline |",
                        "- isNoWorse(FineTunedRun): worse than its baseline by at most 0.02 macro-f1 and 1 row");
    }

    @Test
    void failsWithTheRowsThatAreAnsweredWorse() throws IOException {
        record();
        letTheBaselineHaveAllRight();

        List<String> failures = failures();

        assertThat(failures)
                .hasSize(2)
                .anySatisfy(failure -> assertThat(failure)
                        .containsPattern("now   macro-F1 0\\.\\d\\d \\[[^]]+], baseline 1\\.00 \\[1\\.00, 1\\.00]\n")
                        .containsPattern(
                                "difference -0\\.\\d\\d \\[-0\\.\\d\\d, -0\\.\\d\\d], the whole interval is worse, p ")
                        .containsPattern("rows  \\d worse, 0 better, \\d\\d alike\n")
                        .containsPattern(
                                "worse tickets.jsonl row \\d+: \"which team [a-z ]+\" should be \"(billing|technical)\","
                                        + " was \"(billing|technical)\", is \"(billing|technical)\"\n")
                        .contains(" more\n", "-Dfinetune4j.baseline=record    # if the new answers are right"));
        assertThat(failures.get(0).lines().filter(line -> line.startsWith("  worse ")))
                .hasSize(5);
    }

    @Test
    void saysThatTheWholeIntervalIsBetterWhereOnlySomeRowsAreWorse() {
        record();
        letTheBaselineHaveRightWhatTheModelHasWrong();

        assertThat(failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .contains("does not hold: worse than its baseline by at most 0.02 macro-f1 and 1 row\n")
                        .containsPattern(
                                "difference 0\\.\\d\\d \\[0\\.\\d\\d, [01]\\.\\d\\d], the whole interval is better, p ")
                        .doesNotContain("reaches zero"));
    }

    @Test
    void recordsAnewOverABaseline() throws IOException {
        record();
        String recorded = Files.readString(project.baseline());
        letTheBaselineHaveAllRight();

        record();

        assertThat(project.baseline()).hasContent(recorded);
    }

    @Test
    void comparesTheRowsThatBothAnsweredAndSaysWhichPartTheyAre() throws IOException {
        record();
        letTheBaselineHave(30, 5);

        assertThat(failures()).isEmpty();
        assertThat(project.summary(TeamTests.GuardedModel.class, ".md"))
                .contains(
                        "| Tuned, where compared |",
                        "| Baseline, where compared |",
                        "\nCompared with its baseline on 30 of 40 held-out rows,"
                                + " 5 of the baseline's rows are no longer held out.\n");
    }

    @Test
    void showsTheFiguresOfTheRowsThatBothAnswered() {
        record();
        letTheBaselineHaveAllRight();
        letTheBaselineHave(30, 1);

        assertThat(failures())
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure)
                        .containsPattern("now   macro-F1 0\\.\\d\\d \\[[^]]+], baseline 1\\.00 \\[1\\.00, 1\\.00]\n")
                        .contains(
                                "      difference -0.",
                                " alike, on 30 of 40 held-out rows, 1 of the baseline's rows is no longer held out\n"));
    }

    @Test
    void failsWhereFewerThanHalfOfTheHeldOutRowsAreInTheBaseline() throws IOException {
        record();
        letTheBaselineHave(19, 0);

        assertThat(failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .contains(
                                "\n  why   the two can be compared on 19 of 40 held-out rows: fewer than half\n",
                                "\n  try   mvn test -Dtest='TeamTests$GuardedModel#isNoWorse",
                                "-Dfinetune4j.baseline=record    # if other rows are meant to be held out"));
        assertThat(project.summary(TeamTests.GuardedModel.class, ".md"))
                .contains("\nCompared with its baseline on 19 of 40 held-out rows.\n");
    }

    @Test
    void failsWhereFewerThanHalfOfTheBaselinesRowsAreHeldOut() {
        record();
        letTheBaselineHave(40, 41);

        assertThat(failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .contains("why   the two can be compared on 40 of 40 held-out rows,"
                                + " 41 of the baseline's rows are no longer held out: fewer than half\n"));
    }

    @Test
    void failsWhereNoRowIsCommon() throws IOException {
        record();
        Files.writeString(
                project.baseline(), Files.readString(project.baseline()).replace("\"id\":\"", "\"id\":\"other"));

        assertThat(failures())
                .hasSize(2)
                .allSatisfy(
                        failure -> assertThat(failure).contains("why   of 40 held-out rows none is among the 40 of "));
    }

    @Test
    void saysThatABaselineIsDamaged() throws IOException {
        record();
        List<String> lines = Files.readAllLines(project.baseline());
        Files.write(project.baseline(), lines.subList(0, 20));

        assertThat(failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .contains(
                                "job.baseline.jsonl is damaged: it has 19 rows, its first line promises 40 rows\n",
                                "-Dfinetune4j.baseline=record    # if version control does not have it whole"));
        assertThat(project.summary(TeamTests.GuardedModel.class, ".md"))
                .contains("2 of 2 claims do not hold", "is damaged: it has 19 rows");
        assertThat(project.summary(TeamTests.GuardedModel.class, ".xml")).contains("tests=\"2\" failures=\"2\"");
    }

    @Test
    void saysWhichLineOfABaselineContradictsItsRow() throws IOException {
        record();
        List<String> lines = Files.readAllLines(project.baseline());

        changeSecondLine(lines, "\"reference\":\"[a-z]+\"", "\"reference\":\"sales\"");
        assertThat(failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .containsPattern(
                                "why   the baseline \\S+job\\.baseline\\.jsonl is damaged: line 2 says that another"
                                        + " answer to tickets\\.jsonl row \\d+ is right than the row says\n"));

        changeSecondLine(lines, "\"answer\":\"[a-z]+\",?", "");
        assertThat(failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .containsPattern("is damaged: line 2 has no answer to tickets\\.jsonl row \\d+\n"));
    }

    private void changeSecondLine(List<String> recorded, String pattern, String replacement) throws IOException {
        List<String> lines = new ArrayList<>(recorded);
        lines.set(1, recorded.get(1).replaceFirst(pattern, replacement));
        assertThat(lines.get(1)).isNotEqualTo(recorded.get(1));
        Files.write(project.baseline(), lines);
    }

    private void record() {
        project.with("finetune4j.baseline", "record");
        assertThat(failures()).isEmpty();
        project.with("finetune4j.baseline", "compare");
    }

    private List<String> failures() {
        return FineTuneExtensionTest.failures(project.run(TeamTests.GuardedModel.class));
    }

    private void letTheBaselineHaveAllRight() {
        letTheBaselineAnswer(BaselineCase::reference);
    }

    private void letTheBaselineHaveRightWhatTheModelHasWrong() {
        letTheBaselineAnswer(one -> one.reference().equals(one.answer()) ? other(one.reference()) : one.reference());
    }

    private static String other(String team) {
        return team.equals("billing") ? "technical" : "billing";
    }

    /** The first of its rows, and others that are not held out. */
    private void letTheBaselineHave(int common, int others) {
        BaselineFile file = new BaselineFile(project.baseline());
        Baseline recorded = file.read().orElseThrow();
        List<BaselineCase> cases = new ArrayList<>(recorded.cases().subList(0, common));
        for (int i = 0; i < others; i++) {
            cases.add(new BaselineCase("other-" + i, "billing", "billing", 1, 1));
        }
        file.write(new Baseline(recorded.job(), recorded.metrics(), cases));
    }

    private void letTheBaselineAnswer(Function<BaselineCase, String> answer) {
        BaselineFile file = new BaselineFile(project.baseline());
        Baseline recorded = file.read().orElseThrow();
        List<BaselineCase> answers = recorded.cases().stream()
                .map(one -> new BaselineCase(
                        one.id(),
                        one.reference(),
                        answer.apply(one),
                        one.negativeLogLikelihood(),
                        one.referenceTokens()))
                .toList();
        file.write(new Baseline(recorded.job(), recorded.metrics(), answers));
    }
}
