package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.launch.PastRun;
import dev.finetune4j.engine.launch.RunSpeed;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TrainingSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of runs that took 0.01 s a token and 0.5 s an answer. Qwen3 1.7B has 28 layers with 16 heads of 128. */
class AlikeRunsTest {
    /** Operations of attention for each position that a token looks at, in one pass. */
    private static final double POSITION = 4.0 * 2048 * 28;

    private static final PlannedJob JOB = SampleJob.labelled(400, 6);

    @Test
    void aRunOfTheSameWorkTellsOfAFurtherOne() {
        AlikeRuns runs = runs(JOB, run(0.5, JOB));

        assertThat(runs.secondsPerToken()).isEqualTo(new Uncertain(0.87 * 0.01, 0.01, 1.15 * 0.01));
        assertThat(runs.secondsPerAnswer()).contains(new Uncertain(0.87 * 0.5, 0.5, 1.15 * 0.5));
    }

    /** A token sees half of its row, in a pass forward and 2.5 back; four times the length is other work. */
    @Test
    void stepsTakeTheTimeOfTheirOperations() {
        double weights = JOB.flopsPerToken() - 200 * POSITION * 3.5;
        double longer = 0.01 * (weights + 200 * POSITION * 3.5) / (weights + 50 * POSITION * 3.5);

        Uncertain told = runs(JOB, run(0.5, SampleJob.labelled(100, 6))).secondsPerToken();

        assertThat(longer).isGreaterThan(0.01);
        assertThat(told.likely()).isCloseTo(longer, within(1e-12));
        assertThat(told.low()).isCloseTo(0.87 / 1.3 * longer, within(1e-12));
        assertThat(told.high()).isCloseTo(1.15 * 1.3 * longer, within(1e-12));
    }

    /** Of 50 rows of 400 tokens each time, in a run whose other time, 10 s, had those of its own; without them it still has to begin. */
    @Test
    void validationLossesTakeTheTimeOfTheirTokens() {
        PlannedJob often = JOB.with(JOB.job().toBuilder()
                .training(TrainingSpec.builder().evaluateEvery(10).build())
                .build());
        double more = often.validations() - JOB.validations();
        double seconds = more * 50 * 400 * 0.01 * JOB.readingFlops() / JOB.flopsPerToken();

        assertThat(runs(JOB, run(0.5, JOB)).otherSeconds(1))
                .isEqualTo(new Uncertain(0.87 * 10.01, 10.01, 1.15 * 10.01));
        assertThat(runs(often, run(0.5, JOB)).otherSeconds(1).likely()).isCloseTo(10.01 + seconds, within(1e-6));
        assertThat(runs(JOB, run(0.5, often)).otherSeconds(1).likely()).isEqualTo(4);
        assertThat(runs(often, run(0.5, null)).otherSeconds(1).likely()).isEqualTo(10.01);
    }

    /**
     * Three models read a row of 400 tokens, and behind it 300 tokens of labels where they read 6; one of them reads examples, once for all of
     * the 100 rows.
     */
    @Test
    void labelsAreChosenInTheTimeOfTheirTokens() {
        double read = (3 + JOB.job().evaluation().fewShot() / 100.0) * 400 * JOB.readingFlops();
        double ofFew = JOB.readingFlops() + (200 + 6) * POSITION;
        double ofMany = JOB.readingFlops() + (200 + 300) * POSITION;

        Uncertain told = runs(SampleJob.labelled(400, 300), run(0.5, JOB))
                .secondsPerAnswer()
                .orElseThrow();

        assertThat(told.likely()).isCloseTo(0.5 * (read + 3 * 300 * ofMany) / (read + 3 * 6 * ofFew), within(1e-9));
    }

    @Test
    void answersOfAnotherKindTellNothing() {
        PlannedJob written = SampleJob.of(TaskKind.CHAT, true, 1000);

        assertThat(runs(written, run(0.5, JOB)).secondsPerAnswer()).isEmpty();
        assertThat(runs(JOB, run(0.5, written)).secondsPerAnswer()).isEmpty();
        assertThat(runs(SampleJob.of(TaskKind.PREFERENCE, true, 10), run(0.5, JOB))
                        .secondsPerAnswer())
                .isEmpty();
        assertThat(runs(JOB, run(0.5, null)).secondsPerAnswer())
                .as("of a run whose work nobody knows")
                .isEmpty();
        assertThat(runs(JOB, run(0, JOB)).secondsPerAnswer())
                .as("of a run that answered nothing")
                .isEmpty();
        assertThat(runs(JOB, run(0, JOB), run(0.5, JOB)).secondsPerAnswer())
                .contains(new Uncertain(0.87 * 0.5, 0.5, 1.15 * 0.5));
    }

    /** A longer answer takes longer, as far as the models that were not taught to stop write on. */
    @Test
    void textsAreWrittenInTheTimeOfTheirTokens() {
        PlannedJob shorter = SampleJob.of(TaskKind.CHAT, true, 100);
        PlannedJob longer = SampleJob.of(TaskKind.CHAT, true, 1000);

        assertThat(runs(shorter, run(0.5, shorter)).secondsPerAnswer())
                .contains(new Uncertain(0.87 * 0.5, 0.5, 1.15 * 0.5));
        assertThat(runs(longer, run(0.5, shorter))
                        .secondsPerAnswer()
                        .orElseThrow()
                        .likely())
                .isGreaterThan(1.0);
    }

    @Test
    void theRateIsThatOfTheirStepsWithAttention() {
        assertThat(1 / runs(JOB, run(0, JOB)).secondsPerFlop().likely())
                .isCloseTo(JOB.flopsPerToken() / 0.01, within(1.0));
        assertThat(runs(JOB, run(0, null)).secondsPerFlop())
                .isEqualTo(new Uncertain(0.87 * (1 / 46e9 / 1.3), 1 / 46e9, 1.15 * (1 / 46e9 * 1.3)));
    }

    private static PastRun run(double secondsPerAnswer, @Nullable PlannedJob work) {
        return new PastRun(
                true,
                "fp32",
                new RunSpeed(0.01, secondsPerAnswer, 10),
                1_700_000_000,
                46e9,
                1,
                1L << 30,
                null,
                work == null ? null : new PastRun.Work(work.job(), work.rows()));
    }

    private static AlikeRuns runs(PlannedJob job, PastRun... past) {
        return new AlikeRuns(job, Arrays.asList(past), new OwnAnswers(new Worlds(), Assumptions.shipped(List.of())));
    }
}
