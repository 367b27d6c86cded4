package dev.finetune4j.worker.folder;

/**
 * Memory as the worker found it, to tell an out-of-memory kill from another one afterwards.
 *
 * @param availableBytes memory that it could use
 * @param outOfMemoryKills kills that the kernel had counted, -1 if it does not tell
 */
public record MemoryAtStart(long availableBytes, long outOfMemoryKills) {}
