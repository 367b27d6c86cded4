package dev.finetune4j.training.model.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.ModelProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Trainable values and both Adam moments as one safetensors file, bit for bit; its header says to which adapter they belong. */
public final class StateFile {
    private static final List<String> NAMES = List.of("values", "first_moment", "second_moment");
    private static final String FINGERPRINT = "adapter";

    private StateFile() {}

    /**
     * One of the vectors, which may be longer than a buffer of Java.
     *
     * @param length elements
     * @param memory its memory
     */
    public record Vector(long length, Memory memory) {
        private static final int PIECE = 1 << 26;

        /** A vector that lies in one buffer. */
        public static Vector of(ByteBuffer bytes) {
            return new Vector(
                    bytes.remaining() / (long) Float.BYTES,
                    (from, elements) -> bytes.slice((int) from * Float.BYTES, elements * Float.BYTES));
        }

        private Iterator<ByteBuffer> pieces() {
            return LongStream.iterate(0, from -> from < length, from -> from + PIECE)
                    .mapToObj(from -> memory.of(from, (int) Math.min(PIECE, length - from)))
                    .iterator();
        }
    }

    /** Looks at memory. */
    public interface Memory {
        /** Some elements from one on, little-endian float32. */
        ByteBuffer of(long from, int elements);
    }

    /**
     * Writes the three vectors. The caller makes the file durable.
     *
     * @param file where to; replaced if it is there
     * @param fingerprint says to which base model and adapter they belong
     * @param vectors values, first moment, second moment
     * @throws UncheckedIOException if the disk refuses
     */
    public static void write(Path file, String fingerprint, List<Vector> vectors) {
        Map<String, WritableTensor> tensors = new TreeMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            Vector vector = vectors.get(i);
            tensors.put(NAMES.get(i), new WritableTensor(TensorType.F32, List.of(vector.length()), vector::pieces));
        }
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, Map.of(FINGERPRINT, fingerprint));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws FineTuneException with FT0603 if it belongs to another model or adapter, FT04xx if it is damaged
     */
    public static void read(Path file, String fingerprint, List<Vector> vectors) {
        try (SafetensorsFile state = SafetensorsFile.open(file)) {
            String written = state.metadata().getOrDefault(FINGERPRINT, "(nothing)");
            if (!written.equals(fingerprint)) {
                throw misfit(file, "it was written for " + written, "this run trains " + fingerprint);
            }
            for (int i = 0; i < NAMES.size(); i++) {
                TensorEntry entry = state.entry(NAMES.get(i));
                if (entry.bytes() != vectors.get(i).length() * Float.BYTES || entry.type() != TensorType.F32) {
                    throw misfit(
                            file,
                            NAMES.get(i) + " has " + entry.bytes() + " bytes",
                            "it must have " + vectors.get(i).length() * Float.BYTES);
                }
            }
            for (int i = 0; i < NAMES.size(); i++) {
                long from = 0;
                for (Iterator<ByteBuffer> pieces = vectors.get(i).pieces(); pieces.hasNext(); ) {
                    ByteBuffer piece = pieces.next();
                    from += piece.remaining();
                    state.read(NAMES.get(i), from - piece.remaining(), piece);
                }
            }
        }
    }

    private static FineTuneException misfit(Path file, String... causes) {
        var problem = ModelProblems.STATE
                .error("the training state in " + file.getFileName() + " does not fit this run")
                .at(Location.of(file.toString()));
        List.of(causes).forEach(problem::because);
        return problem.asException();
    }
}
