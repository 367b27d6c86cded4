package dev.finetune4j.training.loop;

/**
 * Random numbers without state: each is a function of the job's seed, what it is for and where it is used, so that a resumed run
 * needs no generator to be restored. SplitMix64's mixer
 * (<a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea and Flood 2014</a>), written out since the bounded draws of
 * {@code java.util} are not the same in every JDK.
 */
enum SeedStream {
    /** The order of the rows of an epoch. */
    SHUFFLE(1),
    /** The order of the micro-batches of an epoch. */
    BATCH_ORDER(2),
    /** The dropout masks of a micro-batch. */
    DROPOUT(3);

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long stream;

    SeedStream(long stream) {
        this.stream = stream;
    }

    /** The number at a place, such as (step, micro-batch). */
    long at(long seed, long first, long second) {
        return mix(mix(mix(mix(seed) + stream) + first) + second);
    }

    /** Fisher-Yates (Durstenfeld 1964), in place. */
    void shuffle(int[] values, long seed, long epoch) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = (int) Math.floorMod(at(seed, epoch, i), (long) i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    private static long mix(long value) {
        long z = value + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
