package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Calibration;
import dev.finetune4j.evaluation.ClassScore;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The figures of scikit-learn, rouge-score, sacreBLEU and SciPy, as src/test/python/evaluation_fixtures.py wrote them. */
class ReferenceFiguresTest {
    private static final double EXACT = 1e-12;
    private static final JsonNode FIXTURES = fixtures();

    @Test
    void classScoresAndAveragesEqualScikitLearn() {
        assertThat(FIXTURES.get("classification")).hasSize(24);
        for (JsonNode fixture : FIXTURES.get("classification")) {
            LabelledAnswers answers = new LabelledAnswers(strings(fixture, "labels"), predictions(fixture));
            int rows = fixture.get("references").size();

            assertThat(once(answers.macroF1(), rows))
                    .isCloseTo(fixture.get("macroF1").asDouble(), within(EXACT));
            // One label a row: the micro-averaged F1 is the accuracy.
            for (String figure : List.of("accuracy", "microF1")) {
                assertThat(once(SumStatistic.mean(answers.right()), rows))
                        .isCloseTo(fixture.get(figure).asDouble(), within(EXACT));
            }
            List<ClassScore> scores = answers.classScores();
            assertThat(scores.stream().map(ClassScore::precision).toList()).isEqualTo(doubles(fixture, "precision"));
            assertThat(scores.stream().map(ClassScore::recall).toList()).isEqualTo(doubles(fixture, "recall"));
            assertThat(scores.stream()
                            .map(ClassScore::support)
                            .map(Math::toIntExact)
                            .toList())
                    .isEqualTo(
                            Json.records().convertValue(fixture.get("support"), new TypeReference<List<Integer>>() {}));
            for (int i = 0; i < scores.size(); i++) {
                assertThat(scores.get(i).f1())
                        .isCloseTo(fixture.get("f1").get(i).asDouble(), within(EXACT));
            }
            assertThat(answers.confusion().counts())
                    .isEqualTo(Json.records()
                            .convertValue(fixture.get("confusion"), new TypeReference<List<List<Long>>>() {}));
        }
    }

    @Test
    void calibrationErrorEqualsTheDirectComputation() {
        for (JsonNode fixture : FIXTURES.get("classification")) {
            LabelledAnswers answers = new LabelledAnswers(strings(fixture, "labels"), predictions(fixture));

            Calibration calibration = Objects.requireNonNull(answers.calibration());

            assertThat(calibration.expectedError())
                    .isCloseTo(fixture.get("calibrationError").asDouble(), within(1e-9));
            assertThat(calibration.bins().stream()
                            .mapToLong(Calibration.Bin::rows)
                            .sum())
                    .isEqualTo(fixture.get("references").size());
        }
    }

    @Test
    void exactMatchAndTokenF1EqualTheSquadScript() {
        eachPair("exactMatch", SquadScores::exactMatch);
        eachPair("tokenF1", SquadScores::tokenF1);
    }

    @Test
    void rougeEqualsRougeScore() {
        eachPair("rouge1", (reference, answer) -> Rouge.ofGrams(1, reference, answer));
        eachPair("rouge2", (reference, answer) -> Rouge.ofGrams(2, reference, answer));
        eachPair("rougeL", Rouge::ofSubsequence);
    }

    @Test
    void distinctBigramsAndPerplexityEqualTheDirectComputation() {
        for (JsonNode fixture : FIXTURES.get("text")) {
            List<String> answers = strings(fixture, "answers");

            assertThat(once(DistinctBigrams.of(answers), answers.size()))
                    .isCloseTo(fixture.get("distinct2").asDouble(), within(EXACT));
        }
        for (JsonNode fixture : FIXTURES.get("perplexity")) {
            List<Prediction> predictions = new ArrayList<>();
            for (JsonNode row : fixture.get("rows")) {
                RowRef place = new RowRef("fixture", predictions.size() + 1L);
                predictions.add(new Prediction(
                        place,
                        "",
                        null,
                        Map.of(),
                        row.get(0).asDouble(),
                        row.get(1).asInt()));
            }
            Statistic perplexity = MeasuredVariant.of(
                            Variant.TUNED, predictions, List.of(MetricName.PERPLEXITY), List.of())
                    .statistics()
                    .get(MetricName.PERPLEXITY);

            assertThat(once(Objects.requireNonNull(perplexity), predictions.size()))
                    .isCloseTo(fixture.get("perplexity").asDouble(), withinPercentage(1e-10));
        }
    }

    @Test
    void bleuAndChrfEqualSacreBleu() {
        eachCorpus("bleu", (reference, answer) -> Bleu.addends(BleuTokenizer.WORDS, reference, answer), Bleu::score);
        eachCorpus("chrf", Chrf::addends, Chrf::score);
    }

    @Test
    void bleuWithoutSpacesBetweenWordsEqualsSacreBleu() {
        eachCorpus(
                "bleuZh", (reference, answer) -> Bleu.addends(BleuTokenizer.CHINESE, reference, answer), Bleu::score);
        eachCorpus(
                "bleuChar",
                (reference, answer) -> Bleu.addends(BleuTokenizer.CHARACTERS, reference, answer),
                Bleu::score);
    }

    @Test
    void mcNemarEqualsTheBinomialTestOfSciPy() {
        for (JsonNode fixture : FIXTURES.get("mcnemar")) {
            double pValue = McNemar.pValue(
                    fixture.get("first").asLong(), fixture.get("second").asLong());

            assertThat(pValue).isCloseTo(fixture.get("pValue").asDouble(), within(1e-9));
        }
    }

    private interface PairScore {
        double of(String reference, String answer);
    }

    private static void eachPair(String figure, PairScore score) {
        assertThat(FIXTURES.get("text")).hasSize(60);
        for (JsonNode fixture : FIXTURES.get("text")) {
            List<String> references = strings(fixture, "references");
            List<String> answers = strings(fixture, "answers");
            for (int i = 0; i < references.size(); i++) {
                assertThat(score.of(references.get(i), answers.get(i)))
                        .as("%s of <%s> and <%s>", figure, references.get(i), answers.get(i))
                        .isCloseTo(fixture.get(figure).get(i).asDouble(), within(EXACT));
            }
        }
    }

    private static void eachCorpus(
            String figure, BiFunction<String, String, double[]> addends, ToDoubleFunction<double[]> score) {
        for (JsonNode fixture : FIXTURES.get("text")) {
            List<String> references = strings(fixture, "references");
            List<String> answers = strings(fixture, "answers");
            int rows = references.size();
            Statistic statistic = new SumStatistic(
                    IntStream.range(0, rows)
                            .mapToObj(i -> addends.apply(references.get(i), answers.get(i)))
                            .toArray(double[][]::new),
                    score);

            assertThat(once(statistic, rows))
                    .as(figure)
                    .isCloseTo(fixture.get(figure).asDouble(), within(1e-9));
        }
    }

    private static double once(Statistic statistic, int rows) {
        int[] once = new int[rows];
        Arrays.fill(once, 1);
        return statistic.over(once);
    }

    private static List<Prediction> predictions(JsonNode fixture) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < fixture.get("references").size(); i++) {
            Map<String, Double> scores = Json.records()
                    .convertValue(fixture.get("scores").get(i), new TypeReference<LinkedHashMap<String, Double>>() {});
            predictions.add(new Prediction(
                    new RowRef("fixture", i + 1L),
                    fixture.get("references").get(i).asText(),
                    fixture.get("answers").get(i).asText(),
                    scores,
                    1,
                    1));
        }
        return predictions;
    }

    private static List<String> strings(JsonNode fixture, String name) {
        return Json.records().convertValue(fixture.get(name), new TypeReference<List<String>>() {});
    }

    private static List<Double> doubles(JsonNode fixture, String name) {
        return Json.records().convertValue(fixture.get(name), new TypeReference<List<Double>>() {});
    }

    private static JsonNode fixtures() {
        try (InputStream stream = ReferenceFiguresTest.class.getResourceAsStream("metrics.json")) {
            return Json.records().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
