package dev.finetune4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.junit.baseline.Baseline;
import dev.finetune4j.junit.baseline.BaselineCase;
import dev.finetune4j.junit.baseline.BaselineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                                "  try   mvn test -Dtest='GuardedModel#isNoWorse' -Dfinetune4j.baseline=record\n",
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
                        .containsPattern("now   macro-F1 0\\.\\d\\d \\[[^]]+], baseline 0\\.\\d\\d \\[")
                        .containsPattern(
                                "difference -0\\.\\d\\d \\[-0\\.\\d\\d, -0\\.\\d\\d], the whole interval is worse, p ")
                        .containsPattern("rows  \\d worse, 0 better, \\d\\d alike, 0 not in the baseline\n")
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
    void comparesTheRowsThatBothAnswered() throws IOException {
        record();
        Baseline whole = new BaselineFile(project.baseline()).read().orElseThrow();
        new BaselineFile(project.baseline())
                .write(new Baseline(whole.job(), whole.metrics(), whole.cases().subList(0, 30)));

        assertThat(failures()).isEmpty();
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
                        .contains("job.baseline.jsonl is damaged: its first line promises format 1 and 40 rows"));
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
