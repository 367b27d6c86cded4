package dev.finetune4j.training.model.decoder;

import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.training.model.adapter.LoraLayout;
import java.util.List;

/**
 * How much of a decoder is trained.
 *
 * @param length elements of the trained vector
 * @param decayed elements at its front that weight decay holds for: all, or in a whole model its matrices. Norms and biases are left
 *     out, as transformers' {@code Trainer.get_decay_parameter_names} does
 * @param innerWidth inner values of all adapters for one token
 * @param magnitudes lengths of rows that are trained apart (DoRA)
 * @param virtualTokens virtual tokens in front of every text
 * @param gradients gradients of all that is trained: one for each {@link Team member} that computes a part of a batch, or 1
 * @param isWhole whether the vector holds every weight of the model, so that there are none besides
 */
record TrainedSizes(
        long length,
        long decayed,
        long innerWidth,
        long magnitudes,
        int virtualTokens,
        int gradients,
        boolean isWhole) {
    /** Nothing: the model only answers. */
    static final TrainedSizes NOTHING = new TrainedSizes(0, 0, 0, 0, 0, 1, false);

    /** Adapters, and embedding or head beside them. */
    static TrainedSizes of(LoraLayout layout, ModulesBeside beside) {
        long length = beside.places().length();
        return new TrainedSizes(length, length, layout.innerWidth(), layout.magnitudes(), 0, 1, false);
    }

    /** Virtual tokens: their embeddings, or keys and values of each layer. */
    static TrainedSizes ofVirtualTokens(TuningMethod method, DecoderShape shape) {
        int width = method instanceof PrefixTuning ? shape.cachedWidth() : shape.width();
        long length = (long) method.virtualTokens() * width;
        return new TrainedSizes(length, length, 0, 0, method.virtualTokens(), 1, false);
    }

    /** Every weight. */
    static TrainedSizes whole(DecoderTensors tensors) {
        long matrices = elements(tensors, 2);
        return new TrainedSizes(matrices + elements(tensors, 1), matrices, 0, 0, 0, 1, true);
    }

    /** The same with a gradient for each of some members of a team. */
    TrainedSizes withGradients(int members) {
        return new TrainedSizes(length, decayed, innerWidth, magnitudes, virtualTokens, members, isWhole);
    }

    private static long elements(DecoderTensors tensors, int axes) {
        return tensors.weights().stream()
                .map(ExpectedTensor::shape)
                .filter(shape -> shape.size() == axes)
                .mapToLong(TrainedSizes::product)
                .sum();
    }

    private static long product(List<Long> shape) {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
