package dev.finetune4j.engine.data.split;

import java.util.Random;

/** Seeded orders that stay the same on every machine and Java version: {@link Random} is specified to the bit. */
final class Shuffle {
    private Shuffle() {}

    /** Puts numbers into a random order (Fisher and Yates). */
    static void inPlace(int[] numbers, Random random) {
        for (int i = numbers.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int moved = numbers[i];
            numbers[i] = numbers[j];
            numbers[j] = moved;
        }
    }
}
