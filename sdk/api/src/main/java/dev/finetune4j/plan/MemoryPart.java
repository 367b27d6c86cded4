package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;

/**
 * A part of the memory that training takes at its peak.
 *
 * @param name what takes it, such as {@code weights} or {@code activations}
 * @param bytes how much is likely
 */
public record MemoryPart(String name, long bytes) {
    /** Refuses a part without a name. */
    public MemoryPart {
        Checks.notBlank("name", name);
    }
}
