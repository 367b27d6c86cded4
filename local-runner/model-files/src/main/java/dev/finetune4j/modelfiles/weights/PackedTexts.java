package dev.finetune4j.modelfiles.weights;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * Texts as their UTF-8 bytes: 12 bytes beside its own for a text, where a string takes some 50. A text is made anew each time it is asked
 * for.
 */
final class PackedTexts extends AbstractList<String> implements RandomAccess {
    /** Texts share arrays of this many bytes: one array for all would be copied as it grows. */
    private static final int BLOCK_BYTES = 1 << 16;

    private final byte[][] blocks;
    private final int[] starts;
    private final int[] lengths;

    private PackedTexts(byte[][] blocks, int[] starts, int[] lengths) {
        this.blocks = blocks;
        this.starts = starts;
        this.lengths = lengths;
    }

    @Override
    public String get(int index) {
        return new String(blocks[index], starts[index], lengths[index], StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return blocks.length;
    }

    /** Takes texts one after the other. */
    static final class Packer {
        private final byte[][] blocks;
        private final int[] starts;
        private final int[] lengths;
        private byte[] open = {};
        private int used;
        private int count;

        Packer(int size) {
            blocks = new byte[size][];
            starts = new int[size];
            lengths = new int[size];
        }

        /** Adds a text as its bytes, which are UTF-8. */
        void add(byte[] text) {
            if (text.length > BLOCK_BYTES) {
                put(text, 0, text.length);
                return;
            }
            if (used + text.length > open.length) {
                open = new byte[BLOCK_BYTES];
                used = 0;
            }
            System.arraycopy(text, 0, open, used, text.length);
            put(open, used, text.length);
            used += text.length;
        }

        private void put(byte[] block, int start, int length) {
            blocks[count] = block;
            starts[count] = start;
            lengths[count] = length;
            count++;
        }

        /** All texts; as many must have been added as were announced. */
        PackedTexts texts() {
            return new PackedTexts(blocks, starts, lengths);
        }
    }
}
