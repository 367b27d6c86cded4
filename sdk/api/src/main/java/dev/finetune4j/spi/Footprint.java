package dev.finetune4j.spi;

import dev.finetune4j.job.Precision;

/**
 * What a job would take of a machine that is there already, as whoever will run it foresees. How many tokens the largest micro-batch
 * has shows only when rows are dealt out, and what the allocator leaves between blocks only when they are laid out, so that the peak lies
 * between two bounds.
 *
 * @param leastBytes least resident memory of the process at its peak
 * @param mostBytes most resident memory of the process at its peak
 * @param availableBytes memory that a process may take now
 * @param precision number format that training would choose, never {@link Precision#AUTO}
 * @param threads threads that would compute
 * @param computedShare tokens that training would compute at most for each token of its rows, virtual tokens among both: below 1 where what all rows
 *     begin with is computed once for some of them
 */
public record Footprint(
        long leastBytes, long mostBytes, long availableBytes, Precision precision, int threads, double computedShare) {}
