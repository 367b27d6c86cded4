package dev.finetune4j.training.model.weights;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where each trained tensor lies in the one flat vector: first what is decayed, the adapters' factors and the matrices, then the
 * vectors, which are not, as in transformers' Trainer: norms and biases.
 */
public final class FlatLayout {
    private final Map<String, Slice> slices = new LinkedHashMap<>();
    private final long decayedLength;
    private final long length;

    /**
     * A trained tensor.
     *
     * @param tensor its name and shape
     * @param offset first element in the flat vector
     */
    public record Slice(ExpectedTensor tensor, long offset) {
        /** Elements. */
        public long length() {
            return tensor.shape().stream().reduce(1L, Math::multiplyExact);
        }
    }

    private FlatLayout(long factors, List<ExpectedTensor> tensors) {
        List<ExpectedTensor> vectors = new ArrayList<>();
        long at = factors;
        for (ExpectedTensor tensor : tensors) {
            if (tensor.shape().size() == 1) {
                vectors.add(tensor);
            } else {
                at = put(tensor, at);
            }
        }
        decayedLength = at;
        for (ExpectedTensor vector : vectors) {
            at = put(vector, at);
        }
        length = at;
    }

    private long put(ExpectedTensor tensor, long offset) {
        Slice slice = new Slice(tensor, offset);
        slices.put(tensor.name(), slice);
        return offset + slice.length();
    }

    /**
     * A layout. Of tensors that follow each other in the list, the matrices follow each other in the vector, and so do the vectors.
     *
     * @param factors elements that are left to the adapters' factors at the start
     * @param tensors what is trained besides
     */
    public static FlatLayout of(long factors, List<ExpectedTensor> tensors) {
        return new FlatLayout(factors, tensors);
    }

    /** Length of the flat vector. */
    public long length() {
        return length;
    }

    /** Elements from the start that weight decay applies to. */
    public long decayedLength() {
        return decayedLength;
    }

    /** Where a tensor lies, if it is trained. */
    public Optional<Slice> find(String name) {
        return Optional.ofNullable(slices.get(name));
    }

    /** All trained tensors. */
    public List<Slice> slices() {
        return List.copyOf(slices.values());
    }
}
