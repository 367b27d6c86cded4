package dev.finetune4j.modelfiles.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.IntFunction;

/**
 * One tensor in the 4-bit format NF4 with double quantization (<a href="https://arxiv.org/abs/2305.14314">Dettmers et al. 2023</a>),
 * number by number as bitsandbytes 0.50 computes it. The tensor is cut into blocks of 64 elements, across its rows. An element is the
 * nearest of 16 codes times the largest magnitude of its block; a magnitude is, in blocks of 256 of them, the nearest of 256 codes times
 * the largest distance from the mean of all, plus that mean. The mean is rounded once, where bitsandbytes sums in float32 and its last
 * bit depends on the machine.
 *
 * <pre>
 * codes       [blocks, 32] bytes, the first element of a pair in the upper half
 * magnitudes  [blocks] bytes
 * distances   [blocks / 256, rounded up] float32
 * mean        float32
 * </pre>
 */
public final class NormalFloat4 {
    /** Elements of a block. */
    public static final int BLOCK = 64;

    /** Bytes of the codes of a block. */
    public static final int BLOCK_BYTES = BLOCK / 2;

    /** Magnitudes that share a distance. */
    public static final int MAGNITUDES = 256;

    private static final float TINY = 1e-38f;

    /** Quantiles of the normal distribution, scaled to -1..1 (appendix E of the paper). */
    private static final CodeBook CODES = new CodeBook(new float[] {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    });

    private static final CodeBook LEVELS = CodeBook.dynamic();

    private final long elements;
    private final ByteBuffer codes;
    private final ByteBuffer magnitudes;
    private final FloatBuffer distances;
    private final float[] largest;
    private int block;
    private float mean;

    /**
     * A tensor whose elements are still to come.
     *
     * @param elements how many
     * @param memory gives buffers of so many bytes, in the machine's order; called for codes, magnitudes and distances
     */
    public NormalFloat4(long elements, IntFunction<ByteBuffer> memory) {
        int blocks = Math.toIntExact((elements + BLOCK - 1) / BLOCK);
        this.elements = elements;
        this.codes = memory.apply(Math.multiplyExact(blocks, BLOCK_BYTES));
        this.magnitudes = memory.apply(blocks);
        this.distances = memory.apply((blocks + MAGNITUDES - 1) / MAGNITUDES * Float.BYTES)
                .asFloatBuffer();
        this.largest = new float[blocks];
    }

    /** The 16 codes. */
    public static float[] codes() {
        return CODES.values();
    }

    /** The 256 codes of magnitudes. */
    public static float[] levels() {
        return LEVELS.values();
    }

    /** Bytes of a tensor in this format. */
    public static long bytesOf(long elements) {
        long blocks = (elements + BLOCK - 1) / BLOCK;
        return blocks * (BLOCK_BYTES + 1) + (blocks + MAGNITUDES - 1) / MAGNITUDES * Float.BYTES + Float.BYTES;
    }

    /**
     * Takes the next elements: whole blocks, unless they are the last.
     *
     * @param piece finite numbers from position to limit
     */
    public void add(FloatBuffer piece) {
        float[] row = new float[BLOCK];
        while (piece.hasRemaining()) {
            int length = Math.min(BLOCK, piece.remaining());
            piece.get(row, 0, length);
            addBlock(row, length);
        }
    }

    private void addBlock(float[] row, int length) {
        float magnitude = 0;
        for (int i = 0; i < length; i++) {
            magnitude = Math.max(magnitude, Math.abs(row[i]));
        }
        largest[block] = magnitude;
        float inverse = 1 / Math.max(magnitude, TINY);
        int at = block * BLOCK_BYTES;
        for (int i = 0; i < BLOCK; i += 2) {
            int upper = i < length ? CODES.nearest(row[i] * inverse) : 0;
            int lower = i + 1 < length ? CODES.nearest(row[i + 1] * inverse) : 0;
            codes.put(at + i / 2, (byte) (upper << 4 | lower));
        }
        block++;
    }

    /** Quantizes the magnitudes, after the last element. */
    public void finish() {
        double sum = 0;
        for (float each : largest) {
            sum += each;
        }
        mean = (float) (sum / largest.length);
        for (int first = 0; first < largest.length; first += MAGNITUDES) {
            int end = Math.min(first + MAGNITUDES, largest.length);
            float distance = 0;
            for (int i = first; i < end; i++) {
                distance = Math.max(distance, Math.abs(largest[i] - mean));
            }
            distances.put(first / MAGNITUDES, distance);
            float inverse = 1 / Math.max(distance, TINY);
            for (int i = first; i < end; i++) {
                magnitudes.put(i, (byte) LEVELS.nearest((largest[i] - mean) * inverse));
            }
        }
    }

    /** The mean of all magnitudes, once finished. */
    public float mean() {
        return mean;
    }

    /**
     * Gives elements back as they are after quantization.
     *
     * @param from the first of them
     * @param target as many as it has room for from its position on
     */
    public void read(long from, FloatBuffer target) {
        for (long at = from; target.hasRemaining() && at < elements; at++) {
            int number = (int) (at / BLOCK);
            int pair = codes.get((int) (at / 2)) & 0xff;
            target.put(CODES.value(at % 2 == 0 ? pair >>> 4 : pair & 0xf) * magnitude(number));
        }
    }

    private float magnitude(int number) {
        return LEVELS.value(magnitudes.get(number) & 0xff) * distances.get(number / MAGNITUDES) + mean;
    }
}
