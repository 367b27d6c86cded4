package dev.finetune4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.model.BatchPrefix;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a place is told of a job's steps before it is launched is what the core then does. */
class ProposedStepsTest {
    private static final int LIMIT = 64;

    @Test
    void tellsTheStepsThatTheCorePlans() {
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            int[] lengths = random.ints(1 + random.nextInt(200), 1, LIMIT + 1).toArray();
            TrainingSpec.Builder spec = TrainingSpec.builder()
                    .epochs((1 + random.nextInt(80)) / 20.0)
                    .batchSize(1 + random.nextInt(9))
                    .gradientAccumulation(1 + random.nextInt(5))
                    .maxTokens(LIMIT);

            assertThat(mostSteps(spec.build(), lengths))
                    .describedAs("%s rows, %s", lengths.length, spec.build())
                    .isEqualTo(new TrainingPlan(spec.build(), lengths, 0, 0, LIMIT, BatchPrefix.NONE).steps());
            assertThat(mostSteps(spec.packing(true).build(), lengths))
                    .isGreaterThanOrEqualTo(
                            new TrainingPlan(spec.build(), lengths, 0, 0, LIMIT, BatchPrefix.NONE).steps());
        }
        assertThat(mostSteps(TrainingSpec.defaults())).isZero();
    }

    private static long mostSteps(TrainingSpec spec, int... lengths) {
        FineTuneJob job = FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .training(spec)
                .build();
        return new Proposal(
                        job,
                        new ModelFiles(job.model(), Path.of("model"), "e".repeat(64)),
                        new Proposal.RowLengths(lengths.length, 0, LIMIT, LIMIT, LIMIT),
                        Proposal.AnswerLengths.NONE)
                .mostSteps();
    }
}
