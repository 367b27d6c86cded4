package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateClause;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.SignificanceTest;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.evaluation.WrittenAnswers;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {
    private static final List<String> LABELS = List.of("ham", "spam", "junk");
    private static final TaskSpec CLASSIFICATION =
            TaskSpec.of(TaskKind.CLASSIFICATION).withLabels(LABELS);

    @Test
    void comparesTheTunedModelWithEachBaseVariant() {
        EvaluationReport report = evaluator(Gate.defaults())
                .evaluate(Map.of(
                        Variant.TUNED, answers(200, 0.9),
                        Variant.BASE_FEW_SHOT, answers(200, 0.5),
                        Variant.BASE_ZERO_SHOT, answers(200, 0.2)));

        assertThat(report.mainMetric()).isEqualTo(MetricName.MACRO_F1);
        assertThat(report.rows()).isEqualTo(200);
        assertThat(report.variants())
                .extracting(variant -> variant.variant())
                .containsExactly(Variant.BASE_ZERO_SHOT, Variant.BASE_FEW_SHOT, Variant.TUNED);
        assertThat(report.comparisons()).hasSize(4);
        Comparison accuracy =
                report.comparison(Variant.BASE_FEW_SHOT, MetricName.ACCURACY).orElseThrow();
        Interval tuned = report.variant(Variant.TUNED).orElseThrow().metric(MetricName.ACCURACY);
        Interval base = report.variant(Variant.BASE_FEW_SHOT).orElseThrow().metric(MetricName.ACCURACY);
        assertThat(accuracy.difference().value()).isEqualTo(tuned.value() - base.value());
        assertThat(accuracy.isImprovement()).isTrue();
        SignificanceTest.McNemarExact test = (SignificanceTest.McNemarExact) accuracy.test();
        assertThat(test.onlyTunedRight() - test.onlyBaseRight())
                .isEqualTo(Math.round(accuracy.difference().value() * 200));
        assertThat(test.pValue()).isLessThan(0.001);
        assertThat(report.gate().passed()).isTrue();
        assertThat(report.gate().clauses()).hasSize(2);
        assertThat(GateJudge.problem(report)).isEmpty();
    }

    @Test
    void callsABaseThatReadsNoRowTheSharesOfTheLabels() {
        List<Prediction> shares = answers(200, 0.2).stream()
                .map(answer -> scored(answer, Map.of("ham", -0.2, "spam", -2.0, "junk", -3.0)))
                .toList();
        List<Prediction> readsOneRow = new ArrayList<>(shares);
        readsOneRow.set(7, scored(shares.get(7), Map.of("ham", -0.3, "spam", -2.0, "junk", -3.0)));

        assertThat(evaluated(shares).base().orElseThrow().variant()).isEqualTo(Variant.BASE_PRIOR);
        assertThat(evaluated(shares).comparisons()).extracting(Comparison::base).containsOnly(Variant.BASE_PRIOR);
        assertThat(evaluated(shares).variants())
                .extracting(VariantEvaluation::predictions)
                .as("the shares stand for the base that was asked")
                .containsExactly("predictions/base-zero-shot.jsonl", "predictions/tuned.jsonl");
        assertThat(evaluated(readsOneRow).base().orElseThrow().variant()).isEqualTo(Variant.BASE_ZERO_SHOT);
        assertThat(evaluated(answers(200, 0.2)).base().orElseThrow().variant()).isEqualTo(Variant.BASE_ZERO_SHOT);
    }

    private static EvaluationReport evaluated(List<Prediction> base) {
        return evaluator(Gate.defaults())
                .evaluate(Map.of(Variant.BASE_ZERO_SHOT, base, Variant.TUNED, answers(200, 0.9)));
    }

    private static Prediction scored(Prediction answer, Map<String, Double> scoreByLabel) {
        return new Prediction(
                answer.row(),
                answer.reference(),
                answer.answer(),
                scoreByLabel,
                answer.negativeLogLikelihood(),
                answer.referenceTokens());
    }

    @Test
    void intervalsAgreeWithTheNormalApproximation() {
        EvaluationReport report = evaluator(Gate.defaults())
                .evaluate(Map.of(Variant.TUNED, answers(1000, 0.7), Variant.BASE_ZERO_SHOT, answers(1000, 0.3)));

        Interval accuracy = report.variant(Variant.TUNED).orElseThrow().metric(MetricName.ACCURACY);

        double halfWidth = 1.96 * Math.sqrt(accuracy.value() * (1 - accuracy.value()) / 1000);
        assertThat(accuracy.high() - accuracy.value()).isCloseTo(halfWidth, within(0.003));
        assertThat(accuracy.value() - accuracy.low()).isCloseTo(halfWidth, within(0.003));
    }

    @Test
    void givesTheSameReportTwice() {
        Map<Variant, List<Prediction>> predictions =
                Map.of(Variant.TUNED, answers(50, 0.9), Variant.BASE_ZERO_SHOT, answers(50, 0.2));

        EvaluationReport first = evaluator(Gate.defaults()).evaluate(predictions);
        EvaluationReport second = evaluator(Gate.defaults()).evaluate(predictions);

        assertThat(first).isEqualTo(second);
        assertThat(Json.read(Json.pretty(first), EvaluationReport.class)).isEqualTo(first);
    }

    @Test
    void perfectAnswersKeepTheirIntervalAtOneEvenWithARareLabel() {
        List<Prediction> perfect = answers(40, 1.0);

        EvaluationReport report = evaluator(Gate.defaults())
                .evaluate(Map.of(Variant.TUNED, perfect, Variant.BASE_ZERO_SHOT, answers(40, 0.0)));

        assertThat(report.variant(Variant.TUNED).orElseThrow().metric(MetricName.MACRO_F1))
                .isEqualTo(new Interval(1, 1, 1));
    }

    @Test
    void aLabelThatOnlyHeldOutRowsHaveCountsAsWrong() {
        List<Prediction> answers = List.of(answer(1, "ham", "ham"), answer(2, "unheard", "spam"));

        EvaluationReport report =
                evaluator(Gate.defaults()).evaluate(Map.of(Variant.TUNED, answers, Variant.BASE_ZERO_SHOT, answers));

        assertThat(report.variants().get(0).classes())
                .extracting(score -> score.label())
                .containsExactly("ham", "spam", "junk", "unheard");
        assertThat(report.variants().get(0).metric(MetricName.ACCURACY).value()).isEqualTo(0.5);
    }

    @Test
    void judgesPassagesByTheirLikelihoodAlone() {
        Evaluator evaluator = new Evaluator(TaskSpec.of(TaskKind.GENERATION), EvaluationSpec.defaults());

        EvaluationReport report =
                evaluator.evaluate(Map.of(Variant.TUNED, likelihoods(2.5), Variant.BASE_ZERO_SHOT, likelihoods(4.0)));

        assertThat(report.variants())
                .allSatisfy(variant -> assertThat(variant.metrics()).hasSize(1));
        assertThat(report.mainMetric()).isEqualTo(MetricName.PERPLEXITY);
        assertThat(GateJudge.problem(report)).isEmpty();
    }

    @Test
    void judgesPassagesThatWereContinuedByTheirBigramsToo() {
        Evaluator evaluator = new Evaluator(
                TaskSpec.of(TaskKind.GENERATION),
                EvaluationSpec.defaults().withGate(new Gate(MetricName.DISTINCT_2, 0.5, false)));

        EvaluationReport report = evaluator.evaluate(Map.of(
                Variant.TUNED,
                List.of(continued(1, "one two three"), continued(2, "two three four")),
                Variant.BASE_ZERO_SHOT,
                List.of(continued(1, "on and on and on"), continued(2, "on and on and on"))));

        assertThat(report.variant(Variant.TUNED)
                        .orElseThrow()
                        .metric(MetricName.DISTINCT_2)
                        .value())
                .isCloseTo(3 / 4.0, within(1e-12));
        assertThat(report.variant(Variant.BASE_ZERO_SHOT)
                        .orElseThrow()
                        .metric(MetricName.DISTINCT_2)
                        .value())
                .isCloseTo(2 / 8.0, within(1e-12));
        assertThat(report.mainMetric()).isEqualTo(MetricName.PERPLEXITY);
        assertThat(report.variants())
                .allSatisfy(variant -> assertThat(variant.written())
                        .isNotNull()
                        .extracting(WrittenAnswers::cut)
                        .isEqualTo(0L));
        assertThat(GateJudge.problem(report)).isEmpty();
    }

    private static Prediction continued(long row, String continuation) {
        return new Prediction(
                new RowRef("book.txt", row), "passage " + row + " as a whole", continuation, Map.of(), 12.0, 6);
    }

    @Test
    void aLabelThatNobodyHasDoesNotCapTheScore() {
        List<Prediction> right = List.of(answer(1, "ham", "ham"), answer(2, "spam", "spam"));

        EvaluationReport report =
                evaluator(Gate.defaults()).evaluate(Map.of(Variant.TUNED, right, Variant.BASE_ZERO_SHOT, right));

        assertThat(report.variants().get(0).metric(MetricName.MACRO_F1).value()).isEqualTo(1);
    }

    @Test
    void equalModelsDoNotPassTheGate() {
        List<Prediction> answers = answers(100, 0.6);

        EvaluationReport report =
                evaluator(Gate.defaults()).evaluate(Map.of(Variant.TUNED, answers, Variant.BASE_ZERO_SHOT, answers));

        Problem problem = GateJudge.problem(report).orElseThrow();
        assertThat(problem.kind()).isEqualTo(EvaluationProblems.GATE_FAILED);
        assertThat(problem.kind().exitCode()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(problem.causes()).singleElement().asString().contains("does not clearly beat zero-shot");
        assertThat(report.comparisons()).allSatisfy(comparison -> {
            assertThat(comparison.difference()).isEqualTo(new Interval(0, 0, 0));
            assertThat(comparison.test().pValue()).isEqualTo(1);
        });
    }

    @Test
    void gateNeedsIntervalsThatDoNotOverlap() {
        List<Prediction> base = answers(60, 0.50);
        List<Prediction> tuned = new ArrayList<>(base);
        int mended = 0;
        for (int i = 0; i < tuned.size() && mended < 6; i++) {
            Prediction wrong = tuned.get(i);
            if (!wrong.reference().equals(wrong.answer())) {
                tuned.set(i, answer(i + 1, wrong.reference(), wrong.reference()));
                mended++;
            }
        }

        EvaluationReport report = evaluator(new Gate(MetricName.ACCURACY, null, true))
                .evaluate(Map.of(Variant.TUNED, tuned, Variant.BASE_ZERO_SHOT, base));

        assertThat(report.comparison(Variant.BASE_ZERO_SHOT, MetricName.ACCURACY)
                        .orElseThrow()
                        .isImprovement())
                .isTrue();
        assertThat(report.gate().passed()).isFalse();
    }

    @Test
    void atLeastIsAnUpperBoundForPerplexity() {
        Evaluator evaluator = new Evaluator(
                TaskSpec.of(TaskKind.CHAT), EvaluationSpec.defaults().withGate(new Gate(null, 20.0, true)));

        EvaluationReport report =
                evaluator.evaluate(Map.of(Variant.TUNED, likelihoods(2.5), Variant.BASE_ZERO_SHOT, likelihoods(4.0)));

        Interval tuned = report.variant(Variant.TUNED).orElseThrow().metric(MetricName.PERPLEXITY);
        assertThat(tuned.value()).isCloseTo(Math.exp(2.5), within(1.0));
        assertThat(report.gate().passed()).isTrue();
        assertThat(report.gate().clauses().get(0)).isInstanceOf(GateClause.AtLeast.class);
        assertThat(GateJudge.reason(report.gate().clauses().get(0)))
                .contains("perplexity")
                .contains("reaches 20.0");
        assertThat(report.comparisons().get(0).isImprovement()).isTrue();
    }

    @Test
    void takesTheFormOfChatsThatAreAnswered() {
        List<Prediction> base = List.of(
                chatted(1, "a much longer answer than any", null),
                chatted(2, "fine", null),
                chatted(3, "cut off", false));
        List<Prediction> tuned = List.of(chatted(1, "fine", true), chatted(2, "good", true), chatted(3, "well", true));

        EvaluationReport report = new Evaluator(TaskSpec.of(TaskKind.CHAT), EvaluationSpec.defaults())
                .evaluate(Map.of(Variant.TUNED, tuned, Variant.BASE_ZERO_SHOT, base));

        assertThat(report.variants())
                .extracting(variant -> variant.metric(MetricName.FORMAT).value())
                .containsExactly(1 / 3.0, 1.0);
        assertThat(report.comparison(Variant.BASE_ZERO_SHOT, MetricName.FORMAT)
                        .orElseThrow()
                        .test())
                .isInstanceOf(SignificanceTest.McNemarExact.class);
        assertThat(report.mainMetric()).isEqualTo(MetricName.PERPLEXITY);
    }

    @Test
    void judgesAChatByLikelihoodsWhereAnOlderVersionLetOneModelRead() {
        List<Prediction> read = List.of(chatted(1, null, null), chatted(2, null, null));
        List<Prediction> answered = List.of(chatted(1, "fine", true), chatted(2, "fine", true));

        EvaluationReport report = new Evaluator(TaskSpec.of(TaskKind.CHAT), EvaluationSpec.defaults())
                .evaluate(Map.of(Variant.TUNED, answered, Variant.BASE_ZERO_SHOT, read));

        assertThat(report.variants())
                .allSatisfy(variant -> assertThat(variant.metrics().keySet()).containsExactly(MetricName.PERPLEXITY));
    }

    private static Prediction chatted(int row, @Nullable String answer, @Nullable Boolean complete) {
        return new Prediction(new RowRef("rows.jsonl", row), "right", answer, Map.of(), 3, 2, complete);
    }

    @Test
    void distinctBigramsKeepTheirValueWithinTheirInterval() {
        Evaluator evaluator = new Evaluator(TaskSpec.of(TaskKind.GENERATION), EvaluationSpec.defaults());
        Random random = new Random(5);
        List<Prediction> rows = IntStream.rangeClosed(1, 100)
                .mapToObj(i -> new Prediction(
                        new RowRef("rows", i),
                        "reference",
                        random.ints(20, 0, 30).mapToObj(Integer::toString).collect(Collectors.joining(" ")),
                        Map.of(),
                        30,
                        10))
                .toList();

        EvaluationReport report = evaluator.evaluate(Map.of(Variant.TUNED, rows, Variant.BASE_ZERO_SHOT, rows));

        Interval distinct = report.variants().get(0).metric(MetricName.DISTINCT_2);
        long bigrams = rows.stream()
                .flatMap(row -> {
                    String[] words = String.valueOf(row.answer()).split(" ");
                    return IntStream.range(1, words.length).mapToObj(i -> words[i - 1] + " " + words[i]);
                })
                .distinct()
                .count();
        assertThat(distinct.value()).isCloseTo(bigrams / 1900.0, within(1e-12));
        assertThat(distinct.low()).isLessThan(distinct.value()).isGreaterThan(0);
        assertThat(distinct.high()).isGreaterThan(distinct.value());
    }

    /** Without the one long answer all pairs are distinct. */
    @Test
    void distinctBigramsStayAShareWhereOneAnswerHasMostOfThem() {
        List<Prediction> rows = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> new Prediction(
                        new RowRef("rows", i),
                        "reference",
                        i == 1 ? "again ".repeat(100).strip() : "answer " + i,
                        Map.of(),
                        30,
                        10))
                .toList();

        EvaluationReport report = new Evaluator(TaskSpec.of(TaskKind.GENERATION), EvaluationSpec.defaults())
                .evaluate(Map.of(Variant.TUNED, rows));

        Interval distinct = report.variants().get(0).metric(MetricName.DISTINCT_2);
        assertThat(distinct.value()).isCloseTo(5 / 103.0, within(1e-12));
        assertThat(distinct.low()).isZero();
        assertThat(distinct.high()).isBetween(distinct.value(), 1.0);
    }

    @Test
    void everyTaskIsMeasuredByItsOwnMetrics() {
        for (TaskKind kind : TaskKind.values()) {
            List<Prediction> rows = List.of(
                    new Prediction(new RowRef("rows", 1), "ham", "ham", Map.of("ham", -1.0, "spam", -2.0), 3, 2),
                    new Prediction(new RowRef("rows", 2), "spam", "ham", Map.of("ham", -1.0, "spam", -2.0), 3, 2));

            EvaluationReport report = new Evaluator(TaskSpec.of(kind), EvaluationSpec.defaults())
                    .evaluate(Map.of(Variant.TUNED, rows, Variant.BASE_ZERO_SHOT, rows));

            assertThat(report.variants().get(0).metrics().keySet())
                    .as(kind.name())
                    .containsExactlyElementsOf(MetricName.of(kind));
        }
    }

    @Test
    void signsBleuAsSacreBleuDoes() {
        Evaluator evaluator = new Evaluator(TaskSpec.of(TaskKind.TRANSLATION), EvaluationSpec.defaults());
        List<Prediction> english = List.of(answer(1, "a scheduled task", "a task"));
        List<Prediction> chinese = List.of(answer(1, "\u8ba1\u5212\u4efb\u52a1", "\u4efb\u52a1"));

        assertThat(evaluator.evaluate(Map.of(Variant.TUNED, english)).bleuSignature())
                .isEqualTo("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp");
        assertThat(evaluator.evaluate(Map.of(Variant.TUNED, chinese)).bleuSignature())
                .contains("|tok:zh|");
        assertThat(evaluator(Gate.defaults())
                        .evaluate(Map.of(Variant.TUNED, answers(3, 1)))
                        .bleuSignature())
                .isNull();
    }

    @Test
    void refusesModelsThatAnsweredDifferentRows() {
        List<Prediction> two = List.of(answer(1, "ham", "ham"), answer(2, "spam", "ham"));
        List<Prediction> one = two.subList(0, 1);
        List<Prediction> other = List.of(answer(1, "ham", "ham"), answer(3, "spam", "ham"));

        assertThat(problem(Map.of(Variant.BASE_ZERO_SHOT, two, Variant.TUNED, one))
                        .causes())
                .containsExactly("base-zero-shot.jsonl has 2 rows, tuned.jsonl has 1");
        assertThat(problem(Map.of(Variant.BASE_ZERO_SHOT, two, Variant.TUNED, other))
                        .kind())
                .isEqualTo(EvaluationProblems.ROWS_DIFFER);
    }

    @Test
    void refusesToCompareNothing() {
        assertThat(problem(Map.of()).kind()).isEqualTo(EvaluationProblems.NOTHING_TO_COMPARE);
        assertThat(problem(Map.of(Variant.BASE_ZERO_SHOT, List.of(), Variant.TUNED, List.of()))
                        .kind())
                .isEqualTo(EvaluationProblems.NOTHING_TO_COMPARE);
        assertThat(problem(Map.of(Variant.BASE_ZERO_SHOT, answers(3, 1))).kind())
                .isEqualTo(EvaluationProblems.NOTHING_TO_COMPARE);
    }

    @Test
    void measuresATunedModelByItself() {
        List<Prediction> tuned = answers(50, 0.9);

        EvaluationReport alone = evaluator(Gate.defaults()).evaluate(Map.of(Variant.TUNED, tuned));

        EvaluationReport beside = evaluator(Gate.defaults())
                .evaluate(Map.of(Variant.TUNED, tuned, Variant.BASE_ZERO_SHOT, answers(50, 0.2)));
        assertThat(alone.variants())
                .containsExactly(beside.variant(Variant.TUNED).orElseThrow());
        assertThat(alone.comparisons()).isEmpty();
        assertThat(alone.rows()).isEqualTo(50);
    }

    @Test
    void refusesAGateOverAnotherTasksMetric() {
        FineTuneException refused = catchThrowableOfType(
                FineTuneException.class,
                () -> evaluator(new Gate(MetricName.BLEU, null, true))
                        .evaluate(Map.of(Variant.BASE_ZERO_SHOT, answers(3, 1), Variant.TUNED, answers(3, 1))));

        assertThat(refused.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(EvaluationProblems.UNKNOWN_METRIC);
            assertThat(problem.remedies()).containsExactly("evaluation.gate.metric: macro-f1");
        });
    }

    @Test
    void saysHowManyPredictionsLackAnAnswerOfEachModel() {
        List<Prediction> silent = List.of(answer(1, "ham", "ham"), answer(2, "ham", null));

        FineTuneException refused = catchThrowableOfType(
                FineTuneException.class,
                () -> evaluator(Gate.defaults())
                        .evaluate(Map.of(Variant.BASE_ZERO_SHOT, silent, Variant.TUNED, silent)));

        assertThat(refused.problems()).hasSize(2).allSatisfy(problem -> {
            assertThat(problem.kind()).isEqualTo(EvaluationProblems.INCOMPLETE_PREDICTION);
            assertThat(problem.summary()).endsWith("1 of 2 rows");
        });
    }

    @Test
    void readsWhatTheWorkerWrote(@TempDir Path output) throws IOException {
        Path folder = Files.createDirectory(output.resolve(WorkOrder.PREDICTIONS_FOLDER));
        List<Prediction> written = answers(5, 0.5);
        Files.write(
                folder.resolve(Variant.TUNED.fileName()),
                written.stream().map(Json::line).toList());
        Files.writeString(folder.resolve(Variant.BASE_FEW_SHOT.fileName()), Json.line(written.get(0)) + "\n{\"row\":");

        Map<Variant, List<Prediction>> read = PredictionFiles.read(output, Set.of(Variant.TUNED));
        Set<Variant> asked = Set.of(Variant.BASE_ZERO_SHOT, Variant.BASE_FEW_SHOT, Variant.TUNED);
        FineTuneException refused =
                catchThrowableOfType(FineTuneException.class, () -> PredictionFiles.read(output, asked));

        assertThat(read).containsExactly(Map.entry(Variant.TUNED, written));
        assertThat(refused.problems())
                .extracting(problem -> problem.kind().code() + " " + problem.summary())
                .containsExactlyInAnyOrder(
                        "FT0701 line 2 of base-few-shot.jsonl is not a prediction",
                        "FT0701 predictions cannot be read: base-zero-shot.jsonl");
    }

    private static Problem problem(Map<Variant, List<Prediction>> predictions) {
        FineTuneException refused = catchThrowableOfType(
                FineTuneException.class, () -> evaluator(Gate.defaults()).evaluate(predictions));
        assertThat(refused).isNotNull();
        return refused.problems().get(0);
    }

    private static Evaluator evaluator(Gate gate) {
        return new Evaluator(CLASSIFICATION, EvaluationSpec.defaults().withGate(gate));
    }

    /** Rows of which about this share is right; every 20th row has the rare third label. */
    private static List<Prediction> answers(int rows, double share) {
        Random random = new Random(rows + Math.round(share * 1000));
        return IntStream.rangeClosed(1, rows)
                .mapToObj(i -> {
                    String reference = LABELS.get(i % 20 == 0 ? 2 : i % 2);
                    String wrong = reference.equals("ham") ? "spam" : "ham";
                    return answer(i, reference, random.nextDouble() < share ? reference : wrong);
                })
                .toList();
    }

    private static Prediction answer(int row, String reference, @Nullable String answer) {
        return new Prediction(new RowRef("rows.jsonl", row), reference, answer, Map.of(), 1, 1);
    }

    private static List<Prediction> likelihoods(double perToken) {
        Random random = new Random(3);
        return IntStream.rangeClosed(1, 200)
                .mapToObj(i -> new Prediction(
                        new RowRef("rows.jsonl", i),
                        "text",
                        null,
                        Map.of(),
                        10 * (perToken + random.nextGaussian() / 10),
                        10))
                .toList();
    }
}
