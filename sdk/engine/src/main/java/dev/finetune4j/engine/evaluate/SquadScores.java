package dev.finetune4j.engine.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Exact match and token F1 of short answers after the normalisation of the SQuAD 2.0 evaluation script: lower case, no ASCII
 * punctuation, no English articles, single spaces.
 */
final class SquadScores {
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");

    /** A word to Python; {@code \w} would let combining marks be parts of it. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");

    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    private SquadScores() {}

    /** 1 where the normalised answers are equal, otherwise 0. */
    static double exactMatch(String reference, String answer) {
        return normalized(reference).equals(normalized(answer)) ? 1 : 0;
    }

    /** Harmonic mean of the shares of words that answer and reference have in common. */
    static double tokenF1(String reference, String answer) {
        List<String> right = normalized(reference);
        List<String> given = normalized(answer);
        if (right.isEmpty() || given.isEmpty()) {
            return right.equals(given) ? 1 : 0;
        }
        Map<String, Integer> counts = Words.counts(right);
        int shared = Words.shared(Words.counts(given), counts);
        if (shared == 0) {
            return 0;
        }
        double precision = (double) shared / given.size();
        double recall = (double) shared / right.size();
        return 2 * precision * recall / (precision + recall);
    }

    private static List<String> normalized(String text) {
        String bare = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
        return Words.of(WORD.matcher(bare).replaceAll(word -> ARTICLES.contains(word.group()) ? " " : word.group()));
    }
}
