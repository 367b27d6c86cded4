package dev.finetune4j.value;

import org.jspecify.annotations.Nullable;

/** Argument checks of the model records; every message names the field, its range and its value. */
public final class Checks {
    private Checks() {}

    /** Returns {@code value} if it lies in {@code [min, max]}. */
    public static int inRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            String bounds = max == Integer.MAX_VALUE ? "at least " + min : "from " + min + " to " + max;
            throw new IllegalArgumentException(name + " must be " + bounds + ", was " + value);
        }
        return value;
    }

    /** Returns {@code value} if it is a number in {@code [min, max]}. */
    public static double inRange(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            String bounds =
                    max == Double.MAX_VALUE ? "at least " + plain(min) : "from " + plain(min) + " to " + plain(max);
            throw new IllegalArgumentException(name + " must be " + bounds + ", was " + plain(value));
        }
        return value;
    }

    /** As people write it: 3 rather than 3.0. */
    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
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
