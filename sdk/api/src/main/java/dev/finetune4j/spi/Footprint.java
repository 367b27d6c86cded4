package dev.finetune4j.spi;

import dev.finetune4j.job.Precision;

/**
 * What a job would take of a machine that is there already, as whoever will run it foresees. How many tokens the largest micro-batch
 * has shows only when rows are dealt out, so that the peak lies between two bounds.
 *
 * @param leastBytes least resident memory of the process at its peak
 * @param mostBytes most resident memory of the process at its peak
 * @param availableBytes memory that a process may take now
 * @param precision number format that training would choose, never {@link Precision#AUTO}
 * @param threads threads that would compute
 * @param prefixesOfBatch how often what all rows of a micro-batch begin with would be computed: once for each part of it that is computed
 *     by itself, at most once a row
 */
public record Footprint(
        long leastBytes, long mostBytes, long availableBytes, Precision precision, int threads, int prefixesOfBatch) {}
