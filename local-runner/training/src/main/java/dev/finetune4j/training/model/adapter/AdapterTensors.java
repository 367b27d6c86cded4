package dev.finetune4j.training.model.adapter;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.model.weights.FiniteWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The weight file of an adapter. PEFT writes float32, or where the adapter was trained so, bfloat16 or half precision; each of their
 * numbers is one of float32, too.
 */
final class AdapterTensors implements AutoCloseable {
    static final String FILE = "adapter_model.safetensors";

    private static final Set<TensorType> READ = EnumSet.of(TensorType.F32, TensorType.BF16, TensorType.F16);
    private static final int PIECE_ELEMENTS = 1 << 20;

    private final SafetensorsFile file;

    private AdapterTensors(SafetensorsFile file) {
        this.file = file;
    }

    /**
     * Opens the weight file in an adapter's folder.
     *
     * @throws FineTuneException with FT0473 if there is none, FT04xx if it is damaged
     */
    static AdapterTensors open(Path folder) {
        if (Files.notExists(folder.resolve(FILE))) {
            throw AdapterFiles.misfit(folder.resolve(FILE), List.of("there is no such file"))
                    .asException();
        }
        try {
            return new AdapterTensors(SafetensorsFile.open(folder.resolve(FILE)));
        } catch (FineTuneException e) {
            throw new FineTuneException(
                    e.problems().stream().map(AdapterTensors::ofAnAdapter).toList(), e);
        }
    }

    /** Nobody but who trained it has another copy of a damaged one: there is no publisher to ask. */
    private static Problem ofAnAdapter(Problem problem) {
        if (problem.kind().equals(ModelFilesProblems.FILE_UNREADABLE)) {
            return problem;
        }
        return new Problem(
                problem.kind(),
                problem.severity(),
                problem.summary(),
                problem.location(),
                problem.causes(),
                List.of("fetch the adapter again, or train it again: finetune launch JOB --again"),
                problem.retry());
    }

    Set<String> names() {
        return file.tensors().keySet();
    }

    /** Why a tensor is not there in a shape, if so. */
    Optional<String> misfit(String name, List<Long> shape) {
        TensorEntry entry = file.tensors().get(name);
        if (entry == null) {
            return Optional.of(name + " is missing");
        }
        return entry.shape().equals(shape) && READ.contains(entry.type())
                ? Optional.empty()
                : Optional.of(
                        name + " is " + entry.type() + " " + entry.shape() + ", not " + shape + " of F32, BF16 or F16");
    }

    /**
     * Reads a whole tensor.
     *
     * @param target from position to limit room for all of it, little-endian float32
     * @throws FineTuneException with FT0474 if one of its elements is no finite number
     */
    void read(String name, ByteBuffer target) {
        TensorEntry entry = file.entry(name);
        FloatBuffer floats = target.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        if (entry.type() == TensorType.F32) {
            file.read(name, 0, target.duplicate());
        } else {
            decode(entry, floats.duplicate());
        }
        FiniteWeights.refuseInfinite(entry, 0, floats);
    }

    private void decode(TensorEntry entry, FloatBuffer floats) {
        TensorType type = entry.type();
        long from = 0;
        while (floats.hasRemaining()) {
            int elements = Math.min(PIECE_ELEMENTS, floats.remaining());
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(type.bytesOf(elements)));
            file.read(entry.name(), from, bytes);
            Dequantization.decode(type, bytes.flip(), floats);
            from += bytes.capacity();
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
