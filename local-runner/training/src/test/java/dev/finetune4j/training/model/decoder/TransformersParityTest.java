package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights give the same numbers as in Hugging Face's transformers and PEFT (torch 2.15, fp32, CPU). */
@Tag("long")
class TransformersParityTest {
    private static final int VOCABULARY = 96;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tied", "untied", "bias", "llama3", "linear", "yarn", "mistral", "qwen2", "qwen3", "phi3", "gemma2",
                "gemma3"
            })
    void givesTheLogitsAndLossesOfTransformers(String name) throws Exception {
        JsonNode expected = Fixture.expected(name);

        try (LanguageModel model = Fixture.load(name)) {
            for (JsonNode sequence : expected.path("sequences")) {
                int[] ids = Fixture.ints(sequence.path("ids"));

                assertThat(model.loss(Fixture.batch(0, ids)))
                        .isCloseTo(sequence.path("loss").asDouble(), offset(1e-4 * ids.length));
                assertThat(Fixture.next(model, VOCABULARY, ids))
                        .containsExactly(
                                Fixture.logSoftmax(Fixture.doubles(sequence.path("last_logits"))), offset(1e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied", "llama3", "mistral", "qwen3", "phi3", "gemma2", "gemma3"})
    void speaksAsTransformersDoes(String name) throws Exception {
        JsonNode expected = Fixture.expected(name);
        int[] ids = Fixture.ints(expected.path("sequences").path(0).path("ids"));

        try (LanguageModel model = Fixture.load(name)) {
            LanguageModel.Generated spoken = model.generate(new int[0], ids, List.of(), Sampling.greedy(12));

            assertThat(spoken.tokenIds()).containsExactly(Fixture.ints(expected.path("greedy")));
            assertThat(spoken.complete()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tied, peft, NONE",
        "tied, peft, FEED_FORWARD",
        "tied, peft, LAYER",
        "mistral, mistral/peft, NONE",
        "qwen3, qwen3/peft, NONE",
        "qwen3, qwen3/peft, LAYER",
        "phi3, phi3/peft, NONE",
        "gemma2, gemma2/peft, NONE",
        "gemma2, gemma2/peft, FEED_FORWARD",
        "gemma2, gemma2/peft, LAYER",
        "gemma3, gemma3/peft, NONE"
    })
    void trainsAsPeftDoes(String base, String peft, Recompute level) throws Exception {
        JsonNode expected = Fixture.expected(peft);
        Path start = Fixture.folder(peft).resolve("start");

        try (LanguageModel model = new DecoderLoader()
                .load(
                        Fixture.files(Fixture.folder(base)),
                        start,
                        Fixture.settings(Fixture.RANK_4, Precision.FP32, level))
                .model()) {
            for (int step = 0; step < expected.path("losses").size(); step++) {
                TokenBatch batch =
                        Fixture.batch(2, Fixture.sequence(expected, step), Fixture.sequence(expected, step + 1));
                double loss = model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0) / batch.countedTargets();
                double norm = model.gradientNorm();
                model.step(step + 1, 1e-2, 0.01, Math.min(1, 1 / (norm + 1e-6)));

                assertThat(loss)
                        .as("loss of step %d", step)
                        .isCloseTo(expected.path("losses").path(step).asDouble(), offset(1e-4));
                assertThat(norm)
                        .as("gradient norm of step %d", step)
                        .isCloseTo(expected.path("norms").path(step).asDouble(), offset(1e-3));
            }
            assertThat(Fixture.next(model, VOCABULARY, Fixture.sequence(expected, 0)))
                    .containsExactly(
                            Fixture.logSoftmax(
                                    Fixture.doubles(expected.path("last_logits").path(0))),
                            offset(1e-3));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tied, NONE",
        "tied, FEED_FORWARD",
        "tied, LAYER",
        "untied, NONE",
        "bias, NONE",
        "mistral, LAYER",
        "qwen3, NONE",
        "qwen3, LAYER",
        "phi3, NONE",
        "gemma2, NONE",
        "gemma2, LAYER",
        "gemma3, NONE"
    })
    void trainsEveryWeightAsTrainerDoes(String name, Recompute level) throws Exception {
        JsonNode expected = Fixture.expected(name + "/full");

        try (LanguageModel model = Fixture.load(name, Fixture.settings(FullTuning.defaults(), Precision.FP32, level))) {
            Fixture.assertTrainsAs(expected, expected.path("fp32"), 1e-4, model);

            for (int i = 0; i < 3; i++) {
                assertThat(Fixture.next(model, VOCABULARY, Fixture.sequence(expected, i)))
                        .containsExactly(
                                Fixture.logSoftmax(Fixture.doubles(expected.path("fp32")
                                        .path("last_logits")
                                        .path(i))),
                                offset(1e-3));
            }
        }
    }

    @Test
    void trainsEveryWeightInBfloat16AsAutocastDoes() throws Exception {
        JsonNode expected = Fixture.expected("tied/full");

        try (LanguageModel model =
                Fixture.load("tied", Fixture.settings(FullTuning.defaults(), Precision.BF16, Recompute.FEED_FORWARD))) {
            Fixture.assertTrainsAs(expected, expected.path("bf16"), 1e-2, model);
        }
    }

    @Test
    void readsAnAdapterOfPeft() throws Exception {
        JsonNode expected = Fixture.expected("peft");
        Path end = Fixture.folder("peft").resolve("end");

        try (LanguageModel model = new DecoderLoader()
                .load(
                        Fixture.files(Fixture.folder("tied")),
                        end,
                        Fixture.settings(Fixture.RANK_4, Precision.FP32, Recompute.NONE))
                .model()) {
            Fixture.assertAnswersAreThoseOf(expected, model);
        }
    }
}
