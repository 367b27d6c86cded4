package dev.finetune4j.engine.estimate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Lengths and sizes of data sets that published runs train on, from their cards and from LitGPT's tables: they stand in where a
 * row names the data and not the lengths.
 *
 * @param name as notes spell it, in lower case
 * @param rows training rows
 * @param longestTokens tokens of the longest row
 * @param meanTokens tokens of the mean row
 */
record DataSets(String name, long rows, int longestTokens, double meanTokens) {
    private static final List<DataSets> KNOWN = List.of(
            new DataSets("alpaca2k", 2_000, 1_300, 105),
            new DataSets("alpaca-gpt4", 52_002, 1_500, 220),
            new DataSets("alpaca", 52_002, 1_300, 105),
            new DataSets("self-cognition", 108, 80, 45),
            new DataSets("dolly", 15_011, 4_000, 260),
            new DataSets("guanaco", 9_846, 2_500, 450),
            new DataSets("openassistant", 9_846, 2_500, 450),
            new DataSets("samsum", 14_732, 1_000, 180),
            new DataSets("tweets", 0, 80, 40),
            new DataSets("cola", 8_551, 60, 12),
            new DataSets("sst-2", 67_349, 70, 14),
            new DataSets("mrpc", 3_668, 110, 54),
            new DataSets("sts-b", 5_749, 130, 32),
            new DataSets("qqp", 363_846, 330, 31),
            new DataSets("mnli", 392_702, 430, 40),
            new DataSets("qnli", 104_743, 500, 51),
            new DataSets("rte", 2_490, 290, 70),
            new DataSets("wnli", 635, 110, 38),
            new DataSets("xnli", 392_702, 430, 40),
            new DataSets("squad", 88_524, 384, 170));

    /** The first of them that the notes name, as a word of its own: "rte" is not in "shorter". */
    static Optional<DataSets> in(String notes) {
        String plain = notes.toLowerCase(Locale.ROOT);
        return KNOWN.stream().filter(set -> set.isNamedIn(plain)).findFirst();
    }

    private boolean isNamedIn(String plain) {
        int at = plain.indexOf(name);
        while (at >= 0) {
            boolean begins = at == 0 || !Character.isLetter(plain.charAt(at - 1));
            int end = at + name.length();
            if (begins && (end == plain.length() || !Character.isLetter(plain.charAt(end)))) {
                return true;
            }
            at = plain.indexOf(name, at + 1);
        }
        return false;
    }
}
