package dev.finetune4j.modelfiles.weights;

import java.util.ArrayList;
import java.util.List;

/** Reads one typed value of GGUF metadata. */
final class GgufValueReader {
    private static final int MAX_DEPTH = 4;

    /** GGUF's type numbers. */
    private static final int UINT8 = 0;

    private static final int INT8 = 1;
    private static final int UINT16 = 2;
    private static final int INT16 = 3;
    static final int UINT32 = 4;
    static final int INT32 = 5;
    static final int FLOAT32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;
    private static final int UINT64 = 10;
    private static final int INT64 = 11;
    private static final int FLOAT64 = 12;

    private GgufValueReader() {}

    static GgufValue read(GgufCursor cursor, String key) {
        return read(cursor, key, cursor.u32("the type of key " + key), 0);
    }

    private static GgufValue read(GgufCursor cursor, String key, long type, int depth) {
        String what = "the value of key " + key;
        return switch ((int) type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 ->
                new GgufValue.Whole(whole(cursor, (int) type, what));
            case FLOAT32, FLOAT64 -> new GgufValue.Real(real(cursor, (int) type, what));
            case BOOL -> new GgufValue.Truth(truth(cursor, key, what));
            case STRING -> new GgufValue.Text(cursor.text(what));
            case ARRAY -> list(cursor, key, depth + 1);
            default -> throw unknownType(cursor, key, type);
        };
    }

    private static GgufValue list(GgufCursor cursor, String key, int depth) {
        if (depth > MAX_DEPTH) {
            throw cursor.damaged(
                    "key " + key + " is nested too deeply", "lists in lists are read to depth " + MAX_DEPTH);
        }
        String what = "a value of key " + key;
        int type = (int) cursor.u32("the element type of key " + key);
        String number = "the number of values of key " + key;
        long minBytes = minBytes(cursor, key, type);
        int count = type == STRING || type == ARRAY
                ? cursor.objectCount(number, minBytes)
                : cursor.numberCount(number, minBytes);
        switch (type) {
            case STRING -> {
                PackedTexts.Packer texts = new PackedTexts.Packer(count);
                for (int i = 0; i < count; i++) {
                    texts.add(cursor.utf8(what));
                }
                return new GgufValue.Texts(texts.texts());
            }
            case ARRAY -> {
                List<GgufValue> lists = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    lists.add(list(cursor, key, depth + 1));
                }
                return new GgufValue.Nested(lists);
            }
            case FLOAT32, FLOAT64 -> {
                double[] reals = new double[count];
                for (int i = 0; i < count; i++) {
                    reals[i] = real(cursor, type, what);
                }
                return new GgufValue.Reals(reals);
            }
            default -> {
                long[] wholes = new long[count];
                for (int i = 0; i < count; i++) {
                    wholes[i] = type == BOOL ? (truth(cursor, key, what) ? 1 : 0) : whole(cursor, type, what);
                }
                return new GgufValue.Wholes(wholes);
            }
        }
    }

    private static long minBytes(GgufCursor cursor, String key, int type) {
        return switch (type) {
            case UINT8, INT8, BOOL -> 1;
            case UINT16, INT16 -> 2;
            case UINT32, INT32, FLOAT32 -> 4;
            case UINT64, INT64, FLOAT64, STRING -> 8;
            case ARRAY -> 12;
            default -> throw unknownType(cursor, key, type);
        };
    }

    private static long whole(GgufCursor cursor, int type, String what) {
        return switch (type) {
            case UINT8 -> cursor.u8(what);
            case INT8 -> (byte) cursor.u8(what);
            case UINT16 -> cursor.i16(what) & 0xffff;
            case INT16 -> cursor.i16(what);
            case UINT32 -> cursor.u32(what);
            case INT32 -> cursor.i32(what);
            default -> cursor.i64(what);
        };
    }

    private static double real(GgufCursor cursor, int type, String what) {
        return type == FLOAT32 ? cursor.f32(what) : cursor.f64(what);
    }

    private static boolean truth(GgufCursor cursor, String key, String what) {
        int value = cursor.u8(what);
        if (value > 1) {
            throw cursor.damaged("key " + key + " is neither true nor false", "found " + value);
        }
        return value == 1;
    }

    private static RuntimeException unknownType(GgufCursor cursor, String key, long type) {
        return cursor.damaged("key " + key + " has an unknown type", "number " + type + "; 0 to 12 are known");
    }
}
