package dev.finetune4j.training.model.encoder;

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
        EncoderTensors tensors = shape.tensors();
        StoredNames names = new StoredNames(file, shape.config());
        LinearTensors dense = tensors.headDense();
        LinearTensors classifier = tensors.classifier(shape.labels().size());
        boolean hasClassifier = isOver(shape.config().labels(), shape.labels()) && isThere(classifier, names);
        return Stream.concat(
                        isThere(dense, names) ? Stream.empty() : dense.all(),
                        hasClassifier ? Stream.empty() : classifier.all())
                .toList();
    }

    /**
     * The labels in the order that config.json has, by which PEFT and transformers name the outputs of a head that is put on the model;
     * in their own where config.json names others.
     */
    static List<String> namedOrder(EncoderShape shape) {
        List<String> named = shape.config().labels();
        return isOver(named, shape.labels()) ? named : shape.labels();
    }

    /** Whether labels are the same, in whatever order. */
    static boolean isOver(List<String> labels, List<String> others) {
        return labels.size() == others.size() && Set.copyOf(labels).equals(Set.copyOf(others));
    }

    private static boolean isThere(LinearTensors linear, StoredNames names) {
        return linear.all().allMatch(tensor -> names.find(tensor).isPresent());
    }
}
