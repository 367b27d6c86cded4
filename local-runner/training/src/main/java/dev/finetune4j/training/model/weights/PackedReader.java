package dev.finetune4j.training.model.weights;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import org.jspecify.annotations.Nullable;

/** Makes the packed parts that {@code packed.ts.py} unpacks, one matrix after the other. */
public final class PackedReader implements AutoCloseable {
    private final TorchScript script;
    private final WeightFile file;
    private final TensorReader reader;
    private final Packing packing;
    private final @Nullable NormalFloatPacker normalFloats;

    /**
     * A reader of one file.
     *
     * @param script makes the tensors
     * @param file the weights
     * @param reader reads what is not packed, of the same file
     * @param packing how matrices are held
     * @param largest elements of the largest matrix
     */
    public PackedReader(TorchScript script, WeightFile file, TensorReader reader, Packing packing, long largest) {
        this.script = script;
        this.file = file;
        this.reader = reader;
        this.packing = packing;
        normalFloats = packing == Packing.QUANTIZED ? new NormalFloatPacker(script, reader, largest) : null;
    }

    /**
     * Reads a matrix.
     *
     * @param tensor the stored matrix
     * @param weight the matrix that it is rows of when it is unpacked
     * @param firstRow the first of these rows
     * @param interleavedHeads how many heads its rows are whose rotary pairs lie side by side, 0 for none
     * @return a part
     * @throws dev.finetune4j.error.FineTuneException with FT0410, FT0471 or FT0409 if it is not there as it should be, FT0474 if one of
     *     its elements is no finite number, or FT04xx of the weight file
     */
    public Value read(ExpectedTensor tensor, Value weight, long firstRow, long interleavedHeads) {
        TensorEntry entry = WeightCheck.entry(file, tensor);
        if (entry.type().isQuantized()) {
            return ofBlocks(tensor, entry, weight, firstRow, interleavedHeads);
        }
        return normalFloats != null
                ? normalFloats.read(tensor, firstRow, interleavedHeads)
                : inSixteenBits(tensor, entry.type(), firstRow, interleavedHeads);
    }

    private Value inSixteenBits(ExpectedTensor tensor, TensorType type, long firstRow, long heads) {
        long rows = tensor.shape().get(0);
        int torchType = type == TensorType.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT16;
        Value numbers = script.call("empty", rows, tensor.shape().get(1), torchType);
        reader.copy(tensor, numbers, 0);
        if (heads > 0) {
            script.call("deinterleave", numbers, 0, rows, heads).close();
        }
        return script.call("narrow_part", firstRow, rows, numbers, type.ggmlNumber());
    }

    private Value ofBlocks(ExpectedTensor tensor, TensorEntry entry, Value weight, long firstRow, long heads) {
        TensorType type = entry.type();
        long rows = tensor.shape().get(0);
        Value blocks = script.call("empty", rows, entry.bytes() / rows, TorchScript.BYTE);
        file.read(entry.name(), 0, blocks.memory());
        if (heads > 0) {
            script.call("deinterleave", blocks, 0, rows, heads).close();
        }
        Value part = script.call(
                packing == Packing.QUANTIZED ? "ggml_part" : "code_part",
                firstRow,
                rows,
                blocks,
                type.ggmlNumber(),
                type.blockElements(),
                type.blockBytes());
        if (packing == Packing.LOSSLESS) {
            blocks.close();
        }
        try (Value sum = script.call("unpacked_sum", part, weight)) {
            if (!Double.isFinite(sum.toDouble())) {
                reader.refuseInfinite(tensor);
            }
        }
        return part;
    }

    @Override
    public void close() {
        if (normalFloats != null) {
            normalFloats.close();
        }
    }
}
