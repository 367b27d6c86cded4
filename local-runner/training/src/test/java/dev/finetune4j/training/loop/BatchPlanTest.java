package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TrainingSpec;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static final int ROW_LIMIT = 64;

    @Test
    void everyRowStandsInExactlyOneMicroBatch() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 500; round++) {
            int[] lengths =
                    random.ints(random.nextInt(1, 300), 1, ROW_LIMIT + 1).toArray();
            TrainingSpec spec = TrainingSpec.builder()
                    .batchSize(random.nextInt(1, 17))
                    .packing(random.nextBoolean())
                    .seed(random.nextLong())
                    .build();

            BatchPlan plan = BatchPlan.of(spec, random.nextInt(5), lengths, ROW_LIMIT);

            assertThat(plan.microBatches().stream()
                            .flatMapToInt(Arrays::stream)
                            .sorted()
                            .toArray())
                    .isEqualTo(IntStream.range(0, lengths.length).toArray());
            assertThat(plan.microBatches()).allSatisfy(rows -> assertThat(rows).isNotEmpty());
        }
    }

    @Test
    void countingRowsGroupsRowsOfLikeLength() {
        int[] lengths = new SplittableRandom(2).ints(400, 1, 101).toArray();
        TrainingSpec spec = TrainingSpec.builder().batchSize(8).build();

        BatchPlan plan = BatchPlan.of(spec, 0, lengths, 100);

        double meanSpread = plan.microBatches().stream()
                .mapToInt(rows -> Arrays.stream(rows)
                                .map(row -> lengths[row])
                                .max()
                                .orElseThrow()
                        - Arrays.stream(rows).map(row -> lengths[row]).min().orElseThrow())
                .average()
                .orElseThrow();
        assertThat(plan.microBatches())
                .hasSize(50)
                .allSatisfy(rows -> assertThat(rows).hasSize(8));
        assertThat(meanSpread).isLessThan(5);
    }

    @Test
    void packingFillsUpToTheTokensOfAFullBatchAndNoFurther() {
        int[] lengths = new SplittableRandom(3).ints(1000, 1, ROW_LIMIT + 1).toArray();
        TrainingSpec spec = TrainingSpec.builder().batchSize(8).packing(true).build();

        BatchPlan plan = BatchPlan.of(spec, 0, lengths, ROW_LIMIT);

        List<Integer> tokens = plan.microBatches().stream()
                .map(rows -> Arrays.stream(rows).map(row -> lengths[row]).sum())
                .toList();
        assertThat(tokens).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(8 * ROW_LIMIT));
        assertThat(tokens.subList(0, tokens.size() - 1))
                .allSatisfy(count -> assertThat(count).isGreaterThan(7 * ROW_LIMIT));
    }

    @Test
    void seedAndEpochDecideTheOrderAndNothingElse() {
        int[] lengths = new SplittableRandom(4).ints(100, 1, ROW_LIMIT + 1).toArray();
        TrainingSpec spec = TrainingSpec.builder().seed(5).build();

        List<int[]> once = BatchPlan.of(spec, 1, lengths, ROW_LIMIT).microBatches();
        List<int[]> again = BatchPlan.of(spec, 1, lengths, ROW_LIMIT).microBatches();
        List<int[]> otherEpoch = BatchPlan.of(spec, 2, lengths, ROW_LIMIT).microBatches();
        List<int[]> otherSeed = BatchPlan.of(spec.toBuilder().seed(6).build(), 1, lengths, ROW_LIMIT)
                .microBatches();

        assertThat(flat(again)).isEqualTo(flat(once));
        assertThat(flat(otherEpoch)).isNotEqualTo(flat(once));
        assertThat(flat(otherSeed)).isNotEqualTo(flat(once));
    }

    @Test
    void theOrderIsTheSameOnEveryJdk() {
        int[] order = IntStream.range(0, 8).toArray();

        SeedStream.SHUFFLE.shuffle(order, 17, 0);

        assertThat(order).containsExactly(3, 5, 1, 0, 4, 6, 7, 2);
    }

    private static int[] flat(List<int[]> batches) {
        return batches.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
