package dev.finetune4j.training.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.codec.ClassifierDescription;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.StoredNames;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import dev.finetune4j.training.model.adapter.LoraStart;
import dev.finetune4j.training.model.adapter.SavedModules;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a method trains of an encoder, and how head and adapters start, for whoever trains it elsewhere from the same numbers. */
public final class ClassifierStart {
    private final ModelFolder folder;
    private final EncoderShape shape;
    private final EncoderMethod method;
    private final TuningMethod tuning;
    private final ModelName name;
    private final long seed;
    private final List<String> labels;
    private final Set<String> fresh;

    private ClassifierStart(
            ModelFolder folder, EncoderShape shape, TuningMethod tuning, ModelName name, long seed, Set<String> fresh) {
        this.folder = folder;
        this.shape = shape;
        this.method = EncoderMethod.of(tuning, shape);
        this.tuning = tuning;
        this.name = name;
        this.seed = seed;
        // An adapter is put on the base model, whose config.json names the outputs of its head.
        this.labels = tuning.adapters().isPresent() ? StoredHead.namedOrder(shape) : shape.labels();
        this.fresh = fresh;
    }

    /**
     * The start of a method on a model.
     *
     * @param folder the base model; of its weights the head alone is read
     * @param name what it is called
     * @param labels names of the task's labels
     * @param seed decides what is drawn
     * @throws dev.finetune4j.error.FineTuneException with FT0470 if the architecture is not supported, FT0472 if a module or layer that the
     *     method names does not exist, FT0475 if the method is not one for encoders
     */
    public static ClassifierStart of(
            ModelFolder folder, ModelName name, TuningMethod method, List<String> labels, long seed) {
        EncoderShape shape = EncoderLoader.shape(folder, labels);
        try (WeightFile file = folder.openWeights()) {
            Set<String> fresh = StoredHead.missing(file, shape).stream()
                    .map(ExpectedTensor::name)
                    .collect(Collectors.toSet());
            return new ClassifierStart(folder, shape, method, name, seed, fresh);
        }
    }

    /** Names of the labels, in the order of the head's outputs. */
    public List<String> labels() {
        return labels;
    }

    /** Whether the base model has a head over these labels, so that it can tell them apart before it is trained. */
    public boolean hasHead() {
        return fresh.isEmpty();
    }

    /** Whether the encoder stays as it is, without adapters. */
    public boolean trainsHeadAlone() {
        return tuning instanceof HeadTuning;
    }

    /** {@code adapter_config.json} as this core writes it; empty where the result is a model of its own. */
    public Map<String, Object> adapter() {
        SavedModules saved = SavedModules.ofClassifier(
                shape.tensors().headModules(), method.places().slices(), fresh);
        return tuning.adapters()
                .map(lora -> AdapterConfig.config(method.adapters(), saved, lora, name))
                .orElse(Map.of());
    }

    /** The factors of adapters that are drawn. */
    public List<LoraStart.Draw> draws() {
        return LoraStart.draws(method.adapters(), seed);
    }

    /** {@code config.json} of encoder and head as a model of its own. */
    public JsonNode config() {
        return ClassifierDescription.config(folder, labels);
    }

    /**
     * Writes how the head starts into a safetensors file: all its tensors by the names of transformers, in float32.
     *
     * @throws IOException if the disk refuses
     */
    public void writeHead(Path file) throws IOException {
        Map<String, WritableTensor> tensors = new TreeMap<>();
        try (WeightFile weights = folder.openWeights();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            StoredNames names = new StoredNames(weights, shape.config());
            shape.tensors()
                    .headDense()
                    .all()
                    .forEach(tensor -> tensors.put(
                            tensor.name(),
                            WritableTensor.ofFloats(tensor.shape(), () -> start(tensor, weights, names))));
            shape.tensors()
                    .classifier(labels.size())
                    .all()
                    .forEach(tensor -> tensors.put(
                            tensor.name(),
                            WritableTensor.ofFloats(
                                    tensor.shape(), () -> ordered(tensor, start(tensor, weights, names)))));
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
        }
    }

    private float[] start(ExpectedTensor tensor, WeightFile weights, StoredNames names) {
        int elements = Math.toIntExact(tensor.shape().stream().reduce(1L, Math::multiplyExact));
        if (!fresh.contains(tensor.name())) {
            return Dequantization.read(weights, weights.entry(names.of(tensor).name()), 0, elements);
        }
        float[] numbers = new float[elements];
        FreshHead.draw(tensor, shape.config().initializerRange(), seed, FloatBuffer.wrap(numbers));
        return numbers;
    }

    /** A row for each label: drawn in the task's order, or stored in that of the base model. */
    private float[] ordered(ExpectedTensor tensor, float[] rows) {
        List<String> before =
                fresh.contains(tensor.name()) ? shape.labels() : shape.config().labels();
        RowOrder.of(before, labels).apply(FloatBuffer.wrap(rows));
        return rows;
    }
}
