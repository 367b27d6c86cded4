package dev.finetune4j.engine.estimate;

import dev.finetune4j.plan.Fit;

/**
 * Peak memory of one GPU, in GiB.
 *
 * @param parts the likely peak of what is allocated, by part
 * @param allocated what tensors take
 * @param reserved what the allocator takes from the driver for them
 * @param device what the driver reports, contexts and communication buffers included
 * @param needed what must be there for the run not to fail: part of what is reserved is given back when memory is short
 * @param usable what the GPU has
 * @param fit the verdict on {@code needed} and {@code usable}
 */
public record MemoryEstimate(
        MemoryParts parts, Range allocated, Range reserved, Range device, Range needed, double usable, Fit fit) {}
