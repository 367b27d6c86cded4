package dev.finetune4j.training.model.weights;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.weights.NormalFloat4;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Quantizes stored matrices to NF4, one after the other through a room that holds the largest. */
final class NormalFloatPacker implements AutoCloseable {
    private final TorchScript script;
    private final TensorReader reader;
    private final Value codes;
    private final Value levels;
    private final Value staging;

    NormalFloatPacker(TorchScript script, TensorReader reader, long largest) {
        this.script = script;
        this.reader = reader;
        codes = script.floats(NormalFloat4.codes(), NormalFloat4.codes().length);
        levels = script.floats(NormalFloat4.levels(), NormalFloat4.levels().length);
        staging = script.call("empty", 1, largest, TorchScript.FLOAT32);
    }

    /** A part of a matrix, whose arguments are those of {@link PackedReader#read}. */
    Value read(ExpectedTensor tensor, long firstRow, long heads) {
        long rows = tensor.shape().get(0);
        long columns = tensor.shape().get(1);
        List<Value> memory = new ArrayList<>();
        NormalFloat4 quantized = new NormalFloat4(rows * columns, bytes -> {
            boolean isOfFloats = memory.size() == 2; // the distances
            memory.add(
                    isOfFloats
                            ? script.call("vector", bytes / Float.BYTES, TorchScript.FLOAT32)
                            : script.call("empty", 1, bytes, TorchScript.BYTE));
            return memory.get(memory.size() - 1).memory();
        });
        try (Value wide = script.call("matrix_of", staging, 0, rows, columns)) {
            reader.copy(tensor, wide, 0);
            if (heads > 0) {
                script.call("deinterleave", wide, 0, rows, heads).close();
            }
            ByteBuffer numbers = wide.memory();
            FloatBuffer floats = numbers.asFloatBuffer();
            quantized.add(floats);
            quantized.finish();
        }
        return script.call(
                "nf4_part",
                firstRow,
                rows,
                memory.get(0),
                memory.get(1),
                memory.get(2),
                (double) quantized.mean(),
                codes,
                levels);
    }

    /** Parts look at the memory of levels and codes, which stays until the script is closed. */
    @Override
    public void close() {
        staging.close();
    }
}
