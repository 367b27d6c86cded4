package dev.finetune4j.training.model.encoder;

import dev.finetune4j.modelfiles.codec.ClassifierDescription;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.StoredNames;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.adapter.LoraFactors;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.Trainables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An encoder with its trained head as a Hugging Face folder of its own, which {@code AutoModelForSequenceClassification} loads: what was
 * trained as it is now, the rest from the base model's files with the adapters, if there are any, added to it, all in float32.
 */
final class ClassifierFiles {
    private static final String WEIGHTS = "model.safetensors";
    /** A piece is on the heap three times, and once more beside it as it is written. */
    private static final int PIECE_ELEMENTS = 1 << 18;

    private final ModelFolder base;
    private final EncoderShape shape;
    private final LabelCounts labels;
    private final EncoderMethod method;
    private final Trainables trainables;

    /**
     * Looks at a model in training.
     *
     * @param base the model that it was before
     * @param shape the model
     * @param labels its labels, with the rows that are learned of each
     * @param method what is trained, and where it lies
     * @param trainables the flat vector
     */
    ClassifierFiles(
            ModelFolder base, EncoderShape shape, LabelCounts labels, EncoderMethod method, Trainables trainables) {
        this.base = base;
        this.shape = shape;
        this.labels = labels;
        this.method = method;
        this.trainables = trainables;
    }

    /** Writes the model as it is now into an existing folder; the same weights give the same bytes. */
    void write(Path folder) {
        try (WeightFile file = base.openWeights();
                FileChannel channel = FileChannel.open(
                        folder.resolve(WEIGHTS),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ClassifierDescription.write(base, labels.names(), folder);
            labels.write(folder);
            SafetensorsWriter.write(channel, tensors(file), Map.of("format", "pt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, WritableTensor> tensors(WeightFile file) {
        StoredNames names = new StoredNames(file, shape.config());
        int adapters = Math.toIntExact(method.adapters().length());
        Optional<LoraFactors> factors = adapters == 0
                ? Optional.empty()
                : Optional.of(new LoraFactors(
                        method.adapters(), trainables.memory(0, adapters).asFloatBuffer()));
        Map<String, WritableTensor> tensors = new TreeMap<>();
        Stream.concat(
                        shape.tensors().body().stream(),
                        shape.tensors().head(shape.labels().size()).stream())
                .forEach(tensor -> tensors.put(
                        tensor.name(),
                        new WritableTensor(
                                TensorType.F32,
                                tensor.shape(),
                                () -> method.places()
                                        .find(tensor.name())
                                        .map(this::trained)
                                        .orElseGet(() -> stored(
                                                file,
                                                names.of(tensor),
                                                factors.flatMap(all -> all.of(tensor.name())))))));
        return tensors;
    }

    private Iterator<ByteBuffer> trained(FlatLayout.Slice slice) {
        return pieces(
                slice.length(), PIECE_ELEMENTS, (from, elements) -> trainables.memory(slice.offset() + from, elements));
    }

    /** With an update, whole rows at a time. */
    private static Iterator<ByteBuffer> stored(
            WeightFile file, ExpectedTensor tensor, Optional<LoraFactors.Update> update) {
        TensorEntry entry = file.entry(tensor.name());
        int columns = Math.toIntExact(tensor.shape().get(tensor.shape().size() - 1));
        int elementsAtOnce = Math.max(1, PIECE_ELEMENTS / columns) * columns;
        return pieces(entry.elements(), elementsAtOnce, (from, elements) -> {
            float[] numbers = Dequantization.read(file, entry, from, elements);
            update.ifPresent(each -> each.applyTo(numbers, Math.toIntExact(from / columns)));
            ByteBuffer floats = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            floats.asFloatBuffer().put(numbers);
            return floats;
        });
    }

    /** Some elements of a tensor as bytes of float32. */
    private interface Piece {
        ByteBuffer of(long from, int elements);
    }

    private static Iterator<ByteBuffer> pieces(long length, int elementsAtOnce, Piece piece) {
        return LongStream.iterate(0, from -> from < length, from -> from + elementsAtOnce)
                .mapToObj(from -> piece.of(from, (int) Math.min(elementsAtOnce, length - from)))
                .iterator();
    }
}
