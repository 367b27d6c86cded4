package dev.finetune4j.worker.pack;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes files in the <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06">ustar</a> format, which
 * every tar unpacks. Nothing of the machine goes in: files are nobody's and as old as Unix.
 */
final class TarFile implements Closeable {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int PREFIX_BYTES = 155;

    /** Two empty blocks end an archive. */
    private static final int END_BYTES = 2 * BLOCK;

    private final OutputStream out;

    /** An archive; closing it closes the stream. */
    TarFile(OutputStream out) {
        this.out = out;
    }

    /**
     * Adds a file.
     *
     * @param name relative, with slashes
     */
    void add(String name, Path file, boolean isExecutable) throws IOException {
        long size = Files.size(file);
        out.write(header(name, size, isExecutable));
        long copied = Files.copy(file, out);
        if (copied != size) {
            throw new IOException(file + " had " + size + " bytes and then " + copied);
        }
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[END_BYTES]);
        out.close();
    }

    private static byte[] header(String name, long size, boolean isExecutable) throws IOException {
        byte[] block = new byte[BLOCK];
        int cut = prefixLength(name);
        put(block, 0, cut == 0 ? name : name.substring(cut + 1));
        put(block, 100, isExecutable ? "0000755" : "0000644");
        put(block, 108, "0000000"); // owner
        put(block, 116, "0000000"); // group
        put(block, 124, String.format(Locale.ROOT, "%011o", size));
        put(block, 136, "00000000000"); // time
        put(block, 148, "        "); // the checksum counts itself as blanks
        put(block, 156, "0"); // a file
        put(block, 257, "ustar");
        put(block, 263, "00");
        put(block, 345, name.substring(0, cut));
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o", sum));
        block[154] = 0;
        return block;
    }

    /** Where a long name is cut in two, at a slash; 0 for a short one. */
    private static int prefixLength(String name) throws IOException {
        if (bytes(name).length <= NAME_BYTES) {
            return 0;
        }
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            if (bytes(name.substring(slash + 1)).length <= NAME_BYTES
                    && bytes(name.substring(0, slash)).length <= PREFIX_BYTES) {
                return slash;
            }
        }
        throw new IOException("the name is too long for a tar file: " + name);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = bytes(text);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
