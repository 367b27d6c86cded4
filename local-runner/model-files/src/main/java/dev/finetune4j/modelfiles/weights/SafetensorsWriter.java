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
     * Writes everything. Makes nothing durable: the caller forces the channel and renames the file.
     *
     * @param target where to; positioned at the start of the file
     * @param tensors by name
     * @param metadata free texts for the header, such as {@code format: pt}
     * @throws IOException if the channel refuses, for example because the disk is full
     * @throws IllegalArgumentException if a tensor is of a type that safetensors do not have, or gives another number of bytes than its
     *     shape needs
     */
    public static void write(
            WritableByteChannel target, Map<String, WritableTensor> tensors, Map<String, String> metadata)
            throws IOException {
        tensors.forEach(SafetensorsWriter::refuseQuantized);
        List<Map.Entry<String, WritableTensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing((Map.Entry<String, WritableTensor> entry) ->
                        REFERENCE_ORDER.indexOf(entry.getValue().type()))
                .reversed()
                .thenComparing(Map.Entry::getKey));
        WritableTensor.writeFully(target, header(ordered, metadata));
        for (Map.Entry<String, WritableTensor> entry : ordered) {
            entry.getValue().writeTo(target, entry.getKey());
        }
    }

    private static void refuseQuantized(String name, WritableTensor tensor) {
        if (tensor.type().isQuantized()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " must be of a type that safetensors have, was " + tensor.type());
        }
    }

    private static ByteBuffer header(List<Map.Entry<String, WritableTensor>> ordered, Map<String, String> metadata)
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
            for (Map.Entry<String, WritableTensor> entry : ordered) {
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

    private static void writeEntry(JsonGenerator generator, String name, WritableTensor tensor, long begin, long end)
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
}
