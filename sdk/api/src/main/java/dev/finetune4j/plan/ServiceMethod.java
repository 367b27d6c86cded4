package dev.finetune4j.plan;

import dev.finetune4j.job.TaskKind;

/** How a service that is paid by the token trains. */
public enum ServiceMethod {
    /** On the answers of the rows. */
    SUPERVISED,
    /** On pairs of a preferred and a rejected answer. */
    PREFERENCE,
    /** On what a grader says of the model's own answers. */
    REINFORCEMENT;

    /** How a task is learned. */
    public static ServiceMethod of(TaskKind kind) {
        return kind == TaskKind.PREFERENCE ? PREFERENCE : SUPERVISED;
    }
}
