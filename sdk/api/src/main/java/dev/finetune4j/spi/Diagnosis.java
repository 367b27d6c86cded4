package dev.finetune4j.spi;

import dev.finetune4j.error.ExitCode;
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
 * @param exit what a command ends with that finds it; {@link ExitCode#OK} unless no run is possible
 */
public record Diagnosis(String name, Verdict verdict, String found, String remedy, ExitCode exit) {
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
        return problem.retry().equals(Retry.NEVER) ? fail(name, problem) : unknown(name, problem);
    }

    /** A problem that is in the way, whatever a next try may bring. */
    public static Diagnosis fail(String name, Problem problem) {
        return fail(name, told(problem), remedy(problem), problem.kind().exitCode());
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
        return new Diagnosis(name, Verdict.OK, found, "", ExitCode.OK);
    }

    /** A run is possible, with a limit. */
    public static Diagnosis warn(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.WARN, found, remedy, ExitCode.OK);
    }

    /** No run is possible. */
    public static Diagnosis fail(String name, String found, String remedy) {
        return fail(name, found, remedy, ExitCode.INVALID);
    }

    /** No run is possible, and a launch would end in this way. */
    public static Diagnosis fail(String name, String found, String remedy, ExitCode exit) {
        return new Diagnosis(name, Verdict.FAIL, found, remedy, exit);
    }

    /** Nobody could look. */
    public static Diagnosis unknown(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.UNKNOWN, found, remedy, ExitCode.OK);
    }

    /** The same under another name. */
    public Diagnosis named(String other) {
        return new Diagnosis(other, verdict, found, remedy, exit);
    }

    /** The same with another remedy. */
    public Diagnosis withRemedy(String other) {
        return new Diagnosis(name, verdict, found, other, exit);
    }
}
