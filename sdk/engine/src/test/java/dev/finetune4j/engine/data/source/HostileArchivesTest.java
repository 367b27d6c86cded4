package dev.finetune4j.engine.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.Problems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packages with one damage each: every one is refused with FT0205, and nothing is written but the file that was asked for. */
class HostileArchivesTest {
    private static final String ROWS = "{\"prompt\":\"a\",\"completion\":\"b\"}\n".repeat(100);
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final String NAME = "p/rows.jsonl";

    @TempDir
    private Path folder;

    /** A package with one damage; {@code path} is what is asked for. */
    @SuppressWarnings("ArrayRecordComponent") // only read
    record HostileArchive(String name, String suffix, byte[] bytes, String path) {
        @Override
        public String toString() {
            return suffix + ": " + name;
        }
    }

    static Stream<HostileArchive> archives() throws IOException {
        List<HostileArchive> archives = new ArrayList<>();
        Path scratch = Files.createTempDirectory("archives");
        try {
            zips(archives, Files.readAllBytes(Packages.zip(scratch.resolve("sound.zip"), NAME, ROWS, "p/b", "b")));
            doubled(
                    archives,
                    Files.readAllBytes(Packages.zip(scratch.resolve("two.zip"), NAME, ROWS, "q/rows.jsonl", "")));
            tars(archives);
            bombs(archives, scratch);
        } finally {
            for (String file : List.of("sound.zip", "two.zip", "bomb.zip")) {
                Files.deleteIfExists(scratch.resolve(file));
            }
            Files.delete(scratch);
        }
        return archives.stream();
    }

    /** The bytes of all packages of a kind. */
    static List<byte[]> contents(String suffix) throws IOException {
        return archives()
                .filter(archive -> archive.suffix().equals(suffix) && archive.bytes().length < 1 << 14)
                .map(HostileArchive::bytes)
                .toList();
    }

    private static void zips(List<HostileArchive> into, byte[] sound) {
        int end = sound.length - END_BYTES;
        int central = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getInt(end + 16);
        int data = LOCAL_BYTES + NAME.length();
        zip(into, "empty", new byte[0]);
        zip(into, "not a zip", "PK and nothing".getBytes(StandardCharsets.UTF_8));
        zip(into, "without end record", Arrays.copyOf(sound, end));
        zip(into, "half an end record", Arrays.copyOf(sound, end + 11));
        zip(into, "without central directory", Arrays.copyOf(sound, central));
        zip(into, "cut in the data", Arrays.copyOf(sound, data + 5));
        zip(into, "first byte missing", Arrays.copyOfRange(sound, 1, sound.length));
        zip(into, "end claims a longer directory", poke(sound, end + 12, 0xff, 0xff, 0xff, 0x7f));
        zip(into, "end claims a directory of 2^31 bytes", poke(sound, end + 12, 0, 0, 0, 0x80));
        zip(into, "end claims a directory beyond the file", poke(sound, end + 16, 0xff, 0xff, 0xff, 0x7f));
        zip(into, "central signature", poke(sound, central, 'X'));
        zip(into, "encrypted", poke(sound, central + 8, 1));
        zip(into, "unknown method", poke(sound, central + 10, 99));
        zip(into, "packed, said to be stored", poke(sound, central + 10, 0));
        zip(into, "wrong CRC", poke(sound, central + 16, 1, 2, 3, 4));
        zip(into, "packed size of 0", poke(sound, central + 20, 0, 0, 0, 0));
        zip(into, "packed size short by a part", poke(sound, central + 20, 9, 0, 0, 0));
        zip(into, "packed size of 2^31", poke(sound, central + 20, 0, 0, 0, 0x80));
        zip(into, "size of 0", poke(sound, central + 24, 0, 0, 0, 0));
        zip(into, "size one too small", poke(sound, central + 24, ROWS.length() - 1 & 0xff));
        zip(into, "size of 2 GiB", poke(sound, central + 24, 0, 0, 0, 0x80));
        zip(into, "size of 2^32 - 2", poke(sound, central + 24, 0xfe, 0xff, 0xff, 0xff));
        zip(into, "name longer than the directory", poke(sound, central + 28, 0xff, 0xff));
        zip(into, "extra field longer than the directory", poke(sound, central + 30, 0xff, 0xff));
        zip(into, "comment longer than the directory", poke(sound, central + 32, 0xff, 0xff));
        zip(into, "data beyond the file", poke(sound, central + 42, 0xff, 0xff, 0xff, 0x7f));
        zip(into, "data in the directory", poke(sound, central + 42, central & 0xff, central >> 8));
        zip(into, "local signature", poke(sound, 0, 'X'));
        zip(into, "local name length", poke(sound, 26, 0xff, 0xff));
        zip(into, "local extra length", poke(sound, 28, 0xff, 0xff));
        zip(into, "no deflate block", poke(sound, data, 0x07));
        zip(into, "damaged data", poke(sound, data + 10, 0xff, 0xff, 0xff, 0xff));
        zip(into, "name is not UTF-8", poke(sound, central + CENTRAL_BYTES + NAME.length() + CENTRAL_BYTES, 0xff));
    }

    /** Renames the second entry to the name of the first, in both its headers. */
    private static void doubled(List<HostileArchive> into, byte[] sound) {
        String text = new String(sound, StandardCharsets.ISO_8859_1).replace("q/rows.jsonl", NAME);
        zip(into, "one name twice", text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void tars(List<HostileArchive> into) throws IOException {
        byte[] rows = ROWS.getBytes(StandardCharsets.UTF_8);
        byte[] sound = TarBytes.entry(NAME, '0', rows).gzip();
        tar(into, "empty", new byte[0]);
        tar(into, "not gzip", "nothing of the kind".getBytes(StandardCharsets.UTF_8));
        tar(into, "gzip header alone", Arrays.copyOf(sound, 10));
        tar(into, "cut in the data", Arrays.copyOf(sound, sound.length / 2));
        tar(into, "cut before the checksum", Arrays.copyOf(sound, sound.length - 8));
        tar(into, "wrong CRC", poke(sound, sound.length - 8, 1, 2, 3, 4));
        tar(into, "wrong length at the end", poke(sound, sound.length - 4, 1, 2, 3, 4));
        tar(into, "unknown gzip method", poke(sound, 2, 7));
        tar(into, "damaged data", poke(sound, 20, 0xff, 0xff, 0xff, 0xff));
        for (char type : new char[] {'1', '2', '3', '4', '5', '6', '7', 'S'}) {
            tar(
                    into,
                    "entry of type " + type,
                    TarBytes.entry(NAME, type, new byte[0]).gzip());
        }
        for (String size : List.of("-0000000001", "+0000000001", "00000000009", "0000000000x", "77777777777")) {
            tar(into, "size " + size, TarBytes.entry(NAME, '0', rows).size(size).gzip());
            tar(
                    into,
                    "long name of size " + size,
                    TarBytes.entry("l", 'L', rows).size(size).gzip());
        }
        tar(
                into,
                "wrong checksum",
                TarBytes.entry(NAME, '0', rows).checksum("000000").gzip());
        tar(
                into,
                "negative checksum",
                TarBytes.entry(NAME, '0', rows).checksum("-00001").gzip());
        tar(into, "half a header", TarBytes.entry(NAME, '0', rows).first(300).gzip());
        tar(
                into,
                "file that is cut",
                TarBytes.entry(NAME, '0', rows).first(512 + 100).gzip());
        tar(
                into,
                "long name that is cut",
                TarBytes.entry("l", 'L', rows).first(512 + 100).gzip());
        tar(
                into,
                "pax header of 100 KB",
                TarBytes.entry("x", 'x', new byte[100_000]).gzip());
        tar(
                into,
                "one name twice",
                TarBytes.entry(NAME, '0', rows)
                        .and(TarBytes.entry(NAME, '0', rows))
                        .gzip());
        tar(
                into,
                "damage after the file",
                TarBytes.entry(NAME, '0', rows)
                        .and(TarBytes.entry("b", '0', rows).checksum("1"))
                        .gzip());
    }

    private static void bombs(List<HostileArchive> into, Path scratch) throws IOException {
        byte[] zeros = new byte[32 << 20];
        byte[] rows = ROWS.getBytes(StandardCharsets.UTF_8);
        zip(into, "bomb", Files.readAllBytes(Packages.zip(scratch.resolve("bomb.zip"), NAME, zeros)));
        tar(into, "bomb", TarBytes.entry(NAME, '0', zeros).gzip());
        for (char type : new char[] {'0', 'g', 'S'}) {
            tar(
                    into,
                    "bomb of type " + type + " before the file",
                    TarBytes.entry("z", type, zeros)
                            .and(TarBytes.entry(NAME, '0', rows))
                            .gzip());
        }
        tar(
                into,
                "bomb after the file",
                TarBytes.entry(NAME, '0', rows)
                        .and(TarBytes.entry("z", '0', zeros))
                        .gzip());
        into.add(new HostileArchive("path out of the package", ".zip", new byte[0], "../../evil"));
        into.add(new HostileArchive("path from the root", ".tar.gz", new byte[0], "/etc/passwd"));
        into.add(new HostileArchive("path out on the way", ".tar.gz", new byte[0], "p/../../evil"));
    }

    private static void zip(List<HostileArchive> into, String name, byte[] bytes) {
        into.add(new HostileArchive(name, into.size() % 2 == 0 ? ".whl" : ".zip", bytes, NAME));
    }

    private static void tar(List<HostileArchive> into, String name, byte[] bytes) {
        into.add(new HostileArchive(name, ".tar.gz", bytes, NAME));
    }

    private static byte[] poke(byte[] sound, int at, int... values) {
        byte[] bytes = sound.clone();
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void coversEnoughKindsOfDamage() throws IOException {
        assertThat(archives()).hasSizeGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @MethodSource("archives")
    void refusesDamage(HostileArchive hostile) throws IOException {
        Path archive = Files.write(folder.resolve("package" + hostile.suffix()), hostile.bytes());
        Path target = Files.createDirectory(folder.resolve("target"));

        assertThat(Problems.only(() -> new PackageArchive(archive, "pypi:p==1!rows").extract(hostile.path(), target))
                        .code())
                .isEqualTo("FT0205");
        assertThat(target.toFile().list()).isSubsetOf("rows.jsonl");
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder(archive.getFileName().toString(), "target");
    }
}
