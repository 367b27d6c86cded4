package dev.finetune4j.engine.search;

import dev.finetune4j.json.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep tries.
 *
 * @param space the settings
 * @param search in which way
 * @param trials candidates drawn by chance; 0 for every combination of the listed values
 * @param seed of the draw
 * @param maxTime time that all trials together may take, or null for the job's own {@code budget.max-time}
 */
public record SweepSpec(
        SearchSpace space,
        Search search,
        int trials,
        long seed,
        @Nullable Duration maxTime) {
    /** Candidates drawn where nobody says how many: two rounds of successive halving and a last one for the best. */
    public static final int DEFAULT_TRIALS = 9;

    /** Seed where nobody says another. */
    public static final long DEFAULT_SEED = 17;

    private static final int MOST = 1000;

    /** The way of a search. */
    public enum Search {
        /** Every combination of the listed values. */
        GRID,
        /** Combinations drawn by chance. */
        RANDOM,
        /** All for a small share of their epochs, then the best third for three times as long, and so on. */
        HALVING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Draws {@value #DEFAULT_TRIALS} where drawing is all that is left. */
    public SweepSpec {
        if (trials < 0 || trials > MOST) {
            throw new IllegalArgumentException("trials must be 1 to " + MOST + ", was " + trials);
        }
        if (search == Search.GRID && (trials > 0 || !space.isListed())) {
            throw new IllegalArgumentException("search grid tries every listed value: a range, or a number of trials,"
                    + " needs search random or halving");
        }
        if (trials == 0 && (search == Search.RANDOM || !space.isListed())) {
            trials = DEFAULT_TRIALS;
        }
        if (maxTime != null && (maxTime.isNegative() || maxTime.isZero())) {
            throw new IllegalArgumentException("max-time must be positive, was " + Durations.format(maxTime));
        }
        if (trials == 0 && space.grid().size() > MOST) {
            throw new IllegalArgumentException("a grid has at most " + MOST + " combinations, was "
                    + space.grid().size());
        }
    }

    /** What is tried. */
    public List<Candidate> candidates() {
        return trials == 0 ? space.grid() : space.draw(trials, seed);
    }

    /** The rounds of the search. */
    public List<Rung> rungs() {
        int count = candidates().size();
        return search == Search.HALVING ? Rung.halving(count) : Rung.whole(count);
    }
}
