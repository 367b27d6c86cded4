package dev.finetune4j.engine.data.split;

import dev.finetune4j.data.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Deals whole groups out, so that parts come near their shares and keep the mix of labels. Large groups first, each to the part
 * where the sum of squared deviations from the wished counts grows least; then single groups are moved as long as that sum falls.
 * The same idea as scikit-learn's StratifiedGroupKFold, with shares in place of equal folds.
 */
final class GroupDealing {
    private static final int ROUNDS_OF_MOVES = 10;

    private final RowTable rows;
    private final boolean stratify;
    private final long seed;
    private final List<Part> parts = new ArrayList<>();
    private final double[] shares;
    private final int[] groupSizes;
    /** Of each group: its labels, and how many rows of each; labels that a group lacks are left out. */
    private final int[][] labelsOfGroup;

    private final int[][] countsOfGroup;
    /** Of each part: rows by label so far. */
    private final int[][] rowsByPartAndLabel;

    private final int[] rowsByPart;
    private final int[] rowsByLabel;

    GroupDealing(RowTable rows, boolean stratify, Map<Part, Double> heldOut, long seed) {
        this.rows = rows;
        this.stratify = stratify;
        this.seed = seed;
        parts.add(Part.TRAIN);
        heldOut.forEach((part, share) -> {
            if (share > 0) {
                parts.add(part);
            }
        });
        this.shares = new double[parts.size()];
        shares[0] = 1;
        for (int p = 1; p < shares.length; p++) {
            shares[p] = heldOut.getOrDefault(parts.get(p), 0.0);
            shares[0] -= shares[p];
        }
        int labels = stratify ? rows.labelCount() : 1;
        this.groupSizes = new int[rows.groupCount()];
        this.labelsOfGroup = new int[rows.groupCount()][];
        this.countsOfGroup = new int[rows.groupCount()][];
        this.rowsByPartAndLabel = new int[parts.size()][labels];
        this.rowsByPart = new int[parts.size()];
        this.rowsByLabel = new int[labels];
        countGroups();
    }

    private void countGroups() {
        for (int row = 0; row < rows.size(); row++) {
            groupSizes[rows.group(row)]++;
            rowsByLabel[stratum(row)]++;
        }
        int[][] labelsOfRows = new int[groupSizes.length][];
        int[] filled = new int[groupSizes.length];
        for (int row = 0; row < rows.size(); row++) {
            int group = rows.group(row);
            if (labelsOfRows[group] == null) {
                labelsOfRows[group] = new int[groupSizes[group]];
            }
            labelsOfRows[group][filled[group]++] = stratum(row);
        }
        for (int group = 0; group < groupSizes.length; group++) {
            int[] all = labelsOfRows[group];
            labelsOfGroup[group] = IntStream.of(all).sorted().distinct().toArray();
            countsOfGroup[group] = IntStream.of(labelsOfGroup[group])
                    .map(label -> (int)
                            IntStream.of(all).filter(other -> other == label).count())
                    .toArray();
        }
    }

    private int stratum(int row) {
        return stratify ? rows.label(row) : 0;
    }

    Part[] deal() {
        int[] order = IntStream.range(0, groupSizes.length).toArray();
        Shuffle.inPlace(order, new Random(seed));
        int[] largestFirst = IntStream.of(order)
                .boxed()
                .sorted((a, b) -> Integer.compare(groupSizes[b], groupSizes[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] partOfGroup = new int[groupSizes.length];
        for (int group : largestFirst) {
            partOfGroup[group] = cheapestPart(group);
            put(group, partOfGroup[group], 1);
        }
        moveWhereItHelps(order, partOfGroup);
        fillEmptyParts(order, partOfGroup);
        Part[] partOfRow = new Part[rows.size()];
        for (int row = 0; row < partOfRow.length; row++) {
            partOfRow[row] = parts.get(partOfGroup[rows.group(row)]);
        }
        return partOfRow;
    }

    private void moveWhereItHelps(int[] order, int[] partOfGroup) {
        boolean moved = true;
        for (int round = 0; moved && round < ROUNDS_OF_MOVES; round++) {
            moved = false;
            for (int group : order) {
                int from = partOfGroup[group];
                if (rowsByPart[from] == groupSizes[group]) {
                    continue;
                }
                put(group, from, -1);
                int to = cheapestPart(group);
                // Only a true gain moves a group, or equal parts would pass it back and forth.
                int target = cost(group, to) < cost(group, from) - 1e-9 ? to : from;
                put(group, target, 1);
                partOfGroup[group] = target;
                moved |= target != from;
            }
        }
    }

    /** A part that is asked for gets a group, as long as training keeps one. */
    private void fillEmptyParts(int[] order, int[] partOfGroup) {
        for (int part = 1; part < shares.length; part++) {
            int best = -1;
            for (int group : rowsByPart[part] > 0 ? new int[0] : order) {
                boolean canLeave = partOfGroup[group] == 0 && rowsByPart[0] > groupSizes[group];
                if (canLeave && (best < 0 || cost(group, part) < cost(best, part))) {
                    best = group;
                }
            }
            if (best >= 0) {
                put(best, 0, -1);
                put(best, part, 1);
                partOfGroup[best] = part;
            }
        }
    }

    private void put(int group, int part, int sign) {
        for (int i = 0; i < labelsOfGroup[group].length; i++) {
            rowsByPartAndLabel[part][labelsOfGroup[group][i]] += sign * countsOfGroup[group][i];
        }
        rowsByPart[part] += sign * groupSizes[group];
    }

    private int cheapestPart(int group) {
        int best = 0;
        double bestCost = Double.POSITIVE_INFINITY;
        for (int part = 0; part < shares.length; part++) {
            double cost = cost(group, part);
            if (cost < bestCost) {
                bestCost = cost;
                best = part;
            }
        }
        return best;
    }

    /** How much the sum of squared deviations, each over the size of its label, grows when a group joins a part. */
    private double cost(int group, int part) {
        double cost = growth(rowsByPart[part], groupSizes[group], shares[part] * rows.size(), rows.size());
        for (int i = 0; i < labelsOfGroup[group].length; i++) {
            int label = labelsOfGroup[group][i];
            cost += growth(
                    rowsByPartAndLabel[part][label],
                    countsOfGroup[group][i],
                    shares[part] * rowsByLabel[label],
                    rowsByLabel[label]);
        }
        return cost;
    }

    private static double growth(int before, int added, double wished, int total) {
        double deviationBefore = before - wished;
        double deviationAfter = deviationBefore + added;
        return (deviationAfter * deviationAfter - deviationBefore * deviationBefore) / total;
    }
}
