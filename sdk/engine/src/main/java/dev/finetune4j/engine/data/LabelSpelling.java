package dev.finetune4j.engine.data;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which labels a reader takes for one although they are not the same text, and what differs where nobody sees it. */
public final class LabelSpelling {
    /** No-break spaces and the next-line control too, which Java's white space leaves out. */
    private static final Pattern SPACE = Pattern.compile("(?U)\\s");

    private static final Pattern SPACES = Pattern.compile("(?U)\\s+");

    /** Such as the zero-width space and the soft hyphen. */
    private static final Pattern UNSEEN = Pattern.compile("\\p{Cf}");

    private LabelSpelling() {}

    /** A label without case, and with one kind of space, of which none stand at its ends or beside another. */
    public static String withoutCaseAndSpaces(String label) {
        return SPACES.matcher(label).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }

    /** The same, in Unicode's form NFKC and without characters that are not seen: labels with one of these are one to a reader. */
    public static String folded(String label) {
        return withoutCaseAndSpaces(UNSEEN.matcher(Normalizer.normalize(label, Normalizer.Form.NFKC))
                .replaceAll(""));
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
