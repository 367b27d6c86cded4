package dev.finetune4j.modelfiles.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes a GGUF file, version 3 (<a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">specification</a>),
 * deterministically: keys and tensors come in the order in which they are given. One piece of a tensor is in memory at a time.
 *
 * <p>Values are written in the types that llama.cpp asks for, and it asks for exact ones: whole numbers as unsigned and numbers with a
 * fraction as 32 bits, lists of whole numbers as signed 32 bits.
 */
public final class GgufWriter {
    private static final int VERSION = 3;

    private final ByteArrayOutputStream header = new ByteArrayOutputStream();

    private GgufWriter() {}

    /**
     * Writes everything. Makes nothing durable: the caller forces the channel and renames the file.
     *
     * @param target where to; positioned at the start of the file
     * @param metadata keys and values
     * @param tensors by name
     * @throws IOException if the channel refuses, for example because the disk is full
     * @throws IllegalArgumentException if a value does not fit the type that it is written in, a tensor is of a type that GGUF does not
     *     have, or gives another number of bytes than its shape needs
     */
    public static void write(
            WritableByteChannel target, Map<String, GgufValue> metadata, Map<String, WritableTensor> tensors)
            throws IOException {
        GgufWriter writer = new GgufWriter();
        writer.i32(GgufHeader.MAGIC);
        writer.i32(VERSION);
        writer.i64(tensors.size());
        writer.i64(metadata.size());
        metadata.forEach(writer::key);
        writer.describe(tensors);
        writer.pad(writer.header.size());
        WritableTensor.writeFully(target, ByteBuffer.wrap(writer.header.toByteArray()));
        for (Map.Entry<String, WritableTensor> tensor : tensors.entrySet()) {
            tensor.getValue().writeTo(target, tensor.getKey());
            WritableTensor.writeFully(
                    target, ByteBuffer.allocate(padding(tensor.getValue().size())));
        }
    }

    private void describe(Map<String, WritableTensor> tensors) {
        long offset = 0;
        for (Map.Entry<String, WritableTensor> entry : tensors.entrySet()) {
            WritableTensor tensor = entry.getValue();
            if (tensor.type().ggmlNumber() < 0) {
                throw new IllegalArgumentException(
                        "tensor " + entry.getKey() + " must be of a type that GGUF has, was " + tensor.type());
            }
            text(entry.getKey());
            i32(tensor.shape().size());
            for (int axis = tensor.shape().size() - 1; axis >= 0; axis--) { // innermost first
                i64(tensor.shape().get(axis));
            }
            i32(tensor.type().ggmlNumber());
            i64(offset);
            offset = Math.addExact(offset, tensor.size() + padding(tensor.size()));
        }
    }

    private void key(String key, GgufValue value) {
        text(key);
        if (value instanceof GgufValue.Whole whole) {
            i32(GgufValueReader.UINT32);
            i32(unsigned(key, whole.value()));
        } else if (value instanceof GgufValue.Real real) {
            i32(GgufValueReader.FLOAT32);
            f32(real.value());
        } else if (value instanceof GgufValue.Truth truth) {
            i32(GgufValueReader.BOOL);
            header.write(truth.value() ? 1 : 0);
        } else if (value instanceof GgufValue.Text text) {
            i32(GgufValueReader.STRING);
            text(text.value());
        } else {
            list(key, value);
        }
    }

    private void list(String key, GgufValue value) {
        i32(GgufValueReader.ARRAY);
        if (value instanceof GgufValue.Texts texts) {
            i32(GgufValueReader.STRING);
            i64(texts.values().size());
            texts.values().forEach(this::text);
        } else if (value instanceof GgufValue.Wholes wholes) {
            long[] values = wholes.values();
            i32(GgufValueReader.INT32);
            i64(values.length);
            for (long each : values) {
                i32(Math.toIntExact(each));
            }
        } else if (value instanceof GgufValue.Reals reals) {
            double[] values = reals.values();
            i32(GgufValueReader.FLOAT32);
            i64(values.length);
            for (double each : values) {
                f32(each);
            }
        } else {
            throw new IllegalArgumentException("key " + key + " must be no list of lists");
        }
    }

    private static int unsigned(String key, long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException("key " + key + " must be 0 to 2^32 - 1, was " + value);
        }
        return (int) value;
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        i64(bytes.length);
        header.writeBytes(bytes);
    }

    private void i32(int value) {
        header.writeBytes(littleEndian(Integer.BYTES).putInt(value).array());
    }

    private void i64(long value) {
        header.writeBytes(littleEndian(Long.BYTES).putLong(value).array());
    }

    private void f32(double value) {
        header.writeBytes(littleEndian(Float.BYTES).putFloat((float) value).array());
    }

    private void pad(long written) {
        header.writeBytes(new byte[padding(written)]);
    }

    private static int padding(long written) {
        return (int) (-written & (GgufLayout.DEFAULT_ALIGNMENT - 1));
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
