package dev.finetune4j.engine.check.duplicates;

import java.util.Arrays;

/**
 * A small stand-in for the set of a text's word pairs: the {@link #CAPACITY} smallest hashes (bottom-k sketch, Cohen and Kaplan
 * 2007). Texts of up to so many pairs are compared exactly, longer ones with a standard error of at most 0.04.
 */
public final class Sketch {
    /** Hashes that are kept of a text. */
    public static final int CAPACITY = 128;

    private Sketch() {}

    /** The sketch of a text, ascending; empty for a text without words or with none but the template's. */
    public static int[] of(CharSequence text, TemplatePairs template) {
        int[] own = template.without(WordPairs.of(text));
        return own.length <= CAPACITY ? own : Arrays.copyOf(own, CAPACITY);
    }

    /** Jaccard similarity of two texts, from their sketches; 0 if either is empty. */
    public static double similarity(int[] left, int[] right) {
        if (left.length == 0 || right.length == 0) {
            return 0;
        }
        // The smallest hashes of the union are a random sample of it only as far as both sketches reach.
        int reach = left.length == CAPACITY || right.length == CAPACITY ? CAPACITY : Integer.MAX_VALUE;
        int l = 0;
        int r = 0;
        int union = 0;
        int shared = 0;
        while (union < reach && (l < left.length || r < right.length)) {
            if (r == right.length || (l < left.length && left[l] < right[r])) {
                l++;
            } else if (l == left.length || right[r] < left[l]) {
                r++;
            } else {
                shared++;
                l++;
                r++;
            }
            union++;
        }
        return (double) shared / union;
    }
}
