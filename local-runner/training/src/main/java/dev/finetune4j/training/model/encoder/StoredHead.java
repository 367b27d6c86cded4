package dev.finetune4j.training.model.encoder;

import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.modelfiles.encoder.LinearTensors;
import dev.finetune4j.modelfiles.encoder.StoredNames;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a weight file holds of a classification head. */
final class StoredHead {
    private StoredHead() {}

    /**
     * The tensors of the head that the file cannot give. A dense layer that is there is gone on from, whatever it was trained for; a
     * classifier only where its labels are these, in whatever order.
     */
    static List<ExpectedTensor> missing(WeightFile file, EncoderShape shape) {
        EncoderConfig config = shape.config();
        EncoderTensors tensors = shape.tensors();
        StoredNames names = new StoredNames(file, config);
        LinearTensors dense = tensors.headDense();
        LinearTensors classifier = tensors.classifier(shape.labels().size());
        boolean isOverThese = config.labels().size() == shape.labels().size()
                && Set.copyOf(config.labels()).equals(Set.copyOf(shape.labels()));
        boolean hasClassifier = isOverThese && isThere(classifier, names);
        return Stream.concat(
                        isThere(dense, names) ? Stream.empty() : dense.all(),
                        hasClassifier ? Stream.empty() : classifier.all())
                .toList();
    }

    /** For each label the row of the stored classifier that is for it. */
    static List<Integer> rows(EncoderShape shape) {
        return shape.labels().stream()
                .map(label -> shape.config().labels().indexOf(label))
                .toList();
    }

    private static boolean isThere(LinearTensors linear, StoredNames names) {
        return linear.all().allMatch(tensor -> names.find(tensor).isPresent());
    }
}
