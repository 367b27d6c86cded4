package dev.finetune4j.cli;

/**
 * What the doctor found in one place.
 *
 * @param name what was looked at
 * @param verdict how it is
 * @param found what was found, with numbers
 * @param remedy what to do; empty where there is nothing to do
 */
record Diagnosis(String name, Verdict verdict, String found, String remedy) {
    /** How it is. */
    enum Verdict {
        /** Nothing to do. */
        OK,
        /** A run is possible, with a limit. */
        WARN,
        /** No run is possible. */
        FAIL
    }

    static Diagnosis ok(String name, String found) {
        return new Diagnosis(name, Verdict.OK, found, "");
    }

    static Diagnosis warn(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.WARN, found, remedy);
    }

    static Diagnosis fail(String name, String found, String remedy) {
        return new Diagnosis(name, Verdict.FAIL, found, remedy);
    }
}
