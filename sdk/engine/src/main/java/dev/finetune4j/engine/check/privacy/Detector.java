package dev.finetune4j.engine.check.privacy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule, the places where it is tried, and the matcher that is tried there. A matcher reads a bounded stretch around its place,
 * or one that no other place makes it read again, so that a scan takes time in proportion to the text whatever the text is.
 */
sealed interface Detector {
    /** What is found. */
    PrivacyRule rule();

    /** Tried where one of the keywords stands, in any case. */
    record AtKeyword(PrivacyRule rule, List<String> keywords, PlaceMatcher matcher) implements Detector {
        public AtKeyword {
            keywords = List.copyOf(keywords);
        }
    }

    /** Tried at the first digit of every run of digits. */
    record AtNumber(PrivacyRule rule, NumberMatcher matcher) implements Detector {}

    /** Tried at every run of ASCII letters and digits that has both, or digits alone. */
    record AtToken(PrivacyRule rule, PlaceMatcher matcher) implements Detector {}

    /** Looks at a place of a text. */
    interface PlaceMatcher {
        /** The span that the rule is about, given that its trigger stands at {@code [start, end)}; null if there is none. */
        @Nullable
        Span match(CharSequence text, int start, int end);
    }

    /** Looks at digits and their groups. */
    interface NumberMatcher {
        /** The span that the rule is about, starting with the first group; null if there is none. */
        @Nullable
        Span match(CharSequence text, NumberGroups groups);
    }

    /**
     * A stretch of a text.
     *
     * @param start first character
     * @param end character after the last
     */
    record Span(int start, int end) {}
}
