package dev.finetune4j.modelfiles.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A weight file with one damage.
 *
 * @param name what is wrong
 * @param suffix of its file name
 * @param bytes its content
 * @param code the expected code
 * @param message a part of the expected summary or cause
 */
@SuppressWarnings("ArrayRecordComponent") // only read
record HostileFile(String name, String suffix, byte[] bytes, String code, String message) {
    /** A safetensors file whose header is a text, with ' for ". */
    static HostileFile safetensors(String name, String code, String json, int dataBytes, String message) {
        return safetensors(name, code, withHeader(json, dataBytes), message);
    }

    static HostileFile safetensors(String name, String code, byte[] bytes, String message) {
        return new HostileFile(name, ".safetensors", bytes, code, message);
    }

    static HostileFile gguf(String name, String code, GgufBytes bytes, String message) {
        return new HostileFile(name, ".gguf", bytes.toBytes(), code, message);
    }

    /** Length, header and so many zeros of data. */
    static byte[] withHeader(String json, int dataBytes) {
        return withHeader(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    static byte[] withHeader(byte[] header, int dataBytes) {
        return ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    /** A length and so many zeros after it. */
    static byte[] claimedLength(long length, int bytesAfter) {
        return ByteBuffer.allocate(Long.BYTES + bytesAfter)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
    }

    @Override
    public String toString() {
        return suffix + ": " + name;
    }
}
