package dev.finetune4j.modelfiles.encoder;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import java.util.List;

/**
 * A layer norm.
 *
 * @param path its name
 * @param width C
 */
public record NormTensors(String path, long width) {
    /** [C]. */
    public ExpectedTensor weight() {
        return new ExpectedTensor(path + ".weight", List.of(width));
    }

    /** [C]. */
    public ExpectedTensor bias() {
        return new ExpectedTensor(path + ".bias", List.of(width));
    }
}
