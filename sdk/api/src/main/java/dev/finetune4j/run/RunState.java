package dev.finetune4j.run;

/** Where a run stands, the same on every provider. A state that a provider adds later maps to the nearest of these. */
public enum RunState {
    /** The intent is written down; the provider has not answered yet. */
    PREPARED,
    /** The provider has it and waits for capacity. */
    QUEUED,
    /** A machine starts. */
    STARTING,
    /** Model and data travel to the machine. */
    DOWNLOADING,
    /** Weights are trained. */
    TRAINING,
    /** Base and tuned model answer held-out rows. */
    EVALUATING,
    /** The machine was taken away; the run goes on from its checkpoint. */
    INTERRUPTED,
    /** Results travel back. */
    UPLOADING,
    /** It was told to stop and winds down. */
    STOPPING,
    /** Ended with all results. */
    SUCCEEDED,
    /** Ended with an error. */
    FAILED,
    /** Ended because it was told to, or by its time limit. */
    STOPPED;

    /** Whether nothing more will happen. */
    public boolean isTerminal() {
        return this == SUCCEEDED || this == FAILED || this == STOPPED;
    }
}
