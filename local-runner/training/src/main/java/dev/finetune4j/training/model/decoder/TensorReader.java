package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.Location;
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
import java.util.Arrays;
import java.util.List;

/**
 * Copies stored weights into native tensors, piece by piece through one scratch buffer: whatever the file's size or format, no tensor
 * is ever in memory twice.
 */
final class TensorReader {
    private static final int SCRATCH_FLOATS = 4 << 20;

    private final TorchScript script;
    private final WeightFile file;
    private final ByteBuffer scratch =
            ByteBuffer.allocateDirect(SCRATCH_FLOATS * Float.BYTES).order(ByteOrder.nativeOrder());

    TensorReader(TorchScript script, WeightFile file) {
        this.script = script;
        this.file = file;
    }

    /** Whether the file has a tensor of that name. */
    boolean has(String name) {
        return file.tensors().containsKey(name);
    }

    /**
     * Copies a whole tensor into rows of another.
     *
     * @param name the stored tensor
     * @param target [rows, columns], or a vector
     * @param firstRow first row, or first element of a vector, that is written
     * @param shape what the stored tensor must look like
     * @throws dev.finetune4j.error.FineTuneException with FT0471 if it looks otherwise, or FT04xx of the weight file
     */
    void copy(String name, Value target, long firstRow, long... shape) {
        TensorEntry entry = file.entry(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!entry.shape().equals(expected)) {
            throw ModelProblems.TENSOR_SHAPE
                    .error(name + " is " + entry.shape() + ", not " + expected)
                    .at(Location.of(entry.file().toString()))
                    .because("config.json calls for " + expected)
                    .asException();
        }
        long rowElements = shape.length == 1 ? 1 : shape[1];
        long rowsAtOnce = rowsAtOnce(entry.type(), rowElements);
        for (long row = 0; row < shape[0]; row += rowsAtOnce) {
            long rows = Math.min(rowsAtOnce, shape[0] - row);
            copyPiece(entry, target, firstRow + row, row * rowElements, rows * rowElements);
        }
    }

    /** As many whole rows as the scratch buffer holds, whole blocks in any case. */
    private static long rowsAtOnce(TensorType type, long rowElements) {
        long rows = Math.max(1, SCRATCH_FLOATS / rowElements);
        long multiple = rowElements % type.blockElements() == 0 ? 1 : type.blockElements();
        return Math.max(multiple, rows / multiple * multiple);
    }

    private void copyPiece(TensorEntry entry, Value target, long row, long from, long elements) {
        TensorType type = entry.type();
        ByteBuffer stored = file.map(entry.name(), type.bytesOf(from), type.bytesOf(elements));
        scratch.clear();
        FloatBuffer floats = scratch.asFloatBuffer();
        Dequantization.decode(type, stored, floats);
        try (Value source = script.floats(scratch.limit(floats.position() * Float.BYTES))) {
            script.call("put", target, row, source).close();
        }
    }
}
