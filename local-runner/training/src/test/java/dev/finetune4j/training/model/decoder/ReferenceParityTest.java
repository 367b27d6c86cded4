package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.LoraLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast decoder gives the loss and every entry of the gradient that the slow, independent one gives. */
class ReferenceParityTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied", "bias", "qwen2"})
    void lossAndGradientEqualThoseOfTheReference(String name) {
        int[] first = new Random(1).ints(90, 0, 96).toArray();
        int[] second = new Random(2).ints(12, 0, 96).toArray();
        TokenBatch batch = Fixture.batch(0, first, second);
        try (LanguageModel model = Fixture.load(name)) {
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
            model.step(1, 2e-2, 0, 1); // now B is not zero and both factors have a gradient
            model.writeAdapter(folder);

            double loss = model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0) / batch.countedTargets();
            float[] gradient = FlatState.gradientByFirstMoment(model, folder.resolve("state"));
            ReferenceDecoder.Gradient expected;
            try (ReferenceDecoder reference = new ReferenceDecoder(Fixture.folder(name), folder, 2)) {
                expected = reference.gradient(first, second);
            }

            assertThat(loss).isCloseTo(expected.loss(), offset(1e-4));
            LoraLayout layout = shapeOf(name).adapters(Fixture.RANK_4);
            for (LoraLayout.Factor factor : layout.factors()) {
                int from = (int) factor.offset();
                assertThat(Arrays.copyOfRange(gradient, from, from + (int) factor.length()))
                        .as(factor.name())
                        .containsExactly(expected.byFactor().get(factor.name()), offset(2e-4f));
            }
        }
    }

    private static DecoderShape shapeOf(String name) {
        return SupportedArchitectures.shapeOf(
                ModelFolder.open(Fixture.folder(name)).config(), LongestTexts.NONE, name);
    }
}
