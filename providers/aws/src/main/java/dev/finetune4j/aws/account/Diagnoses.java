package dev.finetune4j.aws.account;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.Diagnosis;

/** From problems to diagnoses. */
public final class Diagnoses {
    private Diagnoses() {}

    /** A problem as a diagnosis; what may be gone at the next try is not known to be in the way. */
    public static Diagnosis of(String name, Problem problem) {
        return problem.retry().equals(Retry.NEVER)
                ? Diagnosis.fail(name, told(problem), remedy(problem))
                : unknown(name, problem);
    }

    /** What kept somebody from looking. */
    public static Diagnosis unknown(String name, Problem problem) {
        return Diagnosis.unknown(name, told(problem), remedy(problem));
    }

    private static String told(Problem problem) {
        return problem.code() + ": " + problem.summary();
    }

    private static String remedy(Problem problem) {
        return problem.remedies().isEmpty()
                ? problem.kind().remedy()
                : problem.remedies().get(0);
    }
}
