package dev.finetune4j.spi;

/** What a refusal or a failure says of the machine that was asked for. */
public enum MachineVerdict {
    /** Nothing: the job would come to the same on another machine. */
    UNRELATED,
    /** No such machine is free. Any job that asks for one is told the same, for a while. */
    NOT_FREE,
    /** The account's quota leaves no such machine. Any job that asks for one is told the same, until the quota is larger. */
    NOT_ALLOWED,
    /** The place lets this job have no such machine, however many are free. It says nothing to other jobs. */
    NOT_SUITED
}
