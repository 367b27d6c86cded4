package dev.finetune4j.modelfiles.encoder;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * Linear layers that are computed as one, since they have the same input; most stand alone.
 *
 * @param paths their names, in the order of their outputs
 * @param outputs O of each
 * @param inputs I
 */
public record LinearTensors(List<String> paths, long outputs, long inputs) {
    /** Copies the list. */
    public LinearTensors {
        paths = List.copyOf(paths);
    }

    static LinearTensors of(String path, long outputs, long inputs) {
        return new LinearTensors(List.of(path), outputs, inputs);
    }

    /** [O, I] each. */
    public List<ExpectedTensor> weights() {
        return paths.stream()
                .map(path -> new ExpectedTensor(path + ".weight", List.of(outputs, inputs)))
                .toList();
    }

    /** [O] each. */
    public List<ExpectedTensor> biases() {
        return paths.stream()
                .map(path -> new ExpectedTensor(path + ".bias", List.of(outputs)))
                .toList();
    }

    /** Weights, then biases. */
    public Stream<ExpectedTensor> all() {
        return Stream.concat(weights().stream(), biases().stream());
    }
}
