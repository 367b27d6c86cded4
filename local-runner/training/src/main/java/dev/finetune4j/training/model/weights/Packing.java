package dev.finetune4j.training.model.weights;

import dev.finetune4j.modelfiles.weights.NormalFloat4;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;

/** How matrices are held that are unpacked at each use. */
public enum Packing {
    /** In as few bits as there are: blocks of a quantized format as the file has them, everything else in NF4 (QLoRA). */
    QUANTIZED {
        @Override
        public long bytesOf(TensorEntry entry) {
            return entry.type().isQuantized() ? entry.bytes() : NormalFloat4.bytesOf(entry.elements());
        }

        @Override
        public boolean holds(TensorType type) {
            return true;
        }
    },
    /**
     * So that float32 comes out as exact as from the file, many times as fast as from blocks: 16 bits as the file has them, and blocks of a
     * quantized format as codes of a byte with their scales and minimums in float32.
     */
    LOSSLESS {
        @Override
        public long bytesOf(TensorEntry entry) {
            return entry.type().isQuantized()
                    ? entry.elements() + entry.elements() / group(entry.type()) * scaleBytes(entry.type())
                    : entry.bytes();
        }

        @Override
        public boolean holds(TensorType type) {
            return type == TensorType.BF16 || type == TensorType.F16 || type.isQuantized();
        }
    };

    /** The bytes that a matrix takes. */
    public abstract long bytesOf(TensorEntry entry);

    /** Whether a matrix of that type can be held so. */
    public abstract boolean holds(TensorType type);

    /** Elements that share a scale. */
    private static int group(TensorType type) {
        return type == TensorType.Q6_K ? 16 : 32;
    }

    /** The bytes of a group's scale, and of its minimum where it has one. */
    private static int scaleBytes(TensorType type) {
        return switch (type) {
            case Q4_1, Q4_K -> 2 * Float.BYTES;
            default -> Float.BYTES;
        };
    }
}
