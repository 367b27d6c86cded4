package dev.finetune4j.spi;

import dev.finetune4j.value.Checks;

/**
 * How large a job's settings say that the disk of its machine is to be, in GB of 10^9 bytes, as places let them.
 *
 * @param setting name of the setting that says it
 * @param gigabytes at least 1
 */
public record DiskSize(String setting, int gigabytes) {
    private static final long GIGA = 1_000_000_000;
    private static final long STEP = 10;

    /** Refuses a size that no disk has. */
    public DiskSize {
        Checks.notBlank("setting", setting);
        Checks.inRange("gigabytes", gigabytes, 1, Integer.MAX_VALUE);
    }

    /** Whether so many bytes have room. */
    public boolean holds(long bytes) {
        return bytes <= gigabytes * GIGA;
    }

    /**
     * GB of a disk that is to hold so many bytes: a multiple of 10, so that jobs of nearly the same size may follow each other on a machine
     * that is kept.
     *
     * @throws ArithmeticException if that is no {@code int}
     */
    public static int gigabytesFor(long bytes) {
        return Math.toIntExact(STEP * ((bytes + STEP * GIGA - 1) / (STEP * GIGA)));
    }
}
