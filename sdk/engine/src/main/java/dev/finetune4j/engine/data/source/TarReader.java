package dev.finetune4j.engine.data.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Walks the entries of a tar stream: ustar, with long names in the ways of GNU and of POSIX (pax). Reads only, never writes. */
final class TarReader implements Closeable {
    private static final int BLOCK = 512;
    private static final int MAX_NAME_BYTES = 1 << 16;

    private final InputStream in;
    private String name = "";
    private char type;
    private long size;
    private long left;
    private long padding;

    TarReader(InputStream in) {
        this.in = in;
    }

    /**
     * Goes to the next entry, passing over what is unread of the current one.
     *
     * @return whether there is one
     */
    boolean next() throws IOException {
        String longName = null;
        while (true) {
            skip(left + padding);
            byte[] header = block();
            if (header == null || isZero(header)) {
                return false;
            }
            verify(header);
            type = (char) (header[156] & 0xFF);
            size = number(header, 124, 12);
            left = size;
            padding = (BLOCK - size % BLOCK) % BLOCK;
            if (type == 'L') {
                longName = smallContent().replace("\0", "");
            } else if (type == 'x') {
                longName = paxPath(smallContent(), longName);
            } else if (type != 'g') {
                String prefix = text(header, 345, 155);
                String own = text(header, 0, 100);
                boolean isUstar = text(header, 257, 5).equals("ustar");
                name = longName != null ? longName : isUstar && !prefix.isEmpty() ? prefix + "/" + own : own;
                return true;
            }
        }
    }

    /** The entry's name. */
    String name() {
        return name;
    }

    /** Whether the entry is a regular file. */
    boolean isFile() {
        return type == '0' || type == '\0';
    }

    /** Bytes of the entry's content. */
    long size() {
        return size;
    }

    /** The content of the current entry, to be read for {@link #size} bytes at most. */
    InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int read = in.read(buffer, offset, (int) Math.min(length, left));
                left -= Math.max(0, read);
                return read;
            }
        };
    }

    private String smallContent() throws IOException {
        if (size > MAX_NAME_BYTES) {
            throw new IOException("a name of " + size + " bytes");
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new IOException("it ends in the middle of a name");
        }
        left = 0;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The {@code path} of a pax header, whose records are {@code LENGTH KEY=VALUE\n}. */
    private static @Nullable String paxPath(String records, @Nullable String otherwise) {
        for (String record : records.split("\n")) {
            int key = record.indexOf(' ') + 1;
            if (record.startsWith("path=", key)) {
                return record.substring(key + "path=".length());
            }
        }
        return otherwise;
    }

    private byte @Nullable [] block() throws IOException {
        byte[] block = in.readNBytes(BLOCK);
        if (block.length != 0 && block.length != BLOCK) {
            throw new IOException("it ends in the middle of a header");
        }
        return block.length == 0 ? null : block;
    }

    private void skip(long bytes) throws IOException {
        in.skipNBytes(bytes);
        left = 0;
        padding = 0;
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static void verify(byte[] header) throws IOException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xFF;
        }
        if (sum != number(header, 148, 8)) {
            throw new IOException("a header has a wrong checksum");
        }
    }

    private static long number(byte[] header, int offset, int length) throws IOException {
        String octal = text(header, offset, length).strip();
        if (octal.startsWith("-") || octal.startsWith("+")) {
            throw new IOException("a header has a number with a sign");
        }
        try {
            // More than eleven digits would need the binary form, for files beyond 8 GiB, which are over every limit
            // here.
            return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
        } catch (NumberFormatException e) {
            throw new IOException("a header has a number that is none", e);
        }
    }

    private static String text(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
