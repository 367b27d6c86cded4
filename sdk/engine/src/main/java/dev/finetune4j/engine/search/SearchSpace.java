package dev.finetune4j.engine.search;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a sweep may try.
 *
 * @param learningRate peak learning rates, above 0, at most 1
 * @param rank ranks of LoRA, whole numbers from 1 to 1,024
 * @param epochs passes over the training rows, 0.01 to 1,000
 */
public record SearchSpace(Choices learningRate, Choices rank, Choices epochs) {
    private static final int DIGITS = 3;
    private static final int TRIES = 100;

    /** Checks the values; at least one setting must have some. */
    public SearchSpace {
        requireWithin("learning-rate", learningRate, Double.MIN_VALUE, 1);
        requireWithin("rank", rank, 1, 1024);
        requireWithin("epochs", epochs, 0.01, 1000);
        if (rank.ends().anyMatch(value -> value != Math.rint(value))) {
            throw new IllegalArgumentException("rank must be a whole number");
        }
        if (Stream.of(learningRate, rank, epochs).allMatch(Choices.none()::equals)) {
            throw new IllegalArgumentException("a sweep needs values of learning-rate, rank or epochs");
        }
    }

    /** Whether every value is listed. */
    public boolean isListed() {
        return Stream.of(learningRate, rank, epochs).allMatch(Choices.Listed.class::isInstance);
    }

    /**
     * Every combination of the listed values, once.
     *
     * @throws IllegalArgumentException if a setting has a range
     */
    public List<Candidate> grid() {
        List<Candidate> all = new ArrayList<>();
        for (Double rate : listed(learningRate)) {
            for (Double width : listed(rank)) {
                for (Double passes : listed(epochs)) {
                    all.add(candidate(rate, width, passes));
                }
            }
        }
        return List.copyOf(all);
    }

    /**
     * Different combinations by chance: of listed values each as likely as another, of a range evenly on a logarithmic scale, to three
     * digits. The same seed draws the same, and fewer are the start of more
     * (<a href="https://jmlr.org/papers/v13/bergstra12a.html">Bergstra and Bengio 2012</a>).
     *
     * @param count how many; fewer come where there are no more
     */
    public List<Candidate> draw(int count, long seed) {
        Random random = new Random(seed);
        Set<Candidate> drawn = new LinkedHashSet<>();
        for (int tried = 0; drawn.size() < count && tried < TRIES * count; tried++) {
            drawn.add(candidate(one(learningRate, random, false), one(rank, random, true), one(epochs, random, false)));
        }
        return List.copyOf(drawn);
    }

    private static Candidate candidate(@Nullable Double rate, @Nullable Double width, @Nullable Double passes) {
        return new Candidate(rate, width == null ? null : width.intValue(), passes);
    }

    private static List<@Nullable Double> listed(Choices choices) {
        if (!(choices instanceof Choices.Listed listed)) {
            throw new IllegalArgumentException("a grid needs listed values, was " + choices);
        }
        List<@Nullable Double> values = new ArrayList<>(listed.values());
        if (values.isEmpty()) {
            values.add(null);
        }
        return values;
    }

    private static @Nullable Double one(Choices choices, Random random, boolean isWhole) {
        double drawn = random.nextDouble(); // one a setting, so that adding a setting leaves the others as they were
        if (choices instanceof Choices.Between range) {
            double value = range.low() * Math.pow(range.high() / range.low(), drawn);
            return isWhole
                    ? Math.rint(value)
                    : new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue();
        }
        List<Double> values = ((Choices.Listed) choices).values();
        return values.isEmpty() ? null : values.get((int) (drawn * values.size()));
    }

    /** Without the point and zero of a whole number, and without an exponent where there are few digits. */
    private static String plain(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : String.valueOf(value);
    }

    private static void requireWithin(String key, Choices choices, double low, double high) {
        choices.ends()
                .filter(value -> !(value >= low && value <= high))
                .findFirst()
                .ifPresent(value -> {
                    throw new IllegalArgumentException(key + " must be "
                            + (low == Double.MIN_VALUE
                                    ? "above 0 and at most " + plain(high)
                                    : "from " + plain(low) + " to " + plain(high))
                            + ", was " + plain(value));
                });
    }
}
