package dev.finetune4j.modelfiles.weights;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** GGUF files with one damage each, beside those that {@link DamagedFilesTest} spells out: every type cut, every list too long. */
final class HostileGguf {
    private static final List<String> TYPES = List.of(
            "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string", "array", "uint64",
            "int64", "float64");
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final String ALIGNMENT = "general.alignment";

    private final List<HostileFile> files = new ArrayList<>();

    private HostileGguf() {}

    static List<HostileFile> files() {
        HostileGguf corpus = new HostileGguf();
        corpus.wrongStarts();
        corpus.wrongValues();
        corpus.wrongTensors();
        corpus.wrongPlaces();
        return corpus.files;
    }

    private void wrongStarts() {
        header("three bytes", new GgufBytes().u8('G').u8('G').u8('U'), "ends within the magic");
        header(
                "small letters",
                new GgufBytes().bytes("gguf".getBytes(StandardCharsets.UTF_8)).i32(3),
                "no GGUF file");
        header("a Git LFS pointer", new GgufBytes().bytes("version https".getBytes(StandardCharsets.UTF_8)), "no GGUF");
        for (int version : new int[] {0, 4, -1}) {
            files.add(HostileFile.gguf(
                    "version number " + version,
                    "FT0408",
                    new GgufBytes().i32(GgufHeader.MAGIC).i32(version).data(64),
                    "is not read"));
        }
        header("2^64 - 1 keys", GgufBytes.header(0, -1).data(64), "number of keys is impossible");
        header("more keys than fit", GgufBytes.header(0, 50).data(64), "50 claimed");
        header("70,000 keys", GgufBytes.header(0, 70_000).data(70_000 * 13), "at most 65536");
        header("200,000 tensors", GgufBytes.header(200_000, 0).data(200_000 * 32), "at most 131072");
        header("a key that is cut", GgufBytes.header(0, 2).intKey("k", 1).bytes(new byte[9]), "ends within");
    }

    private void wrongValues() {
        for (int type = 0; type < TYPES.size(); type++) {
            header(TYPES.get(type) + " that is cut", key().i32(type), "ends within");
            header(
                    "2^40 values of " + TYPES.get(type),
                    key().i32(ARRAY).i32(type).i64(1L << 40).data(64),
                    "impossible");
            header(
                    "-1 values of " + TYPES.get(type),
                    key().i32(ARRAY).i32(type).i64(-1).data(64),
                    "impossible");
        }
        header("text of 2^63 - 1 bytes", key().i32(STRING).i64(Long.MAX_VALUE).data(64), "bytes claimed");
        header("text one byte too long", key().i32(STRING).i64(65).bytes(new byte[64]), "65 bytes claimed");
        header("text of 17 MB", key().i32(STRING).i64(17 << 20).data(17 << 20), "at most 16777216");
        header("text not UTF-8", key().i32(STRING).i64(1).u8(0xff), "not UTF-8");
        header(
                "text with a surrogate",
                key().i32(STRING).i64(3).u8(0xed).u8(0xa0).u8(0x80),
                "not UTF-8");
        header("token not UTF-8", key().i32(ARRAY).i32(STRING).i64(1).i64(1).u8(0xc0), "not UTF-8");
        header("value type 2^32 - 1", key().i32(-1).data(64), "unknown type");
        header(
                "a million texts too many",
                key().i32(ARRAY).i32(STRING).i64(1_048_577).data(1_048_577 * 8),
                "at most");
        GgufBytes lists = key().i32(ARRAY).i32(ARRAY).i64(2);
        for (int i = 0; i < 2; i++) {
            lists.i32(0).i64(3_000_000).bytes(new byte[3_000_000]);
        }
        header("six million numbers in two lists", lists, "at most 1194304");
        header(
                "list of lists that is cut",
                key().i32(ARRAY).i32(ARRAY).i64(2).i32(0).i64(0).data(4),
                "");
    }

    private void wrongTensors() {
        header("tensor name of 2^62 bytes", GgufBytes.header(1, 0).i64(1L << 62).data(64), "name of tensor 1");
        header("tensor name not UTF-8", GgufBytes.header(1, 0).i64(1).u8(0xff).data(64), "not UTF-8");
        header("5 axes", one(List.of(1L, 1L, 1L, 1L, 1L), 0, 0).data(64), "5 axes");
        header(
                "tensor that is cut",
                GgufBytes.header(1, 0).text("a name of some bytes").i32(2).i64(1),
                "ends within");
        for (int type : new int[] {4, 5, 31, 36, -1}) {
            files.add(HostileFile.gguf(
                    "tensor type " + type, "FT0409", one(List.of(32L), type, 0).data(64), "GGUF type number"));
        }
    }

    private void wrongPlaces() {
        layout("blocks of 256, broken", one(List.of(128L), 12, 0).data(128), "multiple of 256");
        layout("quantized axes that overflow", one(List.of(1L << 62, 32L), 2, 0).data(64), "2^63 bytes or more");
        layout(
                "four axes that overflow",
                one(List.of(1L << 20, 1L << 20, 1L << 20, 8L), 0, 0).data(64),
                "2^63");
        layout("largest axis", one(List.of(Long.MAX_VALUE), 24, 0).data(64), "bytes needed");
        layout("offset of 2^63 - 1", one(List.of(4L), 0, Long.MAX_VALUE).data(64), "9223372036854775807 claimed");
        layout("one byte less", one(List.of(4L), 0, 0).data(15), "16 bytes needed at offset 0; 15");
        layout(
                "later one first",
                GgufBytes.header(2, 0)
                        .tensor("t", List.of(4L), 0, 32)
                        .tensor("u", List.of(4L), 0, 0)
                        .data(64),
                "offset 32 claimed");
        layout(
                "alignment of 2^21",
                GgufBytes.header(0, 1).intKey(ALIGNMENT, 1 << 21).data(32),
                "2097152");
        layout(
                "alignment as text",
                GgufBytes.header(0, 1).textKey(ALIGNMENT, "32").data(32),
                "another type");
        layout(
                "alignment as list",
                GgufBytes.header(0, 1).textsKey(ALIGNMENT, List.of("32")).data(32),
                "another type");
        layout(
                "alignment as float",
                GgufBytes.header(0, 1).text(ALIGNMENT).i32(6).i32(0x42000000).data(32),
                "type");
        layout(
                "negative alignment",
                GgufBytes.header(0, 1).text(ALIGNMENT).i32(5).i32(-32).data(32),
                "-32");
    }

    /** A header with one key, up to its type. */
    private static GgufBytes key() {
        return GgufBytes.header(0, 1).text("k");
    }

    private static GgufBytes one(List<Long> axes, int type, long offset) {
        return GgufBytes.header(1, 0).tensor("t", axes, type, offset);
    }

    private void header(String name, GgufBytes bytes, String message) {
        files.add(HostileFile.gguf(name, "FT0406", bytes, message));
    }

    private void layout(String name, GgufBytes bytes, String message) {
        files.add(HostileFile.gguf(name, "FT0407", bytes, message));
    }
}
