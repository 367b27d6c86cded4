package dev.finetune4j.spi;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import java.util.Optional;

/**
 * What was found in one place where something may get in the way of a run.
 *
 * @param name what was looked at
 * @param verdict how it is
 * @param found what was found, with numbers
 * @param remedy what to do; empty where there is nothing to do
 */
public record Diagnosis(String name, Verdict verdict, String found, String remedy) {
    /** How it is. */
    public enum Verdict {
        /** Nothing to do. */
        OK,
        /** A run is possible, with a limit. */
        WARN,
        /** No run is possible. */
        FAIL,
        /** Nobody could look. */
        UNKNOWN
    }

    /** Whether nothing is in the way of a run; empty where nobody could look. */
    public Optional<Boolean> isFree() {
        return verdict == Verdict.UNKNOWN ? Optional.empty() : Optional.of(verdict == Verdict.OK);
    }

    /** A problem as a diagnosis; what may be gone at the next try is not known to be in the way. */
    public static Diagnosis of(String name, Problem problem) {
        return problem.retry().equals(Retry.NEVER)
                ? fail(name, told(problem), remedy(problem))
                : unknown(name, problem);
    }

    /** What kept somebody from looking. */
    public static Diagnosis unknown(String name, Problem problem) {
        return unknown(name, told(problem), remedy(problem));
    }

    private static String told(Problem problem) {
        return problem.code() + ": " + problem.summary();
    }

    private static String remedy(Problem problem) {
        return problem.remedies().isEmpty()
                ? problem.kind().remedy()
                : problem.remedies().get(0);
    }

    /** Nothing to do. */
    public static Diagnosis ok(String name, String found) {
        return new Diagnosis(name, Verdict.OK, found, "");
    }

    /** A run is possible, with a limit. */
    public static Diagnosis warn(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.WARN, found, remedy);
    }

    /** No run is possible. */
    public static Diagnosis fail(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.FAIL, found, remedy);
    }

    /** Nobody could look. */
    public static Diagnosis unknown(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.UNKNOWN, found, remedy);
    }
}
