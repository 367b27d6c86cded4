package dev.finetune4j.engine.data.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** UTF-16 without a byte order mark, as its NUL bytes and line feeds tell. */
enum UnmarkedUtf16 {
    LITTLE_ENDIAN("UTF-16LE", 1),
    BIG_ENDIAN("UTF-16BE", 0);

    /** Share of ASCII and Latin characters at which nothing else can be meant. */
    private static final double NEARLY_ALL = 0.9;

    /** Share of them that the braces, quotes and names of rows give a text in any script. */
    private static final double OF_ROWS = 0.1;

    private final String charset;
    /** Where in a character's two bytes the higher one stands. */
    private final int high;

    UnmarkedUtf16(String charset, int high) {
        this.charset = charset;
        this.high = high;
    }

    /** The order of a file's first bytes, of which {@code count} are there; empty where the file is no UTF-16. */
    static Optional<UnmarkedUtf16> of(byte[] bytes, int count) {
        return Arrays.stream(values()).filter(order -> order.fits(bytes, count)).findFirst();
    }

    /** Its name for iconv. */
    String charset() {
        return charset;
    }

    private boolean fits(byte[] bytes, int count) {
        int units = count / 2;
        int latin = 0;
        int lineFeeds = 0;
        for (int i = 0; i < units; i++) {
            byte low = bytes[2 * i + 1 - high];
            if (bytes[2 * i + high] != 0) {
                continue;
            }
            if (low == 0) {
                return false;
            }
            latin++;
            lineFeeds += low == '\n' ? 1 : 0;
        }
        boolean hasLines = lineFeeds > 0 && (latin >= OF_ROWS * units || !isUtf8(bytes, count));
        return units > 0 && (latin >= NEARLY_ALL * units || hasLines);
    }

    /** Whether the bytes are UTF-8 as well, but for a last character that is cut. */
    private static boolean isUtf8(byte[] bytes, int count) {
        return !StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, count), CharBuffer.allocate(count), false)
                .isError();
    }
}
