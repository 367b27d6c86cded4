package dev.finetune4j.engine.check.privacy;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Random texts for test data, the same for the same seed. */
final class Draw {
    static final String DIGITS = "0123456789";
    static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    static final String HEX = "0123456789abcdef";
    static final String ALNUM = UPPER + LOWER + DIGITS;
    static final String WORDS = ALNUM + "_-";

    private final SplittableRandom random;

    Draw(long seed) {
        random = new SplittableRandom(seed);
    }

    /** So many characters of an alphabet. */
    String of(String alphabet, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** One of several. */
    String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** A number of the range, both ends included, with leading zeros to the width of the last. */
    String number(int first, int last) {
        int width = Integer.toString(last).length();
        return String.format(Locale.ROOT, "%0" + width + "d", random.nextInt(first, last + 1));
    }

    /** Draws until one passes, which tries out check digits. */
    static String until(Supplier<String> source, Predicate<String> accept) {
        String value = source.get();
        while (!accept.test(value)) {
            value = source.get();
        }
        return value;
    }

    /** Digits in groups of these lengths with a mark between them. */
    static String grouped(String digits, String mark, int... lengths) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (int length : lengths) {
            text.append(at == 0 ? "" : mark).append(digits, at, at + length);
            at += length;
        }
        return text.toString();
    }
}
