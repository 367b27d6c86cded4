package dev.finetune4j.engine.advise;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a task. What is not known speaks for nothing and against nothing; a corpus that nobody named is not there.
 *
 * @param answers by criterion, as {@link Criterion#parse} reads them
 */
public record Situation(Map<Criterion, Double> answers) {
    /** Copies the answers. */
    public Situation {
        EnumMap<Criterion, Double> copy = new EnumMap<>(Criterion.class);
        copy.putAll(answers);
        answers = Collections.unmodifiableMap(copy);
    }

    /** Nothing is known. */
    public static Situation unknown() {
        return new Situation(Map.of());
    }

    /** This with one more answer, or another. */
    public Situation with(Criterion criterion, double answer) {
        EnumMap<Criterion, Double> more = new EnumMap<>(Criterion.class);
        more.putAll(answers);
        more.put(criterion, answer);
        return new Situation(more);
    }

    /** This with what {@code other} knows besides or better. */
    public Situation and(Situation other) {
        EnumMap<Criterion, Double> more = new EnumMap<>(Criterion.class);
        more.putAll(answers);
        more.putAll(other.answers);
        return new Situation(more);
    }

    /** Whether somebody answered. */
    public boolean isKnown(Criterion criterion) {
        return answers.containsKey(criterion);
    }

    /** The answer that counts. */
    Optional<Double> answer(Criterion criterion) {
        Double answer = answers.get(criterion);
        return answer == null && criterion == Criterion.CORPUS ? Optional.of(0.0) : Optional.ofNullable(answer);
    }
}
