package dev.finetune4j.run;

/**
 * The machine that computes a run.
 *
 * @param system operating system and its version, such as {@code Linux 6.8}
 * @param architecture such as {@code amd64}
 * @param device what computes: {@code cpu} or the name of an accelerator, and its model in brackets where that is known
 * @param cores processors that the run may use
 * @param memoryBytes physical memory; -1 where the machine does not tell
 */
public record Host(String system, String architecture, String device, int cores, long memoryBytes) {}
