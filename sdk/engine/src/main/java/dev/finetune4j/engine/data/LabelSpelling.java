package dev.finetune4j.engine.data;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which labels a reader takes for one although they are not the same text, and what differs where nobody sees it. */
public final class LabelSpelling {
    /** No-break spaces and the next-line control too, which Java's white space leaves out. */
    private static final Pattern SPACE = Pattern.compile("(?U)\\s");

    private static final Pattern SPACES = Pattern.compile("(?U)\\s+");

    /**
     * Such as the zero-width space and the soft hyphen. Not the joiners where they make one emoji of several, part the
     * letters of a Persian word or give its last one another form, which they never do beside Latin letters and digits; nor the
     * tags by which the flags of England and Scotland differ, nor what Unicode calls prepended concatenation marks,
     * such as the Arabic number sign: they are seen.
     */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cf}&&[^\\u200C\\u200D\\x{E0020}-\\x{E007F}"
            + "\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\x{110BD}\\x{110CD}]]"
            + "|(?<=[\\p{IsLatin}0-9])[\\u200C\\u200D]+|[\\u200C\\u200D]+(?=[\\p{IsLatin}0-9])"
            + "|^\\u200C+|\\u200C+$"
            + "|^\\u200D+(?![\\u200D\\p{IsArabic}])|(?<![\\u200D\\p{IsArabic}\\p{M}])\\u200D+$");

    /** Letters, digits and signs as wide as a Chinese character, or half as wide as they are elsewhere. */
    private static final Pattern OF_OTHER_WIDTH = Pattern.compile("[\\uFF01-\\uFFEE]+");

    private LabelSpelling() {}

    /** A label without case, and with one kind of space, of which none stand at its ends or beside another. */
    public static String withoutCaseAndSpaces(String label) {
        return SPACES.matcher(label).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }

    /**
     * The same, composed, with letters of one width and without characters that are not seen: labels with one of these are one to a
     * reader. A character that looks otherwise stays another one: a raised 2 is no 2.
     */
    public static String folded(String label) {
        String ofOneWidth = OF_OTHER_WIDTH
                .matcher(label)
                .replaceAll(run -> Matcher.quoteReplacement(Normalizer.normalize(run.group(), Normalizer.Form.NFKC)));
        String composed = Normalizer.normalize(ofOneWidth, Normalizer.Form.NFC);
        return withoutCaseAndSpaces(UNSEEN.matcher(composed).replaceAll(""));
    }

    /**
     * What differs between two labels that print alike.
     *
     * @return the code points by which {@code label} is another text than {@code other}, such as {@code U+006F U+0308 for U+00F6};
     *     empty where it is the same text, or where the difference is seen
     */
    public static Optional<String> unseenDifference(String label, String other) {
        if (label.equals(other) || !printed(label).equals(printed(other))) {
            return Optional.empty();
        }
        int[] own = label.codePoints().toArray();
        int[] others = other.codePoints().toArray();
        int shorter = Math.min(own.length, others.length);
        int start = 0;
        while (start < shorter && own[start] == others[start]) {
            start++;
        }
        int end = 0;
        while (end < shorter - start && own[own.length - 1 - end] == others[others.length - 1 - end]) {
            end++;
        }
        String has = named(own, start, own.length - end);
        String lacks = named(others, start, others.length - end);
        if (lacks.isEmpty()) {
            return Optional.of(has + " added");
        }
        return Optional.of(has.isEmpty() ? "no " + lacks : has + " for " + lacks);
    }

    /** What is seen of a label: composed, with plain spaces of which none stand at its ends, and without characters that are not seen. */
    public static String printed(String label) {
        String composed = Normalizer.normalize(label, Normalizer.Form.NFC);
        return SPACE.matcher(UNSEEN.matcher(composed).replaceAll(""))
                .replaceAll(" ")
                .strip();
    }

    private static String named(int[] codePoints, int from, int to) {
        return Arrays.stream(codePoints, from, to)
                .mapToObj(codePoint -> String.format(Locale.ROOT, "U+%04X", codePoint))
                .collect(Collectors.joining(" "));
    }
}
