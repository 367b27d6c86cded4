package dev.finetune4j.engine.data.split;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.SplitSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which part each row goes to. Depends on the seed, the settings and the rows' labels and groups in their order in the file:
 * the same rows in another order are dealt out in another way.
 */
public final class RowSplit {
    private final Part[] partOfRow;
    private final boolean[] isKept;

    private RowSplit(Part[] partOfRow) {
        this.partOfRow = partOfRow;
        this.isKept = new boolean[partOfRow.length];
    }

    /**
     * Deals rows out.
     *
     * @param rows the rows
     * @param spec shares, caps, seed; files for validation and test mean a share of 0 here
     */
    public static RowSplit of(RowTable rows, SplitSpec spec) {
        Map<Part, Double> shares = new EnumMap<>(Part.class);
        shares.put(Part.VALIDATION, spec.validationFile() == null ? spec.validation() : 0);
        shares.put(Part.TEST, spec.testFile() == null ? spec.test() : 0);
        Part[] dealt = rows.groupCount() > 0
                ? new GroupDealing(rows, spec.stratify(), shares, spec.seed()).deal()
                : new RowDealing(rows, spec.stratify(), shares, spec.seed()).deal();
        RowSplit split = new RowSplit(dealt);
        split.keep(rows, spec);
        return split;
    }

    /** All rows of a file that is one part by itself, but for the cap. */
    public static RowSplit allOf(Part part, RowTable rows, SplitSpec spec) {
        Part[] dealt = new Part[rows.size()];
        Arrays.fill(dealt, part);
        RowSplit split = new RowSplit(dealt);
        split.keep(rows, spec);
        return split;
    }

    /**
     * How many rows are held out of so many, after the cap: as many as of single rows without groups, of which each label has some to spare.
     *
     * @param part validation or test; 0 rows where a file gives them
     * @param rows all rows, those for training among them
     */
    public static long heldOut(Part part, long rows, SplitSpec spec) {
        long wanted = RowDealing.wanted(part == Part.TEST ? spec.test() : spec.validation(), rows);
        int cap = cap(part, spec);
        return cap == 0 ? wanted : Math.min(wanted, cap);
    }

    private void keep(RowTable rows, SplitSpec spec) {
        for (Part part : Part.values()) {
            Sample.mark(rows, row -> partOfRow[row] == part, cap(part, spec), spec, isKept);
        }
    }

    private static int cap(Part part, SplitSpec spec) {
        return switch (part) {
            case TRAIN -> spec.trainRows();
            case VALIDATION -> spec.validationRows();
            case TEST -> spec.testRows();
        };
    }

    /** The part that a row was dealt to, whether or not the cap leaves it in. */
    public Part part(int row) {
        return partOfRow[row];
    }

    /** Whether a row is among those that the cap of its part leaves in. */
    public boolean isKept(int row) {
        return isKept[row];
    }

    /** Rows dealt to a part, before the cap. */
    public long dealt(Part part) {
        long count = 0;
        for (Part of : partOfRow) {
            count += of == part ? 1 : 0;
        }
        return count;
    }

    /** Groups dealt to a part; its rows where rows are not grouped. */
    public long groups(Part part, RowTable rows) {
        if (rows.groupCount() == 0) {
            return dealt(part);
        }
        BitSet groups = new BitSet();
        for (int row = 0; row < partOfRow.length; row++) {
            if (partOfRow[row] == part) {
                groups.set(rows.group(row));
            }
        }
        return groups.cardinality();
    }
}
