package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;

/**
 * The accelerators of one machine, all alike.
 *
 * @param name its model in short, such as {@code A10G} or {@code H100-SXM}
 * @param count how many the machine has
 * @param memoryGb memory of each as its maker names it; what a program can use is less
 */
public record Gpus(String name, int count, int memoryGb) {
    /** Refuses a machine without any. */
    public Gpus {
        Checks.notBlank("name", name);
        Checks.inRange("count", count, 1, 1024);
        Checks.inRange("memoryGb", memoryGb, 1, 4096);
    }
}
