package dev.finetune4j.training.model.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The script unpacks blocks of ggml to the very floats that the decoder in Java gives, which are those of the gguf package. */
class PackedBlocksTest {
    private static final int ROWS = 600;
    private static final int COLUMNS = 512;

    private static TorchScript script;

    @BeforeAll
    static void start() {
        TorchRuntime.start(1);
        script = TorchScript.load();
    }

    @AfterAll
    static void stop() {
        script.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"})
    void unpacksToTheFloatsOfTheDecoder(TensorType type) {
        unpacks(type, "ggml_part");
        unpacks(type, "code_part");
    }

    private static void unpacks(TensorType type, String kind) {
        byte[] bytes = randomBlocks(type);
        float[] expected = new float[ROWS * COLUMNS];
        Dequantization.decode(type, ByteBuffer.wrap(bytes), FloatBuffer.wrap(expected));
        Value blocks = script.call("empty", ROWS, bytes.length / ROWS, TorchScript.BYTE);
        blocks.memory().put(bytes);
        Value weight = script.call("empty", ROWS, COLUMNS, TorchScript.FLOAT32);

        Value part = script.call(kind, 0, ROWS, blocks, type.ggmlNumber(), type.blockElements(), type.blockBytes());
        script.call("unpacked_sum", part, weight).close();

        assertThat(Arrays.mismatch(weight.toFloats(), expected)).isEqualTo(-1);
    }

    /** Any bytes, but scales that are finite. */
    private static byte[] randomBlocks(TensorType type) {
        Random random = new Random(5);
        ByteBuffer blocks =
                ByteBuffer.allocate((int) type.bytesOf(ROWS * COLUMNS)).order(ByteOrder.LITTLE_ENDIAN);
        random.nextBytes(blocks.array());
        for (int block = 0; block < blocks.capacity(); block += type.blockBytes()) {
            int at = type == TensorType.Q6_K ? block + type.blockBytes() - 2 : block;
            blocks.putShort(at, (short) (0x1c00 + random.nextInt(0x800)));
            if (type == TensorType.Q4_1 || type == TensorType.Q4_K) {
                blocks.putShort(at + 2, (short) (0x9c00 + random.nextInt(0x800)));
            }
        }
        return blocks.array();
    }
}
