package dev.finetune4j.training.model.weights;

import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies stored weights into native tensors, piece by piece through buffers that are used again for each: whatever the file's size
 * or format, no tensor is ever in memory twice.
 */
public final class TensorReader {
    private static final int PIECE_FLOATS = 1 << 20;

    private final TorchScript script;
    private final WeightFile file;
    private ByteBuffer stored = ByteBuffer.allocateDirect(0);
    private ByteBuffer decoded = ByteBuffer.allocateDirect(0);
    private @Nullable Value sixteenBits;
    private @Nullable TensorType roomType;
    private long roomElements;

    /** A reader of one file that makes its tensors in one script. */
    public TensorReader(TorchScript script, WeightFile file) {
        this.script = script;
        this.file = file;
    }

    /**
     * Copies a whole tensor into rows of another.
     *
     * @param tensor the stored tensor
     * @param target [rows, columns], or a vector
     * @param firstRow first row, or first element of a vector, that is written
     * @throws dev.finetune4j.error.FineTuneException with FT0410, FT0471 or FT0409 if it is not there as it should be, FT0474 if one of
     *     its elements is no finite number, or FT04xx of the weight file
     */
    public void copy(ExpectedTensor tensor, Value target, long firstRow) {
        TensorEntry entry = WeightCheck.entry(file, tensor);
        List<Long> shape = tensor.shape();
        long rowElements = shape.size() == 1 ? 1 : shape.get(1);
        long rowsAtOnce = rowsAtOnce(entry.type(), rowElements);
        for (long row = 0; row < shape.get(0); row += rowsAtOnce) {
            long rows = Math.min(rowsAtOnce, shape.get(0) - row);
            copyPiece(entry, target, firstRow + row, row * rowElements, rows * rowElements);
        }
    }

    /**
     * Looks through a tensor that is known to hold an element that is no finite number.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0474 if there is one
     */
    void refuseInfinite(ExpectedTensor tensor) {
        long rows = tensor.shape().get(0);
        try (Value scratch = script.call("empty", rows, tensor.shape().get(1), TorchScript.FLOAT32)) {
            copy(tensor, scratch, 0);
        }
    }

    /** As many whole rows as a piece holds, whole blocks in any case. */
    private static long rowsAtOnce(TensorType type, long rowElements) {
        long rows = Math.max(1, PIECE_FLOATS / rowElements);
        long multiple = rowElements % type.blockElements() == 0 ? 1 : type.blockElements();
        return Math.max(multiple, rows / multiple * multiple);
    }

    private void copyPiece(TensorEntry entry, Value target, long row, long from, long elements) {
        TensorType type = entry.type();
        stored = roomFor(type.bytesOf(elements), stored);
        file.read(entry.name(), type.bytesOf(from), stored);
        stored.flip();
        try (Value source = numbers(type, elements)) {
            script.call("put", target, row, source).close();
            refuseInfinite(entry, from, elements, source);
        }
    }

    /** What was read: in its own format where torch knows that, otherwise decoded. */
    private Value numbers(TensorType type, long elements) {
        return switch (type) {
            case F32 -> script.floats(stored);
            case BF16, F16 -> sixteenBits(type, elements);
            default -> {
                decode(type, elements);
                yield script.floats(decoded);
            }
        };
    }

    /** Room that is used again: pieces of it that come and go would leave gaps between the weights. */
    private Value sixteenBits(TensorType type, long elements) {
        Value room = sixteenBits;
        if (room == null || roomType != type || roomElements < elements) {
            if (room != null) {
                room.close();
            }
            roomType = type;
            roomElements = Math.max(PIECE_FLOATS, elements);
            room = script.call(
                    "empty", 1, roomElements, type == TensorType.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT16);
            sixteenBits = room;
        }
        room.memory().put(stored);
        return script.call("matrix_of", room, 0, 1, elements);
    }

    private FloatBuffer decode(TensorType type, long elements) {
        decoded = roomFor(elements * Float.BYTES, decoded);
        FloatBuffer floats = decoded.asFloatBuffer();
        Dequantization.decode(type, stored.rewind(), floats);
        return floats.flip();
    }

    /** The buffer, or a larger one where it is too small, cleared and limited to so many bytes. */
    private static ByteBuffer roomFor(long bytes, ByteBuffer buffer) {
        int length = Math.toIntExact(bytes);
        ByteBuffer room =
                buffer.capacity() < length ? ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder()) : buffer;
        return room.clear().limit(length);
    }

    private void refuseInfinite(TensorEntry entry, long from, long elements, Value source) {
        try (Value extremes = script.call("extremes", source)) {
            if (Double.isFinite(extremes.toDouble())) {
                return;
            }
        }
        FloatBuffer numbers = decode(entry.type(), elements);
        for (int place = 0; place < numbers.limit(); place++) {
            if (!Float.isFinite(numbers.get(place))) {
                throw ModelProblems.WEIGHT_VALUE
                        .error(entry.name() + " holds " + numbers.get(place))
                        .at(Location.of(entry.file().toString()))
                        .because("it is element " + (from + place) + " of " + entry.elements())
                        .asException();
            }
        }
    }
}
