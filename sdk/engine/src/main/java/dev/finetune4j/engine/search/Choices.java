package dev.finetune4j.engine.search;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** The values of one setting that a sweep may try. */
public sealed interface Choices {
    /** The setting stays as the job has it. */
    static Choices none() {
        return new Listed(List.of());
    }

    /**
     * These values.
     *
     * @param values in the order in which they are tried; empty for what the job has
     */
    record Listed(List<Double> values) implements Choices {
        /** Copies the values, each once. */
        public Listed {
            values = values.stream().distinct().toList();
        }
    }

    /**
     * Any value of a range, even on a logarithmic scale.
     *
     * @param low smallest, above 0
     * @param high largest
     */
    record Between(double low, double high) implements Choices {
        /** Refuses a range that is empty or touches zero. */
        public Between {
            if (!isRange(low, high)) {
                throw new IllegalArgumentException(
                        "a range goes from a number above 0 to a larger one, was " + low + ".." + high);
            }
        }

        private static boolean isRange(double low, double high) {
            return low > 0 && low < high;
        }
    }

    /**
     * Reads {@code 1e-4,3e-4} as values and {@code 1e-5..1e-3} as a range.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    static Choices parse(String text) {
        int dots = text.indexOf("..");
        return dots < 0
                ? new Listed(Arrays.stream(text.split(",", -1))
                        .map(part -> number(part, text))
                        .toList())
                : between(text, number(text.substring(0, dots), text), number(text.substring(dots + 2), text));
    }

    private static Between between(String text, double low, double high) {
        if (!Between.isRange(low, high)) {
            throw new IllegalArgumentException(
                    "a range goes from a number above 0 to a larger one, such as 1e-5..1e-3, was " + text);
        }
        return new Between(low, high);
    }

    /** The values, or the ends of the range. */
    default DoubleStream ends() {
        return this instanceof Between range
                ? DoubleStream.of(range.low(), range.high())
                : ((Listed) this).values().stream().mapToDouble(Double::doubleValue);
    }

    private static double number(String part, String text) {
        try {
            return Double.parseDouble(part.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "values look like 1e-4,3e-4 and a range like 1e-5..1e-3, was " + text, e);
        }
    }
}
