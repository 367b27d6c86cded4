package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.codec.DescriptionFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A model whose every weight was trained, as a Hugging Face folder of its own: weights in float32, as they were trained, and
 * everything else as the base model has it.
 */
final class WholeModelFiles {
    private static final String WEIGHTS = "model.safetensors";
    private static final long PIECE_ELEMENTS = 1 << 24;

    private final TorchScript script;
    private final ModelFolder base;
    private final DecoderWeights weights;

    /**
     * Looks at a model in training.
     *
     * @param script holds its weights
     * @param base the model that it was before
     * @param weights its weights, float32
     */
    WholeModelFiles(TorchScript script, ModelFolder base, DecoderWeights weights) {
        this.script = script;
        this.base = base;
        this.weights = weights;
    }

    /** Writes the model as it is now into an existing folder; the same weights give the same bytes. */
    void write(Path folder) {
        try (FileChannel channel = FileChannel.open(
                folder.resolve(WEIGHTS),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            DescriptionFiles.write(base, TensorType.F32, folder);
            SafetensorsWriter.write(channel, tensors(), Map.of("format", "pt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, WritableTensor> tensors() {
        Map<String, String> names = DecoderTensors.renamed(base.config(), base.isGguf(), false);
        Map<String, WritableTensor> tensors = new LinkedHashMap<>();
        for (DecoderWeights.Place place : weights.places()) {
            List<Long> shape = place.tensor().shape();
            tensors.put(
                    names.getOrDefault(place.tensor().name(), place.tensor().name()),
                    new WritableTensor(TensorType.F32, shape, () -> pieces(place)));
        }
        return tensors;
    }

    private Iterator<ByteBuffer> pieces(DecoderWeights.Place place) {
        List<Long> shape = place.tensor().shape();
        long columns = shape.size() == 1 ? 1 : shape.get(1);
        long rowsAtOnce = Math.max(1, PIECE_ELEMENTS / columns);
        return LongStream.iterate(0, row -> row < shape.get(0), row -> row + rowsAtOnce)
                .mapToObj(row -> rows(place, row, Math.min(rowsAtOnce, shape.get(0) - row)))
                .iterator();
    }

    private ByteBuffer rows(DecoderWeights.Place place, long row, long rows) {
        try (Value view = script.call("vector_of", place.target(), place.firstRow() + row, rows)) {
            ByteBuffer memory = view.memory(); // of the weights, which stay
            return place.isShifted() ? lessOne(memory) : memory;
        }
    }

    private static ByteBuffer lessOne(ByteBuffer weights) {
        ByteBuffer stored = ByteBuffer.allocate(weights.remaining()).order(weights.order());
        while (weights.hasRemaining()) {
            stored.putFloat(weights.getFloat() - 1);
        }
        return stored.flip();
    }
}
