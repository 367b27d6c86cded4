package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each block against its textbook formula: the same values forward; and its hand-written backward against libtorch's own
 * differentiation of the formula, and against finite differences of its own forward pass.
 */
class BlockGradientTest {
    private static TorchScript script;
    private static NDManager manager;

    /**
     * A block under test.
     *
     * @param name prefix of its methods in {@code block_tests.ts.py}
     * @param learned how many of the inputs, from the first, have a gradient
     * @param inputs shapes of random inputs
     */
    record Block(String name, int learned, List<Shape> inputs) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Block> blocks() {
        return Stream.of(
                new Block("rms_norm", 2, List.of(new Shape(7, 10), new Shape(10))),
                new Block(
                        "linear",
                        6,
                        List.of(
                                new Shape(7, 5),
                                new Shape(6, 5),
                                new Shape(4, 3),
                                new Shape(2, 3),
                                new Shape(9, 5),
                                new Shape(9))),
                new Block("lengths", 5, adaptedRows()),
                new Block("dropped_lengths", 5, adaptedRows()),
                new Block("rotary", 1, List.of(new Shape(7, 3, 8), new Shape(7, 1, 4), new Shape(7, 1, 4))),
                new Block("attention", 1, List.of(new Shape(150, 8, 6))),
                new Block("window", 1, List.of(new Shape(150, 8, 6))),
                new Block("behind_prefix", 1, List.of(new Shape(150, 8, 6))),
                new Block("window_behind_prefix", 1, List.of(new Shape(150, 8, 6))),
                new Block("feed_forward", 1, List.of(new Shape(7, 12))),
                new Block("gelu", 1, List.of(new Shape(7, 12))),
                new Block("head", 2, List.of(new Shape(11, 6), new Shape(13, 6))),
                new Block("capped", 2, List.of(new Shape(11, 6), new Shape(13, 6))),
                new Block("everywhere", 1, List.of(new Shape(150, 9, 6))),
                new Block("layer_norm", 3, List.of(new Shape(7, 10), new Shape(10), new Shape(10))),
                new Block(
                        "classifier",
                        5,
                        List.of(new Shape(5, 6), new Shape(6, 6), new Shape(6), new Shape(4, 6), new Shape(4))),
                new Block("encoder", 12, closedLayer(7, 6, 10)));
    }

    /** Inputs, factors of two adapted parts of the outputs with their lengths, weight, bias, and what all rows are long. */
    private static List<Shape> adaptedRows() {
        return List.of(
                new Shape(7, 5),
                new Shape(6, 5),
                new Shape(4, 3),
                new Shape(2, 3),
                new Shape(6),
                new Shape(9, 5),
                new Shape(9),
                new Shape(9));
    }

    /** Rows before and after attention, then weight and bias of each linear layer and norm that follows it. */
    private static List<Shape> closedLayer(int rows, int width, int inner) {
        Shape vector = new Shape(width);
        return List.of(
                new Shape(rows, width),
                new Shape(rows, width),
                new Shape(width, width),
                vector,
                new Shape(inner, width),
                new Shape(inner),
                new Shape(width, inner),
                vector,
                vector,
                vector,
                vector,
                vector);
    }

    @BeforeAll
    static void start() throws IOException {
        TorchRuntime.start(1);
        // As each call of TorchScript does: two generators of one seed would be made one.
        JniUtils.setGraphExecutorOptimize(false);
        try (InputStream in = BlockGradientTest.class.getResourceAsStream(
                "/dev/finetune4j/training/model/script/block_tests.ts.py")) {
            script = TorchScript.load(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterAll
    static void stop() {
        manager.close();
        script.close();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void computesTheTextbookFormula(Block block) {
        NDList inputs = inputs(block);

        float[] formula = call(block.name() + "_plain", inputs).get(0).toFloatArray();

        assertThat(call(block.name() + "_forward", inputs).get(0).toFloatArray())
                .containsExactly(formula, offset(2e-5f));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void backwardEqualsAutomaticDifferentiation(Block block) {
        NDList inputs = inputs(block);
        JniUtils.setGradMode(true);
        for (int i = 0; i < block.learned(); i++) {
            inputs.get(i).setRequiresGradient(true);
        }
        NDArray output = call(block.name() + "_plain", inputs).get(0);
        NDArray slope = random(output.getShape(), 9);
        JniUtils.backward((PtNDArray) output, (PtNDArray) slope, false, false);
        JniUtils.setGradMode(false);

        NDList byHand = backward(block, inputs(block), slope);

        for (int i = 0; i < block.learned(); i++) {
            assertThat(byHand.get(i).toFloatArray())
                    .as("gradient of input %d", i)
                    .containsExactly(inputs.get(i).getGradient().toFloatArray(), offset(1e-4f));
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void backwardEqualsFiniteDifferences(Block block) {
        float step = 1e-2f;
        NDArray slope =
                random(call(block.name() + "_forward", inputs(block)).get(0).getShape(), 9);
        NDList byHand = backward(block, inputs(block), slope);

        for (int i = 0; i < block.learned(); i++) {
            NDArray direction = random(byHand.get(i).getShape(), 20 + i);
            double ahead = along(block, i, direction.mul(step), slope);
            double behind = along(block, i, direction.mul(-step), slope);
            double foretold = byHand.get(i).mul(direction).sum().getFloat();

            assertThat((ahead - behind) / (2 * step))
                    .as("slope along input %d", i)
                    .isCloseTo(foretold, offset(1e-2 * (1 + Math.abs(foretold))));
        }
    }

    private static double along(Block block, int input, NDArray move, NDArray slope) {
        NDList moved = inputs(block);
        moved.set(input, moved.get(input).add(move));
        return call(block.name() + "_forward", moved).get(0).mul(slope).sum().getFloat();
    }

    private static NDList backward(Block block, NDList inputs, NDArray slope) {
        NDList all = new NDList(inputs);
        all.add(slope);
        return call(block.name() + "_backward", all);
    }

    /** A call outside libtorch's inference mode, so that it can be differentiated. */
    private static NDList call(String method, NDList inputs) {
        NDArray marker = manager.create(0f);
        marker.setName("module_method:" + method);
        NDList all = new NDList(marker);
        all.addAll(inputs);
        return script.block().forward(new ParameterStore(manager, false), all, true);
    }

    private static NDList inputs(Block block) {
        NDList inputs = new NDList();
        for (int i = 0; i < block.inputs().size(); i++) {
            inputs.add(random(block.inputs().get(i), i));
        }
        if (block.name().equals("head") || block.name().equals("capped")) {
            inputs.add(manager.create(new float[] {3, 0, 12, 7, 7, 1, 2, 3, 4, 5, 6}));
        }
        return inputs;
    }

    private static NDArray random(Shape shape, int seed) {
        Random random = new Random(seed);
        float[] numbers = new float[(int) shape.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return manager.create(numbers, shape);
    }
}
