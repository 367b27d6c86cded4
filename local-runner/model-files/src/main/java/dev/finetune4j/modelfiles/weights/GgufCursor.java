package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads little-endian values of a GGUF header one after the other; never allocates for bytes that are not there. */
final class GgufCursor {
    /** Longest single text; chat templates are below 100 KB. */
    static final long MAX_TEXT_BYTES = 16L << 20;

    /** Header bytes in all; the largest vocabularies take below 20 MB. */
    static final long MAX_HEADER_BYTES = 256L << 20;

    /** Texts and lists in all the lists of a header; the largest vocabularies have 800,000 tokens and merges. */
    private static final int MAX_LISTED_OBJECTS = 1 << 20;

    /** Numbers in all the lists of a header. */
    private static final int MAX_LISTED_NUMBERS = 1 << 22;

    private static final int WINDOW_BYTES = 1 << 16;

    /** What a decoder puts where bytes are no UTF-8; a text may have it of itself, too. */
    private static final char REPLACED = '\uFFFD';

    private final WeightChannel channel;
    private final ByteBuffer window =
            ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long windowStart;
    private int listedObjects;
    private int listedNumbers;

    GgufCursor(WeightChannel channel) {
        this.channel = channel;
    }

    /** Bytes read so far. */
    long position() {
        return windowStart + window.position();
    }

    /** Bytes that a header may still have. */
    long remaining() {
        return Math.min(channel.size(), MAX_HEADER_BYTES) - position();
    }

    int u8(String what) {
        return need(1, what).get() & 0xff;
    }

    int i16(String what) {
        return need(2, what).getShort();
    }

    int i32(String what) {
        return need(4, what).getInt();
    }

    long u32(String what) {
        return Integer.toUnsignedLong(i32(what));
    }

    long i64(String what) {
        return need(Long.BYTES, what).getLong();
    }

    float f32(String what) {
        return need(4, what).getFloat();
    }

    double f64(String what) {
        return need(8, what).getDouble();
    }

    /** A count that cannot exceed what the bytes left can hold. */
    int count(String what, long minBytesEach, int limit) {
        long count = i64(what);
        if (count < 0 || count > remaining() / minBytesEach) {
            throw damaged(
                    what + " is impossible",
                    Long.toUnsignedString(count) + " claimed; the " + remaining() + " bytes left hold at most "
                            + remaining() / minBytesEach);
        }
        if (count > limit) {
            throw damaged(what + " is too large", count + " claimed; at most " + limit + " more are read");
        }
        return (int) count;
    }

    /** The length of a list of texts or lists, which are bounded over all lists: each takes more memory than it takes bytes. */
    int objectCount(String what, long minBytesEach) {
        int count = count(what, minBytesEach, MAX_LISTED_OBJECTS - listedObjects);
        listedObjects += count;
        return count;
    }

    /** The length of a list of numbers, which are bounded over all lists. */
    int numberCount(String what, long minBytesEach) {
        int count = count(what, minBytesEach, MAX_LISTED_NUMBERS - listedNumbers);
        listedNumbers += count;
        return count;
    }

    String text(String what) {
        return decode(bytes(what), what);
    }

    /** The bytes of a text, after a look whether they are UTF-8. */
    byte[] utf8(String what) {
        byte[] bytes = bytes(what);
        String unused = decode(bytes, what);
        return bytes;
    }

    private byte[] bytes(String what) {
        if (window.remaining() < Long.BYTES) { // asked here, so that the words below are not made for each text
            refill(Long.BYTES, "length of " + what);
        }
        long length = window.getLong();
        if (length < 0 || length > Math.min(remaining(), MAX_TEXT_BYTES)) {
            throw damaged(
                    what + " is too long",
                    Long.toUnsignedString(length) + " bytes claimed; " + remaining() + " are left, and at most "
                            + MAX_TEXT_BYTES + " are read");
        }
        byte[] bytes = new byte[(int) length];
        int read = 0;
        while (read < bytes.length) {
            ByteBuffer some = need(1, what);
            int part = Math.min(some.remaining(), bytes.length - read);
            some.get(bytes, read, part);
            read += part;
        }
        return bytes;
    }

    /** A vocabulary has tens of thousands of texts, and a strict decoder takes many times as long as one that replaces what is no UTF-8. */
    private String decode(byte[] bytes, String what) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACED) < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ModelFilesProblems.GGUF_METADATA
                    .error(channel.path().getFileName() + ": " + what + " is not UTF-8")
                    .at(channel.location())
                    .because("it ends at byte " + position())
                    .asException(e);
        }
    }

    private ByteBuffer need(int bytes, String what) {
        if (window.remaining() < bytes) {
            refill(bytes, what);
        }
        return window;
    }

    private void refill(int bytes, String what) {
        if (remaining() < bytes) {
            throw damaged(
                    "the file ends within " + what,
                    "at byte " + position() + " " + remaining() + " bytes are left of at most "
                            + Math.min(channel.size(), MAX_HEADER_BYTES));
        }
        long start = position();
        int length = (int) Math.min(WINDOW_BYTES, remaining());
        window.clear().limit(length);
        channel.read(start, window);
        windowStart = start;
        window.flip();
    }

    FineTuneException damaged(String summary, String cause) {
        return ModelFilesProblems.GGUF_METADATA
                .error(channel.path().getFileName() + ": " + summary)
                .at(channel.location())
                .because(cause)
                .asException();
    }
}
