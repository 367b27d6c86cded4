package dev.finetune4j.training.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import dev.finetune4j.training.model.encoder.EncoderFixture.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same encoders give the same numbers as in Hugging Face's transformers and PEFT (torch 2.15, fp32, CPU), before, during and after training. */
@Tag("long")
class EncoderParityTest {
    /** A loss of which bfloat16 rounds away more than a hundredth. */
    private static final double SMALL_IN_BFLOAT16 = 0.2;

    @ParameterizedTest
    @ValueSource(strings = {"bert", "distilbert", "roberta"})
    void givesTheLogitsOfTransformers(String name) throws Exception {
        JsonNode expected = EncoderFixture.expected(name);

        try (Classifier model = EncoderFixture.load(EncoderFixture.folder(name), HeadTuning.defaults())) {
            assertScores(model, expected, expected.path("logits"), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bert, full, NONE",
        "bert, full, FEED_FORWARD",
        "bert, full, LAYER",
        "distilbert, full, NONE",
        "distilbert, full, LAYER",
        "roberta, full, NONE",
        "bert, head, NONE",
        "distilbert, head, NONE",
        "roberta, head, NONE",
        "bert, lora, NONE",
        "bert, lora, FEED_FORWARD",
        "bert, lora, LAYER",
        "bert, dora, NONE",
        "bert, dora, LAYER",
        "distilbert, lora, NONE",
        "distilbert, lora, LAYER",
        "roberta, lora, NONE"
    })
    void trainsAsTransformersDoes(String name, String method, Recompute level) throws Exception {
        JsonNode expected = EncoderFixture.expected(name);

        try (Classifier model = load(name, method, Precision.FP32, level)) {
            for (Step step : train(model, expected, expected.path(method))) {
                assertThat(step.lossDifference(0)).as("loss of %s", step).isLessThan(1e-4);
                assertThat(step.normDifference(0))
                        .as("gradient norm of %s", step)
                        .isLessThan(1e-3);
            }
            assertScores(model, expected, expected.path(method).path("logits"), 1e-3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bert, full",
        "distilbert, full",
        "roberta, full",
        "bert, head",
        "bert, lora",
        "bert, dora",
        "distilbert, lora",
        "roberta, lora"
    })
    void bfloat16StaysNear(String name, String method) throws Exception {
        JsonNode expected = EncoderFixture.expected(name);

        try (Classifier model = load(name, method, Precision.BF16, Recompute.NONE)) {
            JsonNode run = expected.path(method);
            List<Step> steps = train(model, expected, run);

            // Which single step rounds worst depends on the order of sums; all of them together do not.
            assertThat(rootMeanSquare(steps.stream()
                            .mapToDouble(step -> step.lossDifference(SMALL_IN_BFLOAT16))
                            .toArray()))
                    .as("losses")
                    .isLessThan(1e-2);
            assertThat(rootMeanSquare(steps.stream()
                            .mapToDouble(step -> step.normDifference(SMALL_IN_BFLOAT16))
                            .toArray()))
                    .as("gradient norms")
                    .isLessThan(1e-1);
        }
    }

    @ParameterizedTest
    @CsvSource({"bert, lora", "bert, dora", "distilbert, lora", "roberta, lora"})
    void readsTheAdapterThatPeftTrained(String name, String kind) throws Exception {
        JsonNode expected = EncoderFixture.expected(name);
        Path adapter = EncoderFixture.adapter(name, kind, "end");
        Settings settings = EncoderFixture.settings(AdapterConfig.read(adapter), Precision.FP32, Recompute.NONE);

        try (Classifier model = EncoderFixture.load(EncoderFixture.folder(name), adapter, settings)) {
            assertScores(model, expected, expected.path(kind).path("logits"), 1e-4);
        }
    }

    /** With adapters it starts from those of PEFT, since they are drawn. */
    private static Classifier load(String name, String method, Precision precision, Recompute level) {
        Path base = EncoderFixture.folder(name);
        return switch (method) {
            case "full" -> EncoderFixture.load(base, EncoderFixture.settings(FullTuning.defaults(), precision, level));
            case "head" -> EncoderFixture.load(base, EncoderFixture.settings(HeadTuning.defaults(), precision, level));
            default -> {
                Path start = EncoderFixture.adapter(name, method, "start");
                yield EncoderFixture.load(
                        base, start, EncoderFixture.settings(AdapterConfig.read(start), precision, level));
            }
        };
    }

    /** A step's figures here and in transformers. */
    private record Step(int number, double loss, double theirLoss, double norm, double theirNorm) {
        double lossDifference(double floor) {
            return Math.abs(loss - theirLoss) / Math.max(floor, theirLoss);
        }

        double normDifference(double floor) {
            return Math.abs(norm - theirNorm) / Math.max(floor, theirNorm);
        }
    }

    private static double rootMeanSquare(double[] differences) {
        return Math.sqrt(
                Arrays.stream(differences).map(each -> each * each).average().orElseThrow());
    }

    private static List<Step> train(Classifier model, JsonNode expected, JsonNode run) {
        List<Text> texts = EncoderFixture.texts(expected);
        List<Step> steps = new ArrayList<>();
        for (int step = 0; step < run.path("losses").size(); step++) {
            double loss = 0;
            for (TokenBatch batch : EncoderFixture.microBatches(texts, step, 2, 3)) {
                loss += model.accumulateGradient(batch, 1.0 / 6, 0) / 6;
            }
            double norm = model.gradientNorm();
            model.step(step + 1, run.path("rates").path(step).asDouble(), 0.01, Math.min(1, 1 / (norm + 1e-6)));
            steps.add(new Step(
                    step,
                    loss,
                    run.path("losses").path(step).asDouble(),
                    norm,
                    run.path("norms").path(step).asDouble()));
        }
        return steps;
    }

    private static void assertScores(Classifier model, JsonNode expected, JsonNode logits, double tolerance) {
        List<int[]> texts =
                EncoderFixture.texts(expected).stream().map(Text::tokenIds).toList();
        List<double[]> scores = model.labelScores(texts);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(scores.get(i))
                    .containsExactly(
                            EncoderFixture.logSoftmax(EncoderFixture.doubles(logits.path(i))), offset(tolerance));
        }
    }
}
