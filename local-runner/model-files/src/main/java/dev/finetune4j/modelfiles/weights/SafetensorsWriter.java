package dev.finetune4j.modelfiles.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes a safetensors file, deterministically: the same tensors give the same bytes, those of the reference library (widest type
 * first, then by name; header padded with blanks to 8 bytes). One piece of a tensor is in memory at a time.
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();

    /** The reference library writes the types in the reverse of this order, its declaration order. */
    private static final List<TensorType> REFERENCE_ORDER = List.of(
            TensorType.BOOL,
            TensorType.U8,
            TensorType.I8,
            TensorType.F8_E5M2,
            TensorType.F8_E4M3,
            TensorType.I16,
            TensorType.U16,
            TensorType.F16,
            TensorType.BF16,
            TensorType.I32,
            TensorType.U32,
            TensorType.F32,
            TensorType.F64,
            TensorType.I64,
            TensorType.U64);

    private SafetensorsWriter() {}

    /**
     * A tensor to be written.
     *
     * @param type how elements are stored; not a quantized type
     * @param shape lengths of the axes, outermost first
     * @param pieces give the little-endian bytes, piece by piece, when their turn comes; each piece may lie in the memory of the last
     */
    public record Tensor(TensorType type, List<Long> shape, Iterable<ByteBuffer> pieces) {
        /** Copies the shape; refuses quantized types, which safetensors do not have. */
        public Tensor {
            shape = List.copyOf(shape);
            if (type.isQuantized()) {
                throw new IllegalArgumentException("type must be one that safetensors have, was " + type);
            }
        }

        /** A tensor whose bytes come at once. */
        public static Tensor ofBytes(TensorType type, List<Long> shape, Supplier<ByteBuffer> bytes) {
            return new Tensor(type, shape, () -> Stream.generate(bytes).limit(1).iterator());
        }

        /** A tensor of 32-bit floats. */
        public static Tensor ofFloats(List<Long> shape, Supplier<float[]> floats) {
            return ofBytes(TensorType.F32, shape, () -> {
                float[] values = floats.get();
                ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, 4))
                        .order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                return bytes;
            });
        }

        private long size() {
            return type.bytesOf(TensorEntry.product(shape));
        }
    }

    /**
     * Writes everything. Makes nothing durable: the caller forces the channel and renames the file.
     *
     * @param target where to; positioned at the start of the file
     * @param tensors by name
     * @param metadata free texts for the header, such as {@code format: pt}
     * @throws IOException if the channel refuses, for example because the disk is full
     * @throws IllegalArgumentException if a tensor gives another number of bytes than its shape needs
     */
    public static void write(WritableByteChannel target, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing((Map.Entry<String, Tensor> entry) ->
                        REFERENCE_ORDER.indexOf(entry.getValue().type()))
                .reversed()
                .thenComparing(Map.Entry::getKey));
        writeFully(target, header(ordered, metadata));
        for (Map.Entry<String, Tensor> entry : ordered) {
            long written = 0;
            for (ByteBuffer piece : entry.getValue().pieces()) {
                written += piece.remaining();
                writeFully(target, piece);
            }
            if (written != entry.getValue().size()) {
                throw new IllegalArgumentException("tensor " + entry.getKey() + " must have "
                        + entry.getValue().size() + " bytes, was " + written);
            }
        }
    }

    private static ByteBuffer header(List<Map.Entry<String, Tensor>> ordered, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            generator.writeStartObject();
            if (!metadata.isEmpty()) {
                generator.writeObjectFieldStart(SafetensorsHeader.METADATA_KEY);
                for (Map.Entry<String, String> text : new TreeMap<>(metadata).entrySet()) {
                    generator.writeStringField(text.getKey(), text.getValue());
                }
                generator.writeEndObject();
            }
            long begin = 0;
            for (Map.Entry<String, Tensor> entry : ordered) {
                long end = Math.addExact(begin, entry.getValue().size());
                writeEntry(generator, entry.getKey(), entry.getValue(), begin, end);
                begin = end;
            }
            generator.writeEndObject();
        }
        int padded = (json.size() + 7) & -8;
        ByteBuffer header =
                ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json.toByteArray());
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static void writeEntry(JsonGenerator generator, String name, Tensor tensor, long begin, long end)
            throws IOException {
        generator.writeObjectFieldStart(name);
        generator.writeStringField("dtype", tensor.type().name());
        generator.writeArrayFieldStart("shape");
        for (long axis : tensor.shape()) {
            generator.writeNumber(axis);
        }
        generator.writeEndArray();
        generator.writeArrayFieldStart("data_offsets");
        generator.writeNumber(begin);
        generator.writeNumber(end);
        generator.writeEndArray();
        generator.writeEndObject();
    }

    private static void writeFully(WritableByteChannel target, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }
}
