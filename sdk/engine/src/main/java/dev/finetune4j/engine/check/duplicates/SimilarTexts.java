package dev.finetune4j.engine.check.duplicates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds pairs of texts whose similarity is at least {@link #THRESHOLD}. A text is compared only with texts that share a band key
 * with it, and of those at most with the {@value #CANDIDATES} latest, so that a million copies of one text cost no more than a
 * million texts.
 */
public final class SimilarTexts {
    /** Jaccard similarity of word pairs from which two texts are nearly the same. */
    public static final double THRESHOLD = 0.8;

    private static final int CANDIDATES = 16;

    private final List<int[]> sketches = new ArrayList<>();
    private final List<int[]> keys = new ArrayList<>();

    /** Decides which pairs matter and takes them. */
    public interface Visitor {
        /** Whether a pair is still worth comparing; {@code earlier} is smaller than {@code later}. */
        boolean wants(int earlier, int later);

        /** A pair that is nearly the same. */
        void found(int earlier, int later, double similarity);

        /** Which lane a text is in: each text is compared with the latest texts of every lane. Negative to leave it out. */
        int lane(int text);
    }

    /** Adds a text, numbered from 0 in the order of adding. An empty sketch is never similar to anything. */
    public void add(int[] sketch, int[] bandKeys) {
        sketches.add(sketch);
        keys.add(bandKeys);
    }

    /** The band keys that {@link #add} takes, apart so that they can be computed by several threads. */
    public static int[] bandKeys(int[] sketch) {
        return sketch.length == 0 ? sketch : BandKeys.of(sketch);
    }

    /** Shows the visitor every pair that is found. Always in the same order for the same texts. */
    public void visit(int lanes, Visitor visitor) {
        for (int band = 0; band < BandKeys.BANDS; band++) {
            long[] entries = entries(band);
            int start = 0;
            for (int end = 1; end <= entries.length; end++) {
                if (end == entries.length || entries[end] >>> 32 != entries[start] >>> 32) {
                    if (end - start > 1) {
                        visitGroup(entries, start, end, lanes, visitor);
                    }
                    start = end;
                }
            }
        }
    }

    /** Key and text number of every text, sorted, so that texts of one key stand together in their order. */
    private long[] entries(int band) {
        long[] entries = new long[sketches.size()];
        int size = 0;
        for (int text = 0; text < entries.length; text++) {
            if (sketches.get(text).length > 0) {
                entries[size++] = ((long) keys.get(text)[band] << 32) | text;
            }
        }
        entries = Arrays.copyOf(entries, size);
        Arrays.sort(entries);
        return entries;
    }

    private void visitGroup(long[] entries, int start, int end, int lanes, Visitor visitor) {
        int[][] latest = new int[lanes][CANDIDATES];
        int[] seen = new int[lanes];
        for (int i = start; i < end; i++) {
            int text = (int) entries[i];
            int ownLane = visitor.lane(text);
            if (ownLane < 0) {
                continue;
            }
            boolean isNew = true;
            for (int lane = 0; lane < lanes; lane++) {
                for (int c = 0; c < Math.min(seen[lane], CANDIDATES); c++) {
                    isNew &= !compare(latest[lane][c], text, visitor);
                }
            }
            if (isNew) {
                latest[ownLane][seen[ownLane]++ % CANDIDATES] = text;
            }
        }
    }

    /** Whether the later text need not become a candidate, because an equal one of its lane is. */
    private boolean compare(int earlier, int later, Visitor visitor) {
        if (!visitor.wants(earlier, later)) {
            return false;
        }
        double similarity = Sketch.similarity(sketches.get(earlier), sketches.get(later));
        if (similarity < THRESHOLD) {
            return false;
        }
        visitor.found(earlier, later, similarity);
        return similarity == 1 && visitor.lane(earlier) == visitor.lane(later);
    }
}
