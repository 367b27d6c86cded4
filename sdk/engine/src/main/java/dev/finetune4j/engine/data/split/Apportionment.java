package dev.finetune4j.engine.data.split;

/** Divides a number of seats by size, to whole numbers that add up (largest remainder, Hamilton's method). */
final class Apportionment {
    private Apportionment() {}

    /**
     * Divides.
     *
     * @param seats to divide; at most the sum of {@code sizes}
     * @param sizes of the claimants
     * @param floors what each claimant gets at least, at most its size; ignored if they add up to more than {@code seats}
     * @return seats of each claimant, at most its size, adding up to {@code seats}
     */
    static int[] divide(int seats, int[] sizes, int[] floors) {
        long total = sum(sizes);
        boolean floorsFit = sum(floors) <= seats;
        int[] given = new int[sizes.length];
        double[] wish = new double[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            wish[i] = total == 0 ? 0 : (double) seats * sizes[i] / total;
            given[i] = Math.max((int) wish[i], floorsFit ? floors[i] : 0);
        }
        long left = seats - sum(given);
        for (; left > 0; left--) {
            given[neediest(given, wish, sizes)]++;
        }
        for (; left < 0; left++) {
            given[richest(given, wish, floors)]--;
        }
        return given;
    }

    private static int neediest(int[] given, double[] wish, int[] sizes) {
        int best = -1;
        for (int i = 0; i < given.length; i++) {
            if (given[i] < sizes[i] && (best < 0 || wish[i] - given[i] > wish[best] - given[best])) {
                best = i;
            }
        }
        return best;
    }

    private static int richest(int[] given, double[] wish, int[] floors) {
        int best = -1;
        for (int i = 0; i < given.length; i++) {
            if (given[i] > floors[i] && (best < 0 || given[i] - wish[i] > given[best] - wish[best])) {
                best = i;
            }
        }
        return best;
    }

    private static long sum(int[] numbers) {
        long sum = 0;
        for (int number : numbers) {
            sum += number;
        }
        return sum;
    }
}
