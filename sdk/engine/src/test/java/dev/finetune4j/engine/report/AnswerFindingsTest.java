package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.engine.evaluate.Evaluator;
import dev.finetune4j.engine.report.view.HtmlReport;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Labels that a tuned model does not use are named. */
class AnswerFindingsTest {
    private static final TaskSpec TASK =
            TaskSpec.of(TaskKind.CLASSIFICATION).withLabels(List.of("ham", "spam", "junk", "unheard-of"));

    @Test
    void namesEachLabelThatIsNeverAnsweredWithItsRows() {
        EvaluationReport evaluation = evaluation(
                List.of("ham", "junk", "spam", "spam", "ham", "other"),
                List.of("ham", "ham", "ham", "ham", "other", "other"));

        assertThat(finding(evaluation)).hasValueSatisfying(problem -> {
            assertThat(problem.kind()).isEqualTo(EvaluationProblems.UNANSWERED_LABELS);
            assertThat(problem.severity()).isEqualTo(Severity.WARNING);
            assertThat(problem.summary()).isEqualTo("never answered: \"spam\" (2 rows), \"junk\" (1 row)");
        });
    }

    /** A label with the most rows of all needs no more of them. */
    @Test
    void asksForRowsOnlyOfLabelsThatHaveFew() {
        EvaluationReport rare = evaluation(
                List.of("ham", "ham", "ham", "spam", "spam", "junk"),
                List.of("ham", "ham", "ham", "spam", "spam", "ham"));
        EvaluationReport frequent = evaluation(
                List.of("ham", "ham", "ham", "ham", "spam", "junk"),
                List.of("spam", "spam", "spam", "junk", "spam", "junk"));

        assertThat(finding(rare)).hasValueSatisfying(problem -> {
            assertThat(problem.causes()).isEmpty();
            assertThat(problem.remedies()).containsExactly(EvaluationProblems.UNANSWERED_LABELS.remedy());
        });
        EvaluationReport oneOfEach = evaluation(List.of("ham", "spam", "junk"), List.of("ham", "spam", "ham"));
        assertThat(finding(oneOfEach)).hasValueSatisfying(problem -> {
            assertThat(problem.causes())
                    .as("one row is few, though all have one")
                    .isEmpty();
            assertThat(problem.remedies()).containsExactly(EvaluationProblems.UNANSWERED_LABELS.remedy());
        });
        assertThat(finding(frequent)).hasValueSatisfying(problem -> {
            assertThat(problem.causes())
                    .containsExactly(
                            "a label has 2 of 6 rows on average: it is not for few rows that \"ham\" is left out");
            assertThat(problem.remedies()).containsExactly("finetune sweep JOB --learning-rate 1e-5,1e-4,1e-3,1e-2");
        });
    }

    @Test
    void namesTheOneAnswerOfAModelThatAnswersEveryRowAlike() {
        EvaluationReport evaluation =
                evaluation(List.of("ham", "junk", "spam", "junk"), List.of("ham", "ham", "ham", "ham"));

        assertThat(finding(evaluation)).hasValueSatisfying(problem -> {
            assertThat(problem.kind()).isEqualTo(EvaluationProblems.ONE_ANSWER);
            assertThat(problem.summary())
                    .isEqualTo("all 4 rows are answered \"ham\", none \"junk\" (2 rows), \"spam\" (1 row)");
        });
    }

    @Test
    void isSilentWhereNothingIsLeftOut() {
        List<String> both = List.of("ham", "spam");

        assertThat(finding(evaluation(both, List.of("spam", "ham"))))
                .as("wrong, but not left out")
                .isEmpty();
        assertThat(finding(evaluation(List.of("ham", "ham"), List.of("ham", "ham"))))
                .as("there is one label")
                .isEmpty();
        assertThat(finding(SampleRun.report().comparison().orElseThrow())).isEmpty();
    }

    @Test
    void tellsTextsThatSayNothing() {
        List<String> right = List.of("a fine day", "a rainy day", "no day at all");

        assertThat(finding(written(right, List.of("", " ", "fine"), true))).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo("FT0713");
            assertThat(problem.severity()).isEqualTo(Severity.WARNING);
            assertThat(problem.summary()).isEqualTo("2 of 3 rows are answered with nothing");
        });
        assertThat(finding(written(right, List.of("System:", "System:", "fine"), true)))
                .hasValueSatisfying(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0713");
                    assertThat(problem.summary()).isEqualTo("2 of 3 rows are answered with the same text");
                });
        assertThat(finding(written(right, List.of("It is is", "It is a", "It was"), false)))
                .hasValueSatisfying(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0714");
                    assertThat(problem.summary())
                            .isEqualTo("3 of 3 rows have an answer that evaluation.max-new-tokens ended");
                });
        assertThat(finding(written(right, List.of("one", "two", "three"), true)))
                .isEmpty();
        assertThat(finding(written(List.of("no", "no", "yes"), List.of("no", "no", "no"), true)))
                .as("as the right answers are")
                .isEmpty();
    }

    @Test
    void proposesTwiceTheTokensThatCutTheAnswers() {
        EvaluationReport cut = written(List.of("a fine day", "a rainy day"), List.of("It is is", "It is a"), false);

        assertThat(AnswerFindings.of(cut, 128).orElseThrow().causes())
                .containsExactly("evaluation.max-new-tokens is 128");
        assertThat(AnswerFindings.of(cut, 128).orElseThrow().remedies())
                .containsExactly("evaluation.max-new-tokens: 256");
        assertThat(AnswerFindings.of(cut, 1024).orElseThrow().remedies())
                .containsExactly("evaluation.max-new-tokens: 2048");
        assertThat(AnswerFindings.of(cut, 20_000).orElseThrow().remedies())
                .containsExactly("evaluation.max-new-tokens: 32768");
        assertThat(AnswerFindings.of(cut, 32_768).orElseThrow().remedies())
                .containsExactly("finetune check JOB    # tells whether training rows are cut before they end");
    }

    private static Optional<Problem> finding(EvaluationReport evaluation) {
        return AnswerFindings.of(evaluation, EvaluationSpec.DEFAULT_MAX_NEW_TOKENS);
    }

    private static EvaluationReport written(List<String> references, List<String> answers, boolean complete) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < references.size(); i++) {
            predictions.add(new Prediction(
                    new RowRef("rows.jsonl", i + 1L), references.get(i), answers.get(i), Map.of(), 1, 1, complete));
        }
        return new Evaluator(TaskSpec.of(TaskKind.QUESTION_ANSWERING), EvaluationSpec.defaults())
                .evaluate(Map.of(Variant.TUNED, predictions));
    }

    @Test
    void namesFiveOfManyLabels() {
        List<String> asked = List.of("a", "b", "c", "d", "e", "f", "g", "h");
        TaskSpec letters = TaskSpec.of(TaskKind.CLASSIFICATION).withLabels(asked);

        assertThat(finding(evaluation(letters, asked, Collections.nCopies(8, "a"))))
                .hasValueSatisfying(problem -> assertThat(problem.summary())
                        .startsWith("all 8 rows are answered \"a\", none ")
                        .endsWith(" (1 row) and 2 more")
                        .matches("[^(]*(\\(1 row\\)[^(]*){5}"));
        assertThat(finding(evaluation(letters, asked.subList(0, 7), Collections.nCopies(7, "a"))))
                .hasValueSatisfying(problem -> assertThat(problem.summary())
                        .matches("[^(]*(\\(1 row\\)[^(]*){6}")
                        .endsWith(" (1 row)"));
    }

    @Test
    void standsAmongTheNoticesOfTheReport() {
        RunReport sample = SampleRun.report();
        EvaluationReport alike = evaluation(List.of("ham", "spam"), List.of("spam", "spam"));

        RunReport report = RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .evaluation(alike, null)
                .build();

        assertThat(report.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.code()).isEqualTo("FT0711");
            assertThat(notice.count()).isEqualTo(1);
            assertThat(notice.remedy()).isEqualTo("finetune sweep JOB --learning-rate 1e-5,1e-4,1e-3,1e-2");
        });
        assertThat(HtmlReport.write(report))
                .contains("all 2 rows are answered &quot;spam&quot;, none &quot;ham&quot; (1 row)")
                .contains("<div>try: <code>finetune sweep JOB --learning-rate ");
        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
    }

    @Test
    void itsRemedyNamesTheJobFileWhereThatIsKnown() {
        RunReport sample = SampleRun.report();

        RunReport report = RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .jobFile("jobs/tickets.yaml")
                .evaluation(evaluation(List.of("ham", "spam"), List.of("spam", "spam")), null)
                .build();

        assertThat(report.notices())
                .singleElement()
                .satisfies(notice -> assertThat(notice.remedy()).startsWith("finetune sweep jobs/tickets.yaml --"));
    }

    @Test
    void aReportOfAVersionWithoutRemediesIsRead() {
        String json = ReportJson.write(SampleRun.failed());
        String older =
                json.replaceAll("\"remedy\" : \"[^\"]*\",\\s*", "").replaceAll(",\\s*\"remedy\" : \"[^\"]*\"", "");

        assertThat(older).isNotEqualTo(json).doesNotContain("\"remedy\"");
        assertThat(ReportJson.read(older).notices())
                .isNotEmpty()
                .allSatisfy(notice -> assertThat(notice.remedy()).isNull());
    }

    private static EvaluationReport evaluation(List<String> references, List<String> answers) {
        return evaluation(TASK, references, answers);
    }

    private static EvaluationReport evaluation(TaskSpec task, List<String> references, List<String> answers) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < references.size(); i++) {
            predictions.add(new Prediction(
                    new RowRef("rows.jsonl", i + 1L), references.get(i), answers.get(i), Map.of(), 1, 1));
        }
        return new Evaluator(task, EvaluationSpec.defaults()).evaluate(Map.of(Variant.TUNED, predictions));
    }
}
