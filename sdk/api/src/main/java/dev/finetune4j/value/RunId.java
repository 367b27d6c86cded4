package dev.finetune4j.value;

import java.util.regex.Pattern;

/**
 * The id of a run on this machine, such as {@code attack-tactics-3f9c2a11-1}: job name, start of the digest over job, data and
 * model, attempt.
 *
 * @param value letters, digits and inner hyphens, at most 63 characters, so that every cloud takes it as a job name
 */
public record RunId(String value) {
    private static final Pattern SHAPE = Pattern.compile("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}");

    /** Refuses another shape. */
    public RunId {
        if (value.length() > 63 || !SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "run id must be 1 to 63 letters, digits and inner hyphens, was " + value);
        }
    }

    /** Same as the constructor; for symmetry with {@link #toString()}. */
    public static RunId parse(String text) {
        return new RunId(text);
    }

    @Override
    public String toString() {
        return value;
    }
}
