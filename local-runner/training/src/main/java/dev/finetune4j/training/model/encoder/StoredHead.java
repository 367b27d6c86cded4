package dev.finetune4j.training.model.encoder;

import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.modelfiles.encoder.LinearTensors;
import dev.finetune4j.modelfiles.encoder.StoredNames;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.util.List;
import java.util.stream.Stream;

/** What a weight file holds of a classification head. */
final class StoredHead {
    private StoredHead() {}

    /**
     * The tensors of the head that the file cannot give. A dense layer that is there is gone on from, whatever it was trained for; a
     * classifier only where its labels are these, in this order.
     */
    static List<ExpectedTensor> missing(WeightFile file, EncoderShape shape) {
        EncoderConfig config = shape.config();
        EncoderTensors tensors = shape.tensors();
        StoredNames names = new StoredNames(file, config);
        LinearTensors dense = tensors.headDense();
        LinearTensors classifier = tensors.classifier(shape.labels().size());
        boolean hasClassifier = config.labels().equals(shape.labels()) && isThere(classifier, names);
        return Stream.concat(
                        isThere(dense, names) ? Stream.empty() : dense.all(),
                        hasClassifier ? Stream.empty() : classifier.all())
                .toList();
    }

    private static boolean isThere(LinearTensors linear, StoredNames names) {
        return linear.all().allMatch(tensor -> names.find(tensor).isPresent());
    }
}
