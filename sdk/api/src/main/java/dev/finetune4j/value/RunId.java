package dev.finetune4j.value;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The id of a run on this machine, such as {@code attack-tactics-3f9c2a11-1}: job name, start of the digest over job, data and
 * model, attempt.
 *
 * @param value letters, digits and inner hyphens, at most 63 characters, so that every cloud takes it as a job name
 */
public record RunId(String value) {
    private static final int MOST_CHARACTERS = 63;

    /** So that ids of evaluations of a run still fit every cloud's limit. */
    private static final int NAME_CHARACTERS = 24;

    private static final Pattern SHAPE = Pattern.compile("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}");

    /** Refuses another shape. */
    public RunId {
        if (!isOne(value)) {
            throw new IllegalArgumentException(
                    "run id must be 1 to 63 letters, digits and inner hyphens, was " + value);
        }
    }

    /** The id that a text is; empty where it is none, as what somebody else named. */
    public static Optional<RunId> of(String text) {
        return isOne(text) ? Optional.of(new RunId(text)) : Optional.empty();
    }

    private static boolean isOne(String text) {
        return text.length() <= MOST_CHARACTERS && SHAPE.matcher(text).matches();
    }

    /** Same as the constructor; for symmetry with {@link #toString()}. */
    public static RunId parse(String text) {
        return new RunId(text);
    }

    /** What the ids of all runs of a job begin with, whatever its data and model; of a long name only its start. */
    public static String beginning(String jobName) {
        String name = jobName.length() <= NAME_CHARACTERS ? jobName : jobName.substring(0, NAME_CHARACTERS);
        return name.replaceAll("-+$", "") + "-";
    }

    @Override
    public String toString() {
        return value;
    }
}
