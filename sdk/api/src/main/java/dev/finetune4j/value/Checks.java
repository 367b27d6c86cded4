package dev.finetune4j.value;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Argument checks of the model records; every message names the field, its range and its value. */
public final class Checks {
    private Checks() {}

    /** Returns {@code value} if it lies in {@code [min, max]}. */
    public static int inRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", was " + value);
        }
        return value;
    }

    /** Returns {@code value} if it is a number in {@code [min, max]}. */
    public static double inRange(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s must be %s..%s, was %s", name, min, max, value));
        }
        return value;
    }

    /** Returns {@code value} if it is null or holds more than white space. */
    public static @Nullable String nullOrNotBlank(String name, @Nullable String value) {
        return value == null ? null : notBlank(name, value);
    }

    /** Returns {@code value} if it holds more than white space. */
    public static String notBlank(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank");
        }
        return value;
    }
}
