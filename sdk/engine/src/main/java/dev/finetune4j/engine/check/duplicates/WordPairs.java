package dev.finetune4j.engine.check.duplicates;

import java.util.Arrays;

/**
 * The pairs of neighbouring words of a text as 32-bit hashes. Case, punctuation and white space are put aside; an ideograph or
 * kana counts as a word. A text of one word has that word as its only element.
 */
final class WordPairs {
    private int[] hashes = new int[64];
    private int size;

    private WordPairs() {}

    /** The distinct hashes of a text, ascending. */
    static int[] of(CharSequence text) {
        WordPairs pairs = new WordPairs();
        pairs.collect(text);
        return pairs.distinct();
    }

    private void collect(CharSequence text) {
        long previous = 0;
        long word = Hashing.SEED;
        boolean inWord = false;
        int words = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            boolean isOwnWord = isOwnWord(c);
            if (inWord && (isOwnWord || !isWordPart(c))) {
                addWord(previous, word, words++);
                previous = word;
                word = Hashing.SEED;
                inWord = false;
            }
            if (isOwnWord) {
                long sign = Hashing.step(Hashing.SEED, c);
                addWord(previous, sign, words++);
                previous = sign;
            } else if (isWordPart(c)) {
                word = Hashing.step(word, lower(c));
                inWord = true;
            }
        }
        if (words == 1) {
            add(previous);
        }
    }

    private void addWord(long previous, long word, int wordsBefore) {
        if (wordsBefore > 0) {
            add(previous * 31 + word);
        }
    }

    private void add(long hash) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, Math.multiplyExact(size, 2));
        }
        hashes[size++] = (int) (Hashing.mix(hash) >>> 32);
    }

    private int[] distinct() {
        Arrays.sort(hashes, 0, size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || hashes[i] != hashes[i - 1]) {
                hashes[kept++] = hashes[i];
            }
        }
        return Arrays.copyOf(hashes, kept);
    }

    private static boolean isWordPart(char c) {
        return c < 128
                ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                : Character.isLetterOrDigit(c) || Character.isSurrogate(c);
    }

    private static boolean isOwnWord(char c) {
        return c >= 0x3040 && c <= 0x9FFF && (c <= 0x30FF || Character.isIdeographic(c));
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c < 128 ? c : Character.toLowerCase(c);
    }
}
