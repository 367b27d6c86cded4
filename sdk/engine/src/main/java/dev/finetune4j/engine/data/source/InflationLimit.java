package dev.finetune4j.engine.data.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** A stream that ends with an exception where it unpacks to more than honest data would: a bomb is never read to its end. */
final class InflationLimit extends FilterInputStream {
    /** Largest ratio of unpacked to packed bytes; text rarely packs better than 20 to 1. */
    static final int MAX_RATIO = 200;

    private static final long FREE_BYTES = 1 << 20;

    private final long limit;
    private long done;

    /**
     * Wraps what unpacks.
     *
     * @param unpacked the unpacked bytes
     * @param packedBytes how many bytes they are unpacked from
     */
    InflationLimit(InputStream unpacked, long packedBytes) {
        super(unpacked);
        this.limit = FREE_BYTES + packedBytes * MAX_RATIO;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        done += Math.max(0, read);
        if (done > limit) {
            throw new IOException(String.format(Locale.ROOT, "it unpacks to more than %d times its size", MAX_RATIO));
        }
        return read;
    }

    /** Skips by reading, so that skipped bytes count as well. */
    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.min(Math.max(0, count), 1 << 16)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }
}
