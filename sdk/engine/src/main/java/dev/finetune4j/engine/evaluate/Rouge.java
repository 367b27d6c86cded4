package dev.finetune4j.engine.evaluate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * ROUGE (<a href="https://aclanthology.org/W04-1013/">Lin 2004</a>) with the tokenizer of the rouge-score package (lower case, runs of
 * a-z and 0-9, no stemming): F-measures of one answer, 0 to 1.
 */
final class Rouge {
    private static final Pattern NOT_WORD = Pattern.compile("[^a-z0-9]+");

    private Rouge() {}

    /** ROUGE-N: of the runs of {@code n} words that both have. */
    static double ofGrams(int n, String reference, String answer) {
        List<List<String>> right = Words.grams(tokens(reference), n);
        List<List<String>> given = Words.grams(tokens(answer), n);
        return fMeasure(Words.shared(Words.counts(right), Words.counts(given)), right.size(), given.size());
    }

    /** ROUGE-L: of the longest common subsequence of words. */
    static double ofSubsequence(String reference, String answer) {
        List<String> right = tokens(reference);
        List<String> given = tokens(answer);
        return fMeasure(longestCommonSubsequence(numbered(right, given)), right.size(), given.size());
    }

    private static double fMeasure(int common, int right, int given) {
        if (common == 0) {
            return 0;
        }
        double precision = (double) common / given;
        double recall = (double) common / right;
        return 2 * precision * recall / (precision + recall);
    }

    private static List<String> tokens(String text) {
        String spaced = NOT_WORD.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ");
        return Arrays.stream(spaced.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    /** Both token lists as numbers, equal for equal words: comparing numbers is what the inner loop does most. */
    private static int[][] numbered(List<String> first, List<String> second) {
        Map<String, Integer> numbers = new HashMap<>();
        int[][] both = new int[2][];
        both[0] = first.stream().mapToInt(word -> number(numbers, word)).toArray();
        both[1] = second.stream().mapToInt(word -> number(numbers, word)).toArray();
        return both;
    }

    private static int number(Map<String, Integer> numbers, String word) {
        return numbers.computeIfAbsent(word, unseen -> numbers.size());
    }

    private static int longestCommonSubsequence(int[][] both) {
        int[] previous = new int[both[1].length + 1];
        int[] current = new int[both[1].length + 1];
        for (int token : both[0]) {
            for (int j = 1; j < current.length; j++) {
                current[j] = token == both[1][j - 1] ? previous[j - 1] + 1 : Math.max(previous[j], current[j - 1]);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[previous.length - 1];
    }
}
