package dev.finetune4j.engine.estimate;

/** What a figure of memory counts; each holds the one before. */
public enum MemoryFigure {
    /** Tensors that are alive ({@code max_memory_allocated}). */
    ALLOCATED,
    /** What the allocator has taken from the driver ({@code max_memory_reserved}). */
    RESERVED,
    /** What the driver reports ({@code nvidia-smi}): contexts and communication buffers too. */
    DEVICE
}
