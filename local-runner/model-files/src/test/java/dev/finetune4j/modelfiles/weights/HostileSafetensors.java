package dev.finetune4j.modelfiles.weights;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Safetensors files with one damage each, beside those that {@link DamagedFilesTest} spells out: wrong values, bytes and places. */
final class HostileSafetensors {
    private static final String TWO = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";
    private static final List<String> NO_TEXT = List.of("null", "true", "1", "1.5", "{}", "[]");
    private static final List<String> NO_OBJECT = List.of("null", "true", "'x'", "1.5", "[]", "[{}]");
    private static final List<String> NO_TYPE = List.of("''", "'f32'", "'F32 '", "'float32'", "'F32\\u0000'");
    private static final List<String> NO_LENGTHS = List.of(
            "null", "true", "2", "1.5", "{}", "[null]", "[true]", "['2']", "[[2]]", "[{}]", "[2.0]", "[2e0]", "[-0]");
    private static final List<String> NO_PLACES = List.of(
            "null", "true", "8", "'x'", "{}", "[]", "[null,8]", "[[0],8]", "[0.0,8]", "[0,8e0]", "[-1,7]", "[-0,8]");
    private static final List<String> TOO_LARGE =
            List.of("9223372036854775808", "18446744073709551616", "-9223372036854775809", "9".repeat(1001));
    private static final List<String> NO_JSON = List.of(
            "{'a':" + TWO + ",}",
            "{'a'" + TWO + "}",
            "{'a':" + TWO,
            "{'a",
            "{a:" + TWO + "}",
            "{/**/'a':" + TWO + "}",
            "{'a':{'dtype':'F32','shape':[02],'data_offsets':[0,8]}}",
            "{'a':{'dtype':'F32','shape':[+2],'data_offsets':[0,8]}}",
            "{'a':{'dtype':'F32','shape':[0x2],'data_offsets':[0,8]}}",
            "{'a':{'dtype':'F32','shape':[NaN],'data_offsets':[0,8]}}",
            "{'a':{'dtype':'F32','shape':[Infinity],'data_offsets':[0,8]}}",
            "{'a':{'dtype':'F32','shape':[2,],'data_offsets':[0,8]}}",
            "{'a\nb':" + TWO + "}",
            "{'a\\x':" + TWO + "}");

    private final List<HostileFile> files = new ArrayList<>();

    private HostileSafetensors() {}

    static List<HostileFile> files() {
        HostileSafetensors corpus = new HostileSafetensors();
        corpus.wrongValues();
        corpus.wrongBytes();
        corpus.wrongSizes();
        corpus.wrongPlaces();
        return corpus.files;
    }

    private void wrongValues() {
        NO_OBJECT.forEach(value -> header("entry is " + value, "{'a':" + value + "}", "is no object"));
        NO_OBJECT.forEach(value -> header("metadata is " + value, "{'__metadata__':" + value + "}", "is no object"));
        NO_TEXT.forEach(
                value -> header("a metadata is " + value, "{'__metadata__':{'a':" + value + "}}", "is no text"));
        NO_TEXT.forEach(value -> header("dtype is " + value, claim(value, "[2]", "[0,8]"), "tensor a"));
        NO_TYPE.forEach(value -> header("dtype is " + value, claim(value, "[2]", "[0,8]"), "unknown type"));
        NO_LENGTHS.forEach(value -> header("shape is " + value, claim("'F32'", value, "[0,8]"), "shape of tensor a"));
        NO_PLACES.forEach(value -> header("offsets are " + value, claim("'F32'", "[2]", value), "tensor a"));
        TOO_LARGE.forEach(value -> header("axis is " + shown(value), claim("'F32'", "[" + value + "]", "[0,8]"), ""));
        TOO_LARGE.forEach(value -> header("end is " + shown(value), claim("'F32'", "[2]", "[0," + value + "]"), ""));
        NO_JSON.forEach(json -> header("no JSON: " + shown(json), json, "not the JSON"));
        header("metadata twice", "{'__metadata__':{},'__metadata__':{}}", "Duplicate");
        header("a metadata twice", "{'__metadata__':{'a':'','a':''}}", "Duplicate");
        header("high surrogate alone", "{'\\ud83d':" + TWO + "}", "half a character");
        header("low surrogate alone", "{'\\ude00x':" + TWO + "}", "half a character");
        header("nested 10,000 deep", "{'a':{'x':" + "[".repeat(10_000) + "]".repeat(10_000) + "}}", "nesting depth");
        header("a name of 70,000 bytes", "{'" + "n".repeat(70_000) + "':" + TWO + "}", "Name length");
    }

    private void wrongBytes() {
        String sound = "{\"a\":" + TWO.replace('\'', '"') + "}";
        for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            bytes("header in " + charset, sound.getBytes(Charset.forName(charset)));
        }
        bytes("byte order mark", ("\uFEFF" + sound).getBytes(StandardCharsets.UTF_8));
        bytes("overlong character", withName(sound, 0xc1, 0xa1));
        bytes("surrogate in UTF-8", withName(sound, 0xed, 0xa0, 0x80));
        bytes("character over U+10FFFF", withName(sound, 0xf4, 0x90, 0x80, 0x80));
        bytes("character that is cut", withName(sound, 0xe2, 0x82));
        bytes("NUL bytes at the end", (sound + "\0\0").getBytes(StandardCharsets.UTF_8));
        bytes("gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
        bytes("zip", "PK\3\4".getBytes(StandardCharsets.ISO_8859_1));
        bytes("nothing but {", "{".getBytes(StandardCharsets.UTF_8));
    }

    private void wrongSizes() {
        List<String> types = List.of("F64", "F16", "BF16", "F8_E4M3", "I64", "I16", "I8", "U64", "U16", "U8", "BOOL");
        types.forEach(type -> layout("bytes of F32 as " + type, claim("'" + type + "'", "[2]", "[0,8]"), 8, "needs"));
        layout("scalar of 8 bytes", claim("'F32'", "[]", "[0,8]"), 8, "needs 4 bytes");
        layout("axis of 0 with bytes", claim("'F32'", "[2,0]", "[0,8]"), 8, "needs 0 bytes");
        layout("no bytes for two", claim("'F32'", "[2]", "[0,0]"), 0, "needs 8 bytes");
        layout(
                "overflow before the axis of 0",
                claim("'F32'", "[1099511627776,1099511627776,0]", "[0,0]"),
                0,
                "2^63 bytes or more");
        layout("64 axes of 2", claim("'U8'", "[" + "2,".repeat(63) + "2]", "[0,8]"), 8, "2^63 bytes or more");
    }

    private void wrongPlaces() {
        byte[] sound = HostileFile.withHeader("{'a':" + TWO + "}", 8);
        place("one byte less", Arrays.copyOf(sound, sound.length - 1), "beyond the file");
        place("one byte more", Arrays.copyOf(sound, sound.length + 1), "which has 9");
        place("no data", Arrays.copyOf(sound, sound.length - 8), "beyond the file");
        place("the file twice", HostileFile.withHeader("{'a':" + TWO + "}", 16 + sound.length), "does not end with");
        layout("offsets from the start of the file", claim("'F32'", "[2]", "[72,80]"), 8, "beyond the file");
        layout("later one first, over it", pair("[4,12]", "[0,8]"), 12, "overlaps");
        layout("one within the other", pair("[0,16]", "[4,12]"), 16, "wrong size");
        layout("hole of one byte", pair("[9,17]", "[0,8]"), 17, "hole before tensor a");
        layout("empty tensor within another", pair("[0,8]", "[4,4]"), 8, "overlaps");
        layout("empty tensor beyond the file", pair("[0,8]", "[16,16]"), 8, "beyond the file");
    }

    private void header(String name, String json, String message) {
        files.add(HostileFile.safetensors(name, "FT0404", json, 8, message));
    }

    private void bytes(String name, byte[] header) {
        files.add(HostileFile.safetensors(name, "FT0404", HostileFile.withHeader(header, 8), "header"));
    }

    private void layout(String name, String json, int dataBytes, String message) {
        files.add(HostileFile.safetensors(name, "FT0405", json, dataBytes, message));
    }

    private void place(String name, byte[] file, String message) {
        files.add(HostileFile.safetensors(name, "FT0405", file, message));
    }

    private static String claim(String dtype, String shape, String offsets) {
        return "{'a':{'dtype':" + dtype + ",'shape':" + shape + ",'data_offsets':" + offsets + "}}";
    }

    private static String pair(String firstOffsets, String secondOffsets) {
        String start = "{'dtype':'F32','shape':[2],'data_offsets':";
        return "{'a':" + start + firstOffsets + "},'b':" + start + secondOffsets + "}}";
    }

    /** The header with other bytes for the name of its tensor. */
    private static byte[] withName(String header, int... name) {
        StringBuilder raw = new StringBuilder();
        Arrays.stream(name).forEach(value -> raw.append((char) value));
        return header.replace("\"a\"", "\"" + raw + "\"").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String shown(String text) {
        return text.replace('\n', ' ').substring(0, Math.min(text.length(), 70));
    }
}
