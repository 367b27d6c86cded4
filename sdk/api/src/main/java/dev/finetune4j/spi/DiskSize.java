package dev.finetune4j.spi;

/** Sizes of disks in GB of 10^9 bytes, as places let them. */
public final class DiskSize {
    private static final long STEP = 10;
    private static final long BYTES_OF_A_STEP = STEP * 1_000_000_000;

    private DiskSize() {}

    /**
     * GB of a disk that is to hold so many bytes: a multiple of 10, so that jobs of nearly the same size may follow each other on a machine
     * that is kept.
     *
     * @throws ArithmeticException if that is no {@code int}
     */
    public static int gigabytesFor(long bytes) {
        return Math.toIntExact(STEP * ((bytes + BYTES_OF_A_STEP - 1) / BYTES_OF_A_STEP));
    }
}
