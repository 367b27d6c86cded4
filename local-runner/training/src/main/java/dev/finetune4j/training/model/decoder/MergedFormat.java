package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.config.GgufArchitecture;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.weights.GgufValue;
import dev.finetune4j.modelfiles.weights.GgufWriter;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;

/** The kind of file that merged weights are written to. */
public sealed interface MergedFormat {
    /**
     * One safetensors file, in the names and layout of Hugging Face.
     *
     * @param type F32 or BF16, of all weights
     */
    record Safetensors(TensorType type) implements MergedFormat {}

    /**
     * One GGUF file, in the names and layout of llama.cpp.
     *
     * @param type F32, F16, BF16 or Q8_0, of the matrices
     * @param metadata what it says beside the weights, as {@link dev.finetune4j.modelfiles.codec.GgufDescription} gives it
     */
    record Gguf(TensorType type, Map<String, GgufValue> metadata) implements MergedFormat {}

    /**
     * How a weight is stored. In GGUF vectors stay in F32, which is all that llama.cpp computes with, and matrices whose rows do not
     * fill blocks are stored in F16, as its own conversion does.
     */
    default TensorType typeOf(List<Long> shape) {
        if (this instanceof Gguf gguf) {
            TensorType type = shape.size() == 1 ? TensorType.F32 : gguf.type();
            return shape.get(shape.size() - 1) % type.blockElements() == 0 ? type : TensorType.F16;
        }
        return ((Safetensors) this).type();
    }

    /** Whether weights have GGUF's names. */
    default boolean isGguf() {
        return this instanceof Gguf;
    }

    /** Whether the rows of query and key are permuted for rotary pairs that lie side by side. */
    default boolean isInterleaved(ModelConfig config) {
        return isGguf()
                && GgufArchitecture.of(config)
                        .filter(GgufArchitecture::interleavedRotary)
                        .isPresent();
    }

    /** Writes the file. */
    default void write(WritableByteChannel target, Map<String, WritableTensor> tensors) throws IOException {
        if (this instanceof Gguf gguf) {
            GgufWriter.write(target, gguf.metadata(), tensors);
        } else {
            SafetensorsWriter.write(target, tensors, Map.of("format", "pt"));
        }
    }
}
