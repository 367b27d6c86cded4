package dev.finetune4j.training.model.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made of source text alone, as libtorch loads it: a zip of stored entries with two tiny pickles, the first of
 * which says that the object is an instance of class {@code M} of file {@code __torch__.py}. File {@code norm.py} is reached from
 * the others as {@code __torch__.norm}. No Python takes part.
 */
final class ScriptArchive {
    private static final byte[] EMPTY_TUPLE_PICKLE = {(byte) 0x80, 2, ')', '.'};

    private ScriptArchive() {}

    /**
     * Packs sources.
     *
     * @param entry source with class {@code M}
     * @param blocks name to source of the files beside it
     * @return the archive's bytes, the same for the same sources
     */
    static byte[] of(String entry, Map<String, String> blocks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "m/data.pkl", modulePickle());
            put(zip, "m/code/__torch__.py", entry.getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, String> block : blocks.entrySet()) {
                put(
                        zip,
                        "m/code/__torch__/" + block.getKey() + ".py",
                        block.getValue().getBytes(StandardCharsets.UTF_8));
            }
            put(zip, "m/constants.pkl", EMPTY_TUPLE_PICKLE);
            put(zip, "m/byteorder", "little".getBytes(StandardCharsets.UTF_8));
            put(zip, "m/version", "3\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Pickle, protocol 2, of an instance of {@code __torch__.M} whose one attribute is {@code training = True}. */
    private static byte[] modulePickle() throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 2});
        pickle.write("c__torch__\nM\n)".getBytes(StandardCharsets.UTF_8));
        pickle.write(new byte[] {(byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
        pickle.write("training".getBytes(StandardCharsets.UTF_8));
        pickle.write(new byte[] {(byte) 0x88, 'u', 'b', '.'});
        return pickle.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setTime(0);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
