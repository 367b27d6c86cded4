package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parsed and checked header of a GGUF file (<a
 * href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">specification</a>).
 *
 * @param metadata keys and values
 * @param tensors by name, in the order of their bytes
 */
record GgufHeader(GgufMetadata metadata, Map<String, TensorEntry> tensors) {
    /** The bytes {@code GGUF}, read as a little-endian number. */
    static final int MAGIC = 0x46554747;

    private static final int OLDEST_VERSION = 2;
    private static final int NEWEST_VERSION = 3;
    private static final int MAX_TENSORS = 1 << 17;
    private static final int MAX_KEYS = 1 << 16;
    private static final int MAX_AXES = 4;

    /** Name length, one axis, type and offset. */
    private static final long MIN_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

    /** Key length, type and one byte of value. */
    private static final long MIN_KEY_BYTES = 8 + 4 + 1;

    /** A tensor as the header claims it, before its place was checked; shape innermost first, as GGUF has it. */
    record Claim(String name, List<Long> axes, long type, long offset) {}

    static GgufHeader read(WeightChannel channel) {
        GgufCursor cursor = new GgufCursor(channel);
        if (cursor.i32("the magic number") != MAGIC) {
            throw cursor.damaged("it is no GGUF file", "it does not start with GGUF");
        }
        checkVersion(channel, cursor.u32("the version"));
        int tensorCount = cursor.count("the number of tensors", MIN_TENSOR_BYTES, MAX_TENSORS);
        int keyCount = cursor.count("the number of keys", MIN_KEY_BYTES, MAX_KEYS);
        GgufMetadata metadata = new GgufMetadata(readKeys(cursor, keyCount));
        List<Claim> claims = readClaims(cursor, tensorCount);
        return new GgufHeader(
                metadata, Collections.unmodifiableMap(GgufLayout.check(channel, metadata, claims, cursor.position())));
    }

    private static void checkVersion(WeightChannel channel, long version) {
        if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
            throw ModelFilesProblems.GGUF_VERSION
                    .error(channel.path().getFileName() + ": GGUF version " + version + " is not read")
                    .at(channel.location())
                    .because("versions " + OLDEST_VERSION + " to " + NEWEST_VERSION
                            + " are read, in little-endian order")
                    .asException();
        }
    }

    private static Map<String, GgufValue> readKeys(GgufCursor cursor, int count) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = cursor.text("key " + (i + 1));
            if (values.put(key, GgufValueReader.read(cursor, key)) != null) {
                throw cursor.damaged(
                        "key " + key + " is there twice", "the second one is key " + (i + 1) + " of " + count);
            }
        }
        return values;
    }

    private static List<Claim> readClaims(GgufCursor cursor, int count) {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = cursor.text("the name of tensor " + (i + 1));
            long axisCount = cursor.u32("the number of axes of tensor " + name);
            if (axisCount < 1 || axisCount > MAX_AXES) {
                throw cursor.damaged(
                        "tensor " + name + " has " + axisCount + " axes", "1 to " + MAX_AXES + " are possible");
            }
            List<Long> axes = new ArrayList<>();
            for (long axis = 0; axis < axisCount; axis++) {
                axes.add(cursor.i64("an axis of tensor " + name));
            }
            claims.add(new Claim(
                    name, axes, cursor.u32("the type of tensor " + name), cursor.i64("the offset of tensor " + name)));
        }
        return claims;
    }
}
