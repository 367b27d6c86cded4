package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products are the same numbers on the processors of all makers, but for the last digits. */
class ProductTest {
    private static final String ENTRY = """
            class M(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool

              def written(self: __torch__.M, h: Tensor, x: Tensor, W: Tensor) -> Tensor:
                return __torch__.product.write(x, W, torch.empty_like(h))

              def written_back(self: __torch__.M, h: Tensor, x: Tensor, W: Tensor) -> Tensor:
                return __torch__.product.write(x, torch.contiguous(W.t()).t(), torch.empty_like(h))

              def written_sum(self: __torch__.M, h: Tensor, x: Tensor, W: Tensor) -> Tensor:
                return __torch__.product.write_sum(h, x, W, torch.empty_like(h))

              def written_bias(self: __torch__.M, h: Tensor, x: Tensor, W: Tensor) -> Tensor:
                return __torch__.product.write_sum(h[0], x, W, torch.empty_like(h))

              def added(self: __torch__.M, h: Tensor, x: Tensor, W: Tensor) -> Tensor:
                return __torch__.product.add(torch.clone(h), x, W)
            """;

    private static final int INPUTS = 48;
    private static final int OUTPUTS = 40;

    @BeforeAll
    static void start() {
        TorchRuntime.start(1);
    }

    @ParameterizedTest
    @CsvSource({
        "AuthenticAMD, 100",
        "AuthenticAMD, 8",
        "GenuineIntel, 100",
    })
    void productsAreThoseOfTheDefinition(String vendor, int tokens) {
        Random random = new Random(tokens);
        float[] h = numbers(random, tokens * OUTPUTS);
        float[] x = numbers(random, tokens * INPUTS);
        float[] w = numbers(random, OUTPUTS * INPUTS);
        try (TorchScript script = TorchScript.load(ENTRY, new CpuFeatures(vendor, Set.of()))) {
            Value[] arguments = {
                script.floats(h, tokens, OUTPUTS), script.floats(x, tokens, INPUTS), script.floats(w, OUTPUTS, INPUTS)
            };

            assertIs(script.call("written", (Object[]) arguments), x, w, (i, o) -> 0);
            assertIs(script.call("written_back", (Object[]) arguments), x, w, (i, o) -> 0);
            assertIs(script.call("written_sum", (Object[]) arguments), x, w, (i, o) -> h[i * OUTPUTS + o]);
            assertIs(script.call("written_bias", (Object[]) arguments), x, w, (i, o) -> h[o]);
            assertIs(script.call("added", (Object[]) arguments), x, w, (i, o) -> h[i * OUTPUTS + o]);
        }
    }

    private static void assertIs(Value actual, float[] x, float[] w, Addend addend) {
        float[] y = actual.toFloats();
        for (int k = 0; k < y.length; k++) {
            int token = k / OUTPUTS;
            int output = k % OUTPUTS;
            double expected = addend.of(token, output);
            for (int i = 0; i < INPUTS; i++) {
                expected += (double) x[token * INPUTS + i] * w[output * INPUTS + i];
            }
            assertThat((double) y[k]).isCloseTo(expected, Offset.offset(1e-4));
        }
    }

    private static float[] numbers(Random random, int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private interface Addend {
        double of(int token, int output);
    }
}
