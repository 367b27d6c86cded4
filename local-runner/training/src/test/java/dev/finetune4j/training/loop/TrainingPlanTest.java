package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.bigram.SmallRows;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.rows.EncodedRows;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrainingPlanTest {
    private static final EncodedRows NONE = EncodedRows.of(java.util.List.of(), java.util.List.of());

    @Test
    void aMicroBatchHasNoMoreRowsThanThereAre() {
        TrainingSpec eight = TrainingSpec.builder().batchSize(8).build();
        TrainingSpec packed = eight.toBuilder().packing(true).build();

        assertThat(TrainingPlan.mostRows(eight, 3)).isEqualTo(3);
        assertThat(TrainingPlan.mostRows(eight, 30)).isEqualTo(8);
        assertThat(TrainingPlan.mostRows(packed, 30)).isEqualTo(30);
        assertThat(new TrainingPlan(eight, new int[] {5, 6, 7}, 0, 0, 12, BatchPrefix.NONE).mostRows())
                .isEqualTo(3);
    }

    @Test
    void epochsEndWithASmallerStepRatherThanMixingEpochs() {
        // 25 rows, 4 a micro-batch, 2 micro-batches a step: 7 micro-batches, 4 steps an epoch
        TrainingPlan plan =
                plan(25, TrainingSpec.builder().epochs(2).batchSize(4).gradientAccumulation(2));

        assertThat(plan.steps()).isEqualTo(8);
        assertThat(plan.microBatches(4)).hasSize(1);
        assertThat(plan.place(4)).isEqualTo(new TrainingPlan.Place(0, 3, true));
        assertThat(plan.place(5)).isEqualTo(new TrainingPlan.Place(1, 0, false));
        assertThat(plan.epochsAfter(4)).isEqualTo(1);
        assertThat(plan.epochsAfter(6)).isCloseTo(1.5, within(1e-12));
    }

    @Test
    void aFractionOfAnEpochIsRoundedUpToAWholeStep() {
        TrainingPlan plan = plan(25, TrainingSpec.builder().epochs(1.3).batchSize(4));

        assertThat(plan.steps()).isEqualTo(7 + 3);
        assertThat(plan.place(10).lastOfEpoch()).isTrue();
    }

    @Test
    void theLargestMicroBatchOfEveryEpochAndTheLongestValidationRowFitTheWorkspace() {
        EncodedRows training = SmallRows.of(200, 10, 1);
        TrainingSpec spec = TrainingSpec.builder().epochs(3).batchSize(4).build();

        TrainingPlan plan = new TrainingPlan(spec, training, NONE, 12, BatchPrefix.NONE);

        int largest = 0;
        for (int step = 1; step <= plan.steps(); step++) {
            for (int[] rows : plan.microBatches(step)) {
                largest = Math.max(
                        largest,
                        Arrays.stream(rows).map(row -> training.lengths()[row]).sum());
            }
        }
        assertThat(plan.maxBatchTokens()).isEqualTo(largest);
        assertThat(plan.longestRow())
                .isEqualTo(Arrays.stream(training.lengths()).max().orElseThrow())
                .isLessThan(largest);
        EncodedRows single = SmallRows.of(1, 10, 2);
        int longest = Arrays.stream(training.lengths()).max().orElseThrow();
        assertThat(new TrainingPlan(spec, single, training, 12, BatchPrefix.NONE).maxBatchTokens())
                .isEqualTo(Math.max(longest, single.lengths()[0]));
    }

    @Test
    void whatAllRowsBeginWithIsComputedOncePerCopy() {
        int[] lengths = {20, 30, 40, 50};
        TrainingSpec spec = TrainingSpec.builder().epochs(1).batchSize(4).build();

        TrainingPlan plan = new TrainingPlan(spec, lengths, 0, 25, 64, new BatchPrefix(10, 2));

        assertThat(plan.tokens()).isEqualTo(140);
        assertThat(plan.maxBatchTokens()).isEqualTo(140 - 2 * 10);
        assertThat(plan.computedShare()).isEqualTo(120 / 140.0);
        assertThat(new TrainingPlan(spec, lengths, 0, 130, 64, new BatchPrefix(10, 2)).maxBatchTokens())
                .isEqualTo(130);
        assertThat(new TrainingPlan(spec, lengths, 0, 130, 64, new BatchPrefix(10, 2)).longestRow())
                .isEqualTo(130);
        assertThat(new TrainingPlan(spec, lengths, 0, 25, 64, new BatchPrefix(10, 8)).maxBatchTokens())
                .as("fewer rows than threads are computed by all of them together")
                .isEqualTo(140 - 3 * 10);
        TrainingPlan behindTen = new TrainingPlan(spec, lengths, 10, 25, 64, BatchPrefix.NONE);
        assertThat(behindTen.tokens()).as("of the rows alone").isEqualTo(100);
        assertThat(behindTen.computedShare()).isEqualTo(1.4);
    }

    @Test
    void theLargestMicroBatchIsTheOneOfWhichMostIsComputed() {
        int[] lengths = {12, 12, 12, 12, 12, 12, 12, 60};
        TrainingSpec spec =
                TrainingSpec.builder().epochs(1).batchSize(1).packing(true).build();

        TrainingPlan plan = new TrainingPlan(spec, lengths, 0, 0, 84, new BatchPrefix(10, 1));

        assertThat(plan.largestMicroBatch()).contains(7);
    }

    @Test
    void refusesStepsOutsideThePlanAndNoRows() {
        TrainingPlan plan = plan(8, TrainingSpec.builder().epochs(1));

        assertThatThrownBy(() -> plan.place(2)).hasMessageContaining("step must be 1..1, was 2");
        assertThatThrownBy(() -> new TrainingPlan(TrainingSpec.defaults(), NONE, NONE, 12, BatchPrefix.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static TrainingPlan plan(int rows, TrainingSpec.Builder spec) {
        return new TrainingPlan(spec.build(), SmallRows.of(rows, 10, 1), NONE, 12, BatchPrefix.NONE);
    }
}
