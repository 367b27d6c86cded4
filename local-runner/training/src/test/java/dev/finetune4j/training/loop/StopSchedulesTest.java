package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.bigram.SmallRows;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.rows.EncodedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Wherever a training is stopped or killed, and however often, each row teaches once an epoch. {@link ResumeTest} shows on the loop and
 * its checkpoints that a process goes on with the step after those that were saved; here the steps themselves are followed, through
 * so many schedules that the disk could not keep up.
 */
class StopSchedulesTest {
    private static final int SCHEDULES = 10_000;
    private static final int VOCABULARY = 11;
    private static final int ROW_LIMIT = 12;

    @Test
    void eachRowTeachesOnceAnEpoch() {
        for (int schedule = 0; schedule < SCHEDULES; schedule++) {
            SplittableRandom random = new SplittableRandom(schedule);
            TrainingSpec spec = TrainingSpec.builder()
                    .epochs(random.nextInt(1, 4))
                    .batchSize(random.nextInt(1, 9))
                    .gradientAccumulation(random.nextInt(1, 4))
                    .packing(random.nextBoolean())
                    .seed(random.nextLong())
                    .build();
            EncodedRows rows = SmallRows.of(random.nextInt(1, 40), VOCABULARY, random.nextLong());

            int[] taught = interrupted(spec, rows, random);

            int count = rows.rows().size();
            int[] once = IntStream.range(0, count).toArray();
            assertThat(taught).as("schedule %d", schedule).hasSize(count * (int) spec.epochs());
            for (int epoch = 0; epoch < spec.epochs(); epoch++) {
                int[] seen = Arrays.copyOfRange(taught, epoch * count, (epoch + 1) * count);
                Arrays.sort(seen);
                assertThat(seen).as("schedule %d, epoch %d", schedule, epoch).isEqualTo(once);
            }
            assertThat(taught).as("schedule %d", schedule).isEqualTo(uninterrupted(spec, rows));
        }
    }

    /** Rows in the order in which they taught, over processes each of which plans anew and loses what it had not saved. */
    private static int[] interrupted(TrainingSpec spec, EncodedRows rows, SplittableRandom random) {
        List<int[]> saved = new ArrayList<>();
        int steps;
        do {
            TrainingPlan plan = plan(spec, rows);
            steps = plan.steps();
            int reached = random.nextInt(saved.size(), steps + 1);
            int lost = reached == steps || random.nextBoolean() ? 0 : random.nextInt(reached - saved.size() + 1);
            for (int step = saved.size() + 1; step <= reached - lost; step++) {
                saved.add(rowsOf(plan, step));
            }
        } while (saved.size() < steps);
        return saved.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private static int[] uninterrupted(TrainingSpec spec, EncodedRows rows) {
        TrainingPlan plan = plan(spec, rows);
        return IntStream.rangeClosed(1, plan.steps())
                .flatMap(step -> Arrays.stream(rowsOf(plan, step)))
                .toArray();
    }

    private static int[] rowsOf(TrainingPlan plan, int step) {
        return plan.microBatches(step).stream().flatMapToInt(Arrays::stream).toArray();
    }

    private static TrainingPlan plan(TrainingSpec spec, EncodedRows rows) {
        return new TrainingPlan(spec, rows, EncodedRows.of(List.of(), List.of()), ROW_LIMIT, BatchPrefix.NONE);
    }
}
