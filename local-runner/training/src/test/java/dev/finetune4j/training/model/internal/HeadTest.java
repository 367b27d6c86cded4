package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The head over more rows than are computed together and in slices of the vocabulary, against its formula in doubles. */
class HeadTest {
    /** M: a block of 1,024 rows and one of the rest. */
    private static final int ROWS = 1030;

    /** C. */
    private static final int WIDTH = 6;

    /** V. */
    private static final int VOCABULARY = 13;

    /** Room for 5 tokens of each of 1,024 rows, so that the slices have 5, 5 and 3. */
    private static final int SLICE = 5 * 1024;

    /** Room for all of the vocabulary in one slice. */
    private static final int WHOLE = VOCABULARY * 1024;

    /** Logits in float32 at a time: those of a few rows. */
    private static final int WIDE = 60;

    private static final double SCALE = 0.01;

    private static final float[] X = random(ROWS * WIDTH, 1);
    private static final float[] E = random(VOCABULARY * WIDTH, 2);
    private static final int[] TARGETS = new Random(3).ints(ROWS, 0, VOCABULARY).toArray();

    private static TorchScript script;

    /**
     * Loss and gradients, as the formula has them.
     *
     * @param loss summed over the rows
     * @param dx [M, C]
     * @param dE [V, C]
     */
    @SuppressWarnings("ArrayRecordComponent") // made fresh, read here only
    private record Expected(double loss, double[] dx, double[] dE) {}

    @BeforeAll
    static void start() throws IOException {
        TorchRuntime.start(1);
        try (InputStream in =
                HeadTest.class.getResourceAsStream("/dev/finetune4j/training/model/script/block_tests.ts.py")) {
            script = TorchScript.load(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @AfterAll
    static void stop() {
        script.close();
    }

    @ParameterizedTest
    @MethodSource("heads")
    void isItsFormulaInSeveralBlocksOfRows(int room, double cap, int learned) {
        assertGradients(TorchScript.FLOAT32, room, cap, learned, 1e-5);
    }

    /** Logits and what the gradient takes of them are rounded to 8 bits. */
    @ParameterizedTest
    @MethodSource("heads")
    void isItsFormulaInBfloat16(int room, double cap, int learned) {
        assertGradients(TorchScript.BFLOAT16, room, cap, learned, 2e-2);
    }

    /** Room for logits, cap of the logits, 0 where there is none, and whether the head is learned, 1 or 0. */
    static Stream<Arguments> heads() {
        return Stream.of(
                Arguments.of(SLICE, 0.0, 0),
                Arguments.of(SLICE, 0.0, 1),
                Arguments.of(SLICE, 1.5, 0),
                Arguments.of(SLICE, 1.5, 1),
                Arguments.of(WHOLE, 0.0, 1),
                Arguments.of(WHOLE, 1.5, 1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1.5})
    void writesNothingBackWhereNothingIsLearned(double cap) {
        int rows = 20;
        double[] logits = new double[rows * VOCABULARY];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = logit(i / VOCABULARY, i % VOCABULARY);
        }
        try (Value x = script.floats(Arrays.copyOf(X, rows * WIDTH), rows, WIDTH);
                Value head = script.floats(E, VOCABULARY, WIDTH);
                Value targets = script.integers(Arrays.copyOf(TARGETS, rows));
                Value made = script.call(
                        "head_loss",
                        x,
                        head,
                        targets,
                        cap,
                        TorchScript.BFLOAT16,
                        rows * VOCABULARY,
                        rows * VOCABULARY)) {
            float[] numbers = made.toFloats();

            assertThat((double) numbers[0]).isCloseTo(expected(rows, cap).loss(), withPercentage(0.5));
            assertThat(doubles(numbers, 1, numbers.length))
                    .as("the logits as the product left them")
                    .containsExactly(logits, offset(2e-2));
        }
    }

    private static void assertGradients(int dtype, int room, double cap, int learned, double tolerance) {
        Expected expected = expected(ROWS, cap);
        try (Value x = script.floats(X, ROWS, WIDTH);
                Value head = script.floats(E, VOCABULARY, WIDTH);
                Value targets = script.integers(TARGETS);
                Value loss = script.call("head_loss", x, head, targets, cap, dtype, room, WIDE);
                Value made = script.call("head_gradients", x, head, targets, cap, SCALE, learned, dtype, room, WIDE)) {
            float[] numbers = made.toFloats();
            int dxEnd = 1 + ROWS * WIDTH;

            assertThat((double) numbers[0]).isCloseTo(expected.loss(), withPercentage(10 * tolerance));
            assertThat(loss.toFloats()[0]).as("the loss alone").isCloseTo(numbers[0], offset(1e-6f * numbers[0]));
            assertNear(doubles(numbers, 1, dxEnd), expected.dx(), tolerance);
            assertNear(
                    doubles(numbers, dxEnd, numbers.length), learned == 1 ? expected.dE() : new double[0], tolerance);
        }
    }

    /** Each number is as it is expected, to a share of the largest. */
    private static void assertNear(double[] actual, double[] expected, double tolerance) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(actual).containsExactly(expected, offset(tolerance * largest));
    }

    /** loss = sum_i ( log sum_v exp(z_iv) - z_i,target ), and dz = softmax(z) - onehot(target), of the first rows. */
    private static Expected expected(int rows, double cap) {
        double loss = 0;
        double[] dx = new double[rows * WIDTH];
        double[] dE = new double[VOCABULARY * WIDTH];
        for (int i = 0; i < rows; i++) {
            double[] z = new double[VOCABULARY];
            double mass = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                z[v] = cap == 0 ? logit(i, v) : cap * Math.tanh(logit(i, v) / cap);
                mass += Math.exp(z[v]);
            }
            loss += Math.log(mass) - z[TARGETS[i]];
            for (int v = 0; v < VOCABULARY; v++) {
                double slope = cap == 0 ? 1 : 1 - (z[v] / cap) * (z[v] / cap);
                double dz = SCALE * slope * (Math.exp(z[v]) / mass - (v == TARGETS[i] ? 1 : 0));
                for (int c = 0; c < WIDTH; c++) {
                    dx[i * WIDTH + c] += dz * E[v * WIDTH + c];
                    dE[v * WIDTH + c] += dz * X[i * WIDTH + c];
                }
            }
        }
        return new Expected(loss, dx, dE);
    }

    private static double logit(int row, int token) {
        double sum = 0;
        for (int c = 0; c < WIDTH; c++) {
            sum += (double) X[row * WIDTH + c] * E[token * WIDTH + c];
        }
        return sum;
    }

    private static double[] doubles(float[] numbers, int begin, int end) {
        double[] wide = new double[end - begin];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = numbers[begin + i];
        }
        return wide;
    }

    /** Sixteenths between -1 and 1, which bfloat16 holds exactly. */
    private static float[] random(int length, int seed) {
        Random random = new Random(seed);
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (random.nextInt(33) - 16) / 16f;
        }
        return numbers;
    }
}
