package dev.finetune4j.value;

import java.util.regex.Pattern;

/**
 * The id of a place that runs jobs, such as {@code local} or {@code sagemaker}. An open set: a provider brings its own.
 *
 * @param value lower-case letters, digits and hyphens, 1 to 40 characters
 */
public record ProviderId(String value) {
    private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    /** This machine, through {@code finetune4j-worker}. */
    public static final ProviderId LOCAL = new ProviderId("local");

    /** Refuses another shape. */
    public ProviderId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("provider id must match " + SHAPE + ", was " + value);
        }
    }

    /** Same as the constructor; for symmetry with {@link #toString()}. */
    public static ProviderId parse(String text) {
        return new ProviderId(text);
    }

    @Override
    public String toString() {
        return value;
    }
}
