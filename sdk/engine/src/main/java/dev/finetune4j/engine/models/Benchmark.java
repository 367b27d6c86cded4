package dev.finetune4j.engine.models;

import dev.finetune4j.value.Checks;

/**
 * A published score. Scores of different sources were measured in different ways and are not to be compared.
 *
 * @param name the benchmark, such as {@code MMLU}
 * @param shots examples in the prompt
 * @param score of 100
 * @param source where it stands
 */
public record Benchmark(String name, int shots, double score, String source) {
    /** Refuses a score that cannot be, or that stands nowhere. */
    public Benchmark {
        Checks.notBlank("name", name);
        Checks.inRange("shots", shots, 0, 100);
        Checks.inRange("score", score, 0.0, 100.0);
        Checks.notBlank("source", source);
    }
}
