package dev.finetune4j.engine.data.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.SplitSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowSplitTest {
    private static final SplitSpec ALL_ROWS = SplitSpec.defaults().withRows(0, 0, 0);

    @Test
    void givesEachPartItsShareOfEachLabel() {
        RowTable rows = new RowTable();
        for (int i = 0; i < 1000; i++) {
            rows.add(i % 10 == 0 ? "rare" : "common", null);
        }

        RowSplit split = RowSplit.of(rows, ALL_ROWS);

        assertThat(split.dealt(Part.TRAIN)).isEqualTo(700);
        assertThat(split.dealt(Part.VALIDATION)).isEqualTo(100);
        assertThat(split.dealt(Part.TEST)).isEqualTo(200);
        assertThat(count(rows, split, Part.VALIDATION, 0)).isEqualTo(10);
        assertThat(count(rows, split, Part.TEST, 0)).isEqualTo(20);
    }

    @Test
    void leavesATrainingRowOfEachLabel() {
        RowTable rows = new RowTable();
        for (int i = 0; i < 30; i++) {
            rows.add("label " + i, null);
        }
        for (int i = 0; i < 30; i++) {
            rows.add("common", null);
        }

        RowSplit split = RowSplit.of(rows, ALL_ROWS);

        for (int label = 0; label < 31; label++) {
            assertThat(count(rows, split, Part.TRAIN, label))
                    .as("label " + label)
                    .isPositive();
        }
        assertThat(split.dealt(Part.TEST)).isEqualTo(12);
    }

    /** As a plan counts them for numbers of rows that nobody has. */
    @Test
    void saysWithoutRowsHowManyOfThemAreHeldOut() {
        SplitSpec capped = SplitSpec.defaults();
        for (int size : new int[] {3, 4, 5, 7, 10, 14, 57, 999, 1000, 2004, 5001, 7000}) {
            RowTable rows = new RowTable();
            for (int i = 0; i < size; i++) {
                rows.add("the only label", null);
            }
            for (SplitSpec spec : List.of(ALL_ROWS, capped)) {
                RowSplit split = RowSplit.of(rows, spec);
                for (Part part : List.of(Part.VALIDATION, Part.TEST)) {
                    long kept = IntStream.range(0, size)
                            .filter(row -> split.part(row) == part && split.isKept(row))
                            .count();
                    assertThat(RowSplit.heldOut(part, size, spec))
                            .as("%s of %d", part, size)
                            .isEqualTo(kept);
                }
            }
        }
        SplitSpec withoutTest = capped.toBuilder().test(0).build();
        assertThat(RowSplit.heldOut(Part.TEST, 1000, withoutTest)).isZero();
    }

    @Test
    void givesTheSameSplitForTheSameSeedOnly() {
        RowTable rows = randomRows(new Random(1), 500, 4, 40);

        assertThat(parts(rows, RowSplit.of(rows, ALL_ROWS))).isEqualTo(parts(rows, RowSplit.of(rows, ALL_ROWS)));
        assertThat(parts(rows, RowSplit.of(rows, withSeed(18)))).isNotEqualTo(parts(rows, RowSplit.of(rows, ALL_ROWS)));
    }

    @Test
    void neverLetsAGroupStraddleTheSplit() {
        Random random = new Random(42);
        for (int set = 0; set < 200; set++) {
            int size = 20 + random.nextInt(400);
            RowTable rows = randomRows(random, size, 1 + random.nextInt(12), 3 + random.nextInt(60));

            RowSplit split = RowSplit.of(rows, ALL_ROWS);

            Map<Integer, Part> partOfGroup = new HashMap<>();
            for (int row = 0; row < rows.size(); row++) {
                Part before = partOfGroup.putIfAbsent(rows.group(row), split.part(row));
                assertThat(before == null || before == split.part(row))
                        .as("set %d, group %d", set, rows.group(row))
                        .isTrue();
            }
            for (Part part : Part.values()) {
                assertThat(split.dealt(part)).as("set %d, %s", set, part).isPositive();
            }
        }
    }

    @Test
    void comesNearTheSharesAndTheMixOfLabelsWithGroups() {
        RowTable rows = randomRows(new Random(7), 5000, 5, 300);

        RowSplit split = RowSplit.of(rows, ALL_ROWS);

        assertThat(split.dealt(Part.TEST)).isCloseTo(1000, within(20L));
        assertThat(split.dealt(Part.VALIDATION)).isCloseTo(500, within(20L));
        for (int label = 0; label < 5; label++) {
            double all = count(rows, split, Part.TRAIN, label)
                    + count(rows, split, Part.VALIDATION, label)
                    + count(rows, split, Part.TEST, label);
            assertThat(count(rows, split, Part.TEST, label) / all)
                    .as("label " + label)
                    .isCloseTo(0.2, within(0.01));
        }
        assertThat(split.groups(Part.TRAIN, rows) + split.groups(Part.VALIDATION, rows) + split.groups(Part.TEST, rows))
                .isEqualTo(rows.groupCount());
    }

    @Test
    void capsPartsByASampleThatKeepsTheMixOfLabels() {
        RowTable rows = new RowTable();
        for (int i = 0; i < 2000; i++) {
            rows.add(i % 100 == 0 ? "rare" : i % 4 == 0 ? "some" : "common", null);
        }

        RowSplit split = RowSplit.of(rows, SplitSpec.defaults().withRows(100, 40, 60));

        assertThat(kept(rows, split, Part.TRAIN, -1)).isEqualTo(100);
        assertThat(kept(rows, split, Part.VALIDATION, -1)).isEqualTo(40);
        assertThat(kept(rows, split, Part.TEST, -1)).isEqualTo(60);
        assertThat(kept(rows, split, Part.TRAIN, 0)).isEqualTo(1);
        assertThat(kept(rows, split, Part.TRAIN, 2)).isBetween(23L, 25L);
        assertThat(split.dealt(Part.TRAIN)).isEqualTo(1400);
    }

    @Test
    void leavesPartsWithoutAShareEmpty() {
        SplitSpec none = new SplitSpec(0, 0, null, null, null, true, 0, 0, 0, 1);
        RowTable rows = randomRows(new Random(1), 50, 2, 10);

        RowSplit split = RowSplit.of(rows, none);

        assertThat(split.dealt(Part.TRAIN)).isEqualTo(50);
    }

    private static SplitSpec withSeed(long seed) {
        return new SplitSpec(0.1, 0.2, null, null, null, true, 0, 0, 0, seed);
    }

    /** Few groups are large and many small, as in life. */
    private static RowTable randomRows(Random random, int size, int labels, int groups) {
        RowTable rows = new RowTable();
        for (int i = 0; i < size; i++) {
            double skewed = random.nextDouble() * random.nextDouble();
            int group = i < groups ? i : (int) (skewed * groups);
            int label = i < labels ? i : (int) (random.nextDouble() * random.nextDouble() * labels);
            rows.add("label " + label, "group " + group);
        }
        return rows;
    }

    private static long count(RowTable rows, RowSplit split, Part part, int label) {
        long count = 0;
        for (int row = 0; row < rows.size(); row++) {
            count += split.part(row) == part && rows.label(row) == label ? 1 : 0;
        }
        return count;
    }

    /** Kept rows of a label, or of all with -1. */
    private static long kept(RowTable rows, RowSplit split, Part part, int label) {
        long count = 0;
        for (int row = 0; row < rows.size(); row++) {
            boolean isOne = split.part(row) == part && split.isKept(row);
            count += isOne && (label < 0 || rows.label(row) == label) ? 1 : 0;
        }
        return count;
    }

    private static String parts(RowTable rows, RowSplit split) {
        StringBuilder parts = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            parts.append(split.part(row).name().charAt(1));
        }
        return parts.toString();
    }
}
