package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.PlaceMatcher;
import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A matcher by regular expression, tried at a trigger only and over a bounded reach. Expressions repeat single characters only,
 * possessively where what follows allows, so that there is nothing to backtrack into.
 */
final class Shape implements PlaceMatcher {
    private static final int DEFAULT_REACH = 256;

    private final Pattern pattern;
    private final int lookBack;
    private final int reach;
    private final boolean startsWord;
    private final Predicate<String> accept;

    private Shape(Pattern pattern, int lookBack, int reach, boolean startsWord, Predicate<String> accept) {
        this.pattern = pattern;
        this.lookBack = lookBack;
        this.reach = reach;
        this.startsWord = startsWord;
        this.accept = accept;
    }

    /** A shape that begins with its trigger. Group 1, if the expression has one, is the span. */
    static Shape of(String expression) {
        return new Shape(Pattern.compile(expression), 0, DEFAULT_REACH, true, value -> true);
    }

    /** The same shape, begun so many characters before its trigger. */
    Shape startingBefore(int characters) {
        return new Shape(pattern, characters, reach, startsWord, accept);
    }

    /** The same shape over so many characters from its trigger. */
    Shape within(int characters) {
        return new Shape(pattern, lookBack, characters, startsWord, accept);
    }

    /** The same shape, whose trigger may be the end of a longer name, such as {@code DB_PASSWORD}. */
    Shape insideNames() {
        return new Shape(pattern, lookBack, reach, false, accept);
    }

    /** The same shape, whose span must also pass this. */
    Shape where(Predicate<String> condition) {
        return new Shape(pattern, lookBack, reach, startsWord, accept.and(condition));
    }

    /** The same shape, whose span must be as random as a key and no placeholder. */
    Shape random(double minEntropy) {
        return where(value -> !Entropy.isPlaceholder(value) && Entropy.of(value) >= minEntropy);
    }

    @Override
    public @Nullable Span match(CharSequence text, int start, int end) {
        int from = start - lookBack;
        if (from < 0 || (startsWord && !startsToken(text, from))) {
            return null;
        }
        Matcher matcher = pattern.matcher(text)
                .useTransparentBounds(true)
                .useAnchoringBounds(false)
                .region(from, (int) Math.min(text.length(), (long) start + reach));
        if (!matcher.lookingAt()) {
            return null;
        }
        int group = matcher.groupCount() == 0 ? 0 : 1;
        return accept.test(matcher.group(group)) ? new Span(matcher.start(group), matcher.end(group)) : null;
    }

    /** Keys have hyphens inside: one that stands before is part of a longer token, which was tried at its own start. */
    private static boolean startsToken(CharSequence text, int at) {
        return Surroundings.startsWord(text, at) && (at == 0 || text.charAt(at - 1) != '-');
    }
}
