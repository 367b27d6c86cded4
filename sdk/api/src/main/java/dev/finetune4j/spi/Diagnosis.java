package dev.finetune4j.spi;

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
