package dev.finetune4j.engine.check.duplicates;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A few texts with which any number of others is compared, one after the other, and of which alone something is kept: 96 bytes of keys
 * and at most 768 of sketch and hashes a text. Finds the pairs that {@link SimilarTexts} would. Never changes, so that several threads may
 * ask it.
 */
public final class TextIndex {
    /** So that few hashes of other texts are taken for those of these. */
    private static final int BITS_A_HASH = 16;

    private static final int LEAST_BITS = 64;
    private static final int MOST_BITS = 1 << 30;

    private final List<int[]> sketches;
    /** By band, the key and number of every text, sorted. */
    private final long[][] entries = new long[BandKeys.BANDS][];

    private final BitSet hashes = new BitSet();
    private final int mask;

    /** Decides which pairs matter and takes them. */
    public interface Visitor {
        /** Whether a text is still worth comparing in a band, from 0. */
        boolean wants(int text, int band);

        /** A text that is nearly the same as the other. */
        void found(int text, int band, double similarity);
    }

    /** An index of the texts of these sketches, numbered from 0. An empty sketch is never similar to anything. */
    public TextIndex(List<int[]> sketches) {
        this.sketches = List.copyOf(sketches);
        long bits = BITS_A_HASH
                * sketches.stream().mapToLong(sketch -> sketch.length).sum();
        mask = (int) Long.highestOneBit(Math.max(LEAST_BITS, Math.min(MOST_BITS, bits))) - 1;
        for (int[] sketch : sketches) {
            for (int hash : sketch) {
                hashes.set(hash & mask);
            }
        }
        List<int[]> keys = sketches.stream().map(SimilarTexts::bandKeys).toList();
        for (int band = 0; band < BandKeys.BANDS; band++) {
            entries[band] = entries(keys, band);
        }
    }

    private static long[] entries(List<int[]> keys, int band) {
        return IntStream.range(0, keys.size())
                .filter(text -> keys.get(text).length > 0)
                .mapToLong(text -> ((long) keys.get(text)[band] << 32) | text)
                .sorted()
                .toArray();
    }

    /**
     * Whether a text of this sketch may be similar to one of these, as far as its hashes tell: at least so many of them must be theirs. Never
     * false of a similar text, and a look at each hash, where band keys take 48 products of each.
     */
    public boolean mayResemble(int[] sketch) {
        int known = 0;
        for (int hash : sketch) {
            known += hashes.get(hash & mask) ? 1 : 0;
        }
        return sketch.length > 0 && (double) known / sketch.length >= SimilarTexts.THRESHOLD;
    }

    /** Shows the visitor every text that shares a band key with the other and is similar to it, band by band. */
    public void visit(int[] sketch, int[] bandKeys, Visitor visitor) {
        for (int band = 0; band < bandKeys.length; band++) {
            long[] ofBand = entries[band];
            long least = (long) bandKeys[band] << 32;
            int found = Arrays.binarySearch(ofBand, least);
            for (int i = found < 0 ? -found - 1 : found; i < ofBand.length && ofBand[i] >>> 32 == least >>> 32; i++) {
                compare((int) ofBand[i], band, sketch, visitor);
            }
        }
    }

    private void compare(int text, int band, int[] sketch, Visitor visitor) {
        if (visitor.wants(text, band)) {
            double similarity = Sketch.similarity(sketches.get(text), sketch);
            if (similarity >= SimilarTexts.THRESHOLD) {
                visitor.found(text, band, similarity);
            }
        }
    }
}
