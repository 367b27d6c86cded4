package dev.finetune4j.error;

/** The process exit codes of the CLI and the worker. The numbers are part of the public contract. */
public enum ExitCode {
    /** All went well; a gate, if any, passed. */
    OK(0),
    /** A defect in finetune4j itself. */
    INTERNAL(1),
    /** The command line is wrong. */
    USAGE(2),
    /** The job file, its data or a model file is invalid. */
    INVALID(3),
    /** Credentials are missing, expired or not permitted. */
    CREDENTIALS(4),
    /** No capacity, quota or fitting machine, after failover. */
    CAPACITY(5),
    /** The budget refuses the launch. */
    BUDGET_REFUSED(6),
    /** The budget stopped the run. */
    BUDGET_STOPPED(7),
    /** Training failed. */
    TRAINING_FAILED(8),
    /** The tuned model did not pass its gate. */
    GATE_FAILED(9),
    /** The plan differs from what was asked ({@code --detailed-exitcode}). */
    PLAN_DIFFERS(10),
    /** Interrupted by the user; a launched job goes on. */
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** The number that the process ends with. */
    public int number() {
        return number;
    }
}
