package dev.finetune4j.training.model.encoder;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.StoredNames;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.TensorReader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where the numbers of an encoder's weights come from: the weight file, and what a file without a head over these labels lacks from
 * {@link FreshHead}.
 */
final class WeightSource {
    private final TensorReader reader;
    private final StoredNames names;
    private final double deviation;
    private final long seed;
    private final Set<String> fresh = new HashSet<>();
    private final Set<String> byLabel;
    private final RowOrder order;

    /**
     * A source.
     *
     * @param script makes tensors
     * @param file the weights
     * @param shape the model
     * @param seed decides the draw; the generator is Java's own, so that every machine draws the same
     */
    WeightSource(TorchScript script, WeightFile file, EncoderShape shape, long seed) {
        this.reader = new TensorReader(script, file);
        this.names = new StoredNames(file, shape.config());
        this.deviation = shape.config().initializerRange();
        this.seed = seed;
        StoredHead.missing(file, shape).forEach(tensor -> fresh.add(tensor.name()));
        this.byLabel = shape.tensors()
                .classifier(shape.labels().size())
                .all()
                .map(ExpectedTensor::name)
                .collect(Collectors.toSet());
        this.order = RowOrder.of(shape.config().labels(), shape.labels());
    }

    /** Names of the tensors that the file does not have. */
    Set<String> fresh() {
        return fresh;
    }

    /**
     * Reads tensors below each other into one.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0410, FT0471 or FT0409 if one is not there as it should be, FT0474 if an
     *     element is no finite number
     */
    void read(List<ExpectedTensor> parts, Value target) {
        long row = 0;
        for (ExpectedTensor part : parts) {
            if (fresh.contains(part.name())) {
                FreshHead.draw(part, deviation, seed, target.memory().asFloatBuffer());
            } else {
                reader.copy(names.of(part), target, row);
                if (byLabel.contains(part.name())) {
                    order.apply(target.memory().asFloatBuffer());
                }
            }
            row += part.shape().get(0);
        }
    }
}
