package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.weights.PackedReader;
import java.util.List;

/**
 * What a base model takes whose linear layers stay packed in a few bits an element.
 *
 * @param parameters weights that are packed
 * @param bytes what they take
 * @param roomElements elements of the largest matrix, the room in which each is unpacked when it is used
 */
record PackedSizes(long parameters, long bytes, long roomElements) {
    /** Nothing is packed. */
    static final PackedSizes NONE = new PackedSizes(0, 0, 0);

    /** The sizes of a model whose headers are read, its weights not. */
    static PackedSizes of(DecoderShape shape, DecoderTensors tensors, WeightFile file) {
        List<ExpectedTensor> packed = tensors.linears();
        return new PackedSizes(
                packed.stream().mapToLong(ExpectedTensor::elements).sum(),
                packed.stream()
                        .mapToLong(tensor -> PackedReader.bytesOf(file.entry(tensor.name())))
                        .sum(),
                shape.largestMatrix());
    }
}
