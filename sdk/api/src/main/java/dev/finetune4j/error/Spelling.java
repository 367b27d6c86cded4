package dev.finetune4j.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody most likely meant. */
public final class Spelling {
    private static final int SHORTEST_BEGINNING = 3;

    private Spelling() {}

    /**
     * The candidate nearest to {@code word}, if it is near enough to be a slip: at most one edit in three letters, where an edit
     * adds, drops or changes a letter or swaps two neighbours; else the shortest that begins with it, from three letters on. Case
     * and the choice of {@code _}, {@code -} or a space don't count. One that differs in nothing but case is nearer than any other.
     */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        String wanted = normalize(word);
        if (wanted.isEmpty() || wanted.length() > 100) {
            return Optional.empty();
        }
        int limit = Math.max(1, wanted.length() / 3);
        return candidates.stream()
                .filter(candidate -> isSame(word, candidate) || distance(wanted, normalize(candidate)) <= limit)
                .min(byDistance(word))
                .or(() -> begunBy(wanted, candidates));
    }

    /** The candidates with the fewest edits between them and {@code word}, the nearest first, be they slips of it or not. */
    public static List<String> nearest(String word, Collection<String> candidates, int most) {
        return candidates.stream().sorted(byDistance(word)).limit(most).toList();
    }

    private static Comparator<String> byDistance(String word) {
        String wanted = normalize(word);
        return Comparator.<String, Boolean>comparing(candidate -> !isSame(word, candidate))
                .thenComparingInt(candidate -> distance(wanted, normalize(candidate)))
                .thenComparing(Comparator.naturalOrder());
    }

    private static boolean isSame(String word, String candidate) {
        return word.strip().equalsIgnoreCase(candidate);
    }

    private static Optional<String> begunBy(String wanted, Collection<String> candidates) {
        return candidates.stream()
                .filter(candidate -> wanted.length() >= SHORTEST_BEGINNING
                        && normalize(candidate).startsWith(wanted))
                .min(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    }

    /**
     * Lower case, hyphens between words: {@code batchSize}, {@code batch_size} and {@code Batch Size} are one. A capital after a digit
     * begins no word: {@code 7B} is a size.
     */
    public static String normalize(String word) {
        return word.strip()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\s_-]+", "-");
    }

    /** Optimal string alignment distance: Levenshtein's with swaps of neighbours. */
    static int distance(String left, String right) {
        int[][] edits = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            edits[i][0] = i;
        }
        for (int j = 0; j <= right.length(); j++) {
            edits[0][j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            for (int j = 1; j <= right.length(); j++) {
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                int best = Math.min(edits[i - 1][j - 1] + change, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1);
                edits[i][j] = swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
            }
        }
        return edits[left.length()][right.length()];
    }
}
