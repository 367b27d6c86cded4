package dev.finetune4j.training.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers of every format that PEFT saves adapters in are read as they are; other formats, NaN and infinity are refused. */
class AdapterTensorsTest {
    private static final List<Long> SHAPE = List.of(2L, 2L);
    private static final float[] NUMBERS = {1.5f, -0.0f, -2.25f, 0x1p-14f};

    @TempDir
    Path folder;

    @Test
    void readsFloatsOfEveryWidth() throws IOException {
        write("wide", TensorType.F32, 0x3FC00000, 0x80000000, 0xC0100000, 0x38800000);
        assertThat(read("wide")).containsExactly(NUMBERS);

        write("brain", TensorType.BF16, 0x3FC0, 0x8000, 0xC010, 0x3880);
        assertThat(read("brain")).containsExactly(NUMBERS);

        write("half", TensorType.F16, 0x3E00, 0x8000, 0xC080, 0x0400);
        assertThat(read("half")).containsExactly(NUMBERS);
    }

    @Test
    void saysWhatDoesNotFit() throws IOException {
        write("half", TensorType.F16, 0, 0, 0, 0);
        try (AdapterTensors tensors = AdapterTensors.open(folder)) {
            assertThat(tensors.misfit("half", SHAPE)).isEmpty();
            assertThat(tensors.misfit("half", List.of(4L))).contains("half is F16 [2, 2], not [4] of F32, BF16 or F16");
            assertThat(tensors.misfit("other", SHAPE)).contains("other is missing");
        }

        write("numbers", TensorType.I32, 0, 0, 0, 0);
        try (AdapterTensors tensors = AdapterTensors.open(folder)) {
            assertThat(tensors.misfit("numbers", SHAPE))
                    .contains("numbers is I32 [2, 2], not [2, 2] of F32, BF16 or F16");
        }
    }

    @Test
    void sendsNobodyToAPublisherForADamagedAdapter() throws IOException {
        Files.write(folder.resolve("adapter_model.safetensors"), new byte[4]);

        assertThatThrownBy(() -> AdapterTensors.open(folder)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e.problems().get(0).code()).isEqualTo("FT0404");
            assertThat(e.problems().get(0).remedies())
                    .containsExactly("fetch the adapter again, or train it again: finetune launch JOB --again");
        });
    }

    @Test
    void asksForNoOtherAdapterWhereThisOneCannotBeRead() throws IOException {
        Files.createDirectory(folder.resolve("adapter_model.safetensors"));

        assertThatThrownBy(() -> AdapterTensors.open(folder)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e.problems().get(0).code()).isEqualTo("FT0402");
            assertThat(e.problems().get(0).remedies())
                    .containsExactly("make the file readable for the user that runs finetune");
        });
    }

    @Test
    void refusesWhatIsNoFiniteNumber() throws IOException {
        write("wide", TensorType.F32, 0x7F7FFFFF, 0xFF7FFFFF, 0x7FC00000, 0); // largest numbers, then NaN
        refuses("wide", "wide holds NaN", "it is element 2 of 4");

        write("brain", TensorType.BF16, 0x7F80, 0, 0, 0);
        refuses("brain", "brain holds Infinity", "it is element 0 of 4");

        write("half", TensorType.F16, 0x7BFF, 0, 0, 0xFC00);
        refuses("half", "half holds -Infinity", "it is element 3 of 4");
    }

    private void refuses(String name, String summary, String cause) {
        assertThatThrownBy(() -> read(name)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e).hasMessageContaining("FT0474: " + summary);
            assertThat(e.problems().get(0).causes()).containsExactly(cause);
        });
    }

    private float[] read(String name) {
        ByteBuffer target = ByteBuffer.allocate(NUMBERS.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (AdapterTensors tensors = AdapterTensors.open(folder)) {
            tensors.read(name, target);
        }
        float[] numbers = new float[NUMBERS.length];
        target.asFloatBuffer().get(numbers);
        return numbers;
    }

    private void write(String name, TensorType type, int... bits) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) type.bytesOf(bits.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : bits) {
            if (type.bytesOf(1) == Integer.BYTES) {
                bytes.putInt(number);
            } else {
                bytes.putShort((short) number);
            }
        }
        bytes.flip();
        try (FileChannel channel = FileChannel.open(
                folder.resolve(AdapterTensors.FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            Map<String, WritableTensor> tensors = Map.of(name, WritableTensor.ofBytes(type, SHAPE, bytes::duplicate));
            SafetensorsWriter.write(channel, tensors, Map.of());
        }
    }
}
