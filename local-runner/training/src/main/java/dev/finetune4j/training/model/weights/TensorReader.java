package dev.finetune4j.training.model.weights;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
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
    private @Nullable Room sixteenBits;

    /** Native memory that pieces are read into, each over the one before: pieces that come and go would leave gaps between the weights. */
    private record Room(Value numbers, TensorType type, long elements) {}

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
        try (Value source = numbers(entry, from, elements)) {
            script.call("put", target, row, source).close();
            refuseInfinite(entry, from, elements, source);
        }
    }

    /** A piece of a tensor: in its own format where torch knows that, otherwise decoded. */
    private Value numbers(TensorEntry entry, long from, long elements) {
        return switch (entry.type()) {
            case F32 -> script.floats(read(entry, from, elements));
            case BF16, F16 -> sixteenBits(entry, from, elements);
            default -> {
                decode(entry, from, elements);
                yield script.floats(decoded);
            }
        };
    }

    private Value sixteenBits(TensorEntry entry, long from, long elements) {
        Room room = roomFor(entry.type(), elements);
        long bytes = entry.type().bytesOf(elements);
        file.read(
                entry.name(),
                entry.type().bytesOf(from),
                room.numbers().memory().limit(Math.toIntExact(bytes)));
        return script.call("matrix_of", room.numbers(), 0, 1, elements);
    }

    private Room roomFor(TensorType type, long elements) {
        Room room = sixteenBits;
        if (room == null || room.type() != type || room.elements() < elements) {
            if (room != null) {
                room.numbers().close();
            }
            long atLeast = Math.max(PIECE_FLOATS, elements);
            int torchType = type == TensorType.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT16;
            room = new Room(script.call("empty", 1, atLeast, torchType), type, atLeast);
            sixteenBits = room;
        }
        return room;
    }

    private FloatBuffer decode(TensorEntry entry, long from, long elements) {
        decoded = roomFor(elements * Float.BYTES, decoded);
        FloatBuffer floats = decoded.asFloatBuffer();
        Dequantization.decode(entry.type(), read(entry, from, elements), floats);
        return floats.flip();
    }

    private ByteBuffer read(TensorEntry entry, long from, long elements) {
        stored = roomFor(entry.type().bytesOf(elements), stored);
        file.read(entry.name(), entry.type().bytesOf(from), stored);
        return stored.flip();
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
        FiniteWeights.refuseInfinite(entry, from, decode(entry, from, elements));
    }
}
