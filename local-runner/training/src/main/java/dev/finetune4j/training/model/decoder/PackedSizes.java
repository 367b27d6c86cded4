package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Precision;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.training.model.weights.Packing;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the linear layers of a base model take that stay packed.
 *
 * @param packing how, null where none are packed
 * @param parameters weights that are packed
 * @param bytes what they take
 * @param roomElements elements of the largest matrix, the room in which each is unpacked when it is used
 */
record PackedSizes(@Nullable Packing packing, long parameters, long bytes, long roomElements) {
    /** Nothing is packed. */
    static final PackedSizes NONE = new PackedSizes(null, 0, 0, 0);

    /** Larger pieces of memory go back to the system when they are freed. */
    private static final long MOST_STAGING_BYTES = 32L << 20;

    /**
     * The sizes of a model whose headers are read, its weights not; {@link #NONE} where one of its linear layers cannot be packed so. One that is
     * not there is told when it is read.
     */
    static PackedSizes of(Packing packing, DecoderShape shape, ModelFolder model) {
        List<TensorEntry> packed = DecoderTensors.of(model.config(), model.isGguf()).linears().stream()
                .flatMap(tensor -> Stream.ofNullable(model.tensors().get(tensor.name())))
                .toList();
        if (!packed.stream().allMatch(entry -> packing.holds(entry.type()))) {
            return NONE;
        }
        return new PackedSizes(
                packing,
                packed.stream().mapToLong(TensorEntry::elements).sum(),
                packed.stream().mapToLong(packing::bytesOf).sum(),
                shape.largestMatrix());
    }

    /** What stays packed where that is the number format: what the file has without loss is no wider than bf16, and spares nothing there. */
    PackedSizes in(Precision precision) {
        return packing == Packing.LOSSLESS && precision == Precision.BF16 ? NONE : this;
    }

    /**
     * Memory of the packed layers.
     *
     * @param bytes of a number that is computed with
     * @param rooms in which one is unpacked at a time
     */
    long memoryBytes(int bytes, int rooms) {
        long staging = packing == Packing.QUANTIZED ? Math.min(MOST_STAGING_BYTES, roomElements * Float.BYTES) : 0;
        return this.bytes + rooms * roomElements * bytes + staging;
    }
}
