package dev.finetune4j.engine.advise;

import org.jspecify.annotations.Nullable;

/**
 * Answers that a rule is for, as a person writes them.
 *
 * @param from the least that belongs to them, or null for no such bound
 * @param below the least that no longer does, or null for no such bound
 */
record Bounds(@Nullable String from, @Nullable String below) {
    double from(Criterion criterion) {
        return from == null ? 0 : criterion.parse(from);
    }

    double below(Criterion criterion) {
        return below == null ? Double.POSITIVE_INFINITY : criterion.parse(below);
    }
}
