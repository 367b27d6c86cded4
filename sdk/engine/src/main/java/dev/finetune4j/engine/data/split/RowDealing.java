package dev.finetune4j.engine.data.split;

import dev.finetune4j.data.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Deals single rows out: each label's rows by the shares, with a row of each label left for training. */
final class RowDealing {
    private static final List<Part> HELD_OUT = List.of(Part.TEST, Part.VALIDATION);

    private final RowTable rows;
    private final boolean stratify;
    private final Map<Part, Double> shares;
    private final long seed;

    RowDealing(RowTable rows, boolean stratify, Map<Part, Double> shares, long seed) {
        this.rows = rows;
        this.stratify = stratify;
        this.shares = shares;
        this.seed = seed;
    }

    Part[] deal() {
        Part[] parts = new Part[rows.size()];
        Arrays.fill(parts, Part.TRAIN);
        int[] order = IntStream.range(0, rows.size()).toArray();
        Shuffle.inPlace(order, new Random(seed));
        int[] sizes = new int[stratify ? rows.labelCount() : 1];
        for (int row : order) {
            sizes[stratum(row)]++;
        }
        int[] free = Arrays.stream(sizes).map(size -> size - 1).toArray();
        for (Part part : HELD_OUT) {
            int wanted = (int) wanted(shares.getOrDefault(part, 0.0), rows.size());
            int seats = Math.min(wanted, IntStream.of(free).sum());
            int[] seatsOfStratum = seats(seats, sizes, free);
            for (int row : order) {
                int stratum = stratum(row);
                if (parts[row] == Part.TRAIN && seatsOfStratum[stratum] > 0) {
                    parts[row] = part;
                    seatsOfStratum[stratum]--;
                    free[stratum]--;
                }
            }
        }
        return parts;
    }

    private int stratum(int row) {
        return stratify ? rows.label(row) : 0;
    }

    /** A share that is asked for gets at least one row of so many. */
    static long wanted(double share, long rows) {
        return share == 0 ? 0 : Math.max(1, Math.round(rows * share));
    }

    /** Seats by size, moved from strata that have no row to spare to those that have. */
    private static int[] seats(int seats, int[] sizes, int[] free) {
        int[] given = Apportionment.divide(seats, sizes, new int[sizes.length]);
        int missing = 0;
        int[] room = new int[sizes.length];
        for (int i = 0; i < given.length; i++) {
            int excess = Math.max(0, given[i] - free[i]);
            missing += excess;
            given[i] -= excess;
            room[i] = free[i] - given[i];
        }
        int[] more = Apportionment.divide(missing, room, new int[room.length]);
        for (int i = 0; i < given.length; i++) {
            given[i] += more[i];
        }
        return given;
    }
}
