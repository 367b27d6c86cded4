package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.launch.PastEstimate;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What runs on GPUs that are let teach of further ones. */
class PastErrorsTest {
    private static final ProviderId SAGEMAKER = new ProviderId("sagemaker");

    @Test
    void movesTheStepsByWhatTheyTookAndNotByTheWaitForAMachine() {
        PastErrors errors = new PastErrors(List.of(run("1x T4", 1, Duration.ofMinutes(20), Duration.ofHours(5))));

        Correction correction = errors.ofSteps(SAGEMAKER, "1x T4", "LlamaForCausalLM", "LoRA");

        assertThat(correction.runs()).isEqualTo(1);
        assertThat(correction.factor()).isCloseTo(Math.pow(2, 1 / 3.0), within(1e-9));
    }

    @Test
    void judgesEstimatesAsTheyWereBeforeTheirOwnCorrection() {
        PastErrors errors = new PastErrors(List.of(run("1x T4", 2, Duration.ofMinutes(10), Duration.ofMinutes(15))));

        assertThat(errors.ofSteps(SAGEMAKER, "1x T4", "LlamaForCausalLM", "LoRA")
                        .factor())
                .as("foreseen 5 minutes, moved to 10")
                .isCloseTo(Math.pow(2, 1 / 3.0), within(1e-9));
    }

    @Test
    void learnsNothingFromOtherGpusPlacesModelsOrMethods() {
        PastErrors errors = new PastErrors(List.of(run("1x T4", 1, Duration.ofMinutes(20), Duration.ofHours(5))));

        assertThat(errors.ofSteps(SAGEMAKER, "4x T4", "LlamaForCausalLM", "LoRA"))
                .isEqualTo(Correction.NONE);
        assertThat(errors.ofSteps(new ProviderId("azure-ml"), "1x T4", "LlamaForCausalLM", "LoRA"))
                .isEqualTo(Correction.NONE);
        assertThat(errors.ofSteps(SAGEMAKER, "1x T4", "Qwen2ForCausalLM", "LoRA"))
                .isEqualTo(Correction.NONE);
        assertThat(errors.ofSteps(SAGEMAKER, "1x T4", "LlamaForCausalLM", "QLoRA"))
                .isEqualTo(Correction.NONE);
        assertThat(new PastErrors(List.of(run("1x T4", 1, null, Duration.ofHours(5))))
                        .ofSteps(SAGEMAKER, "1x T4", "LlamaForCausalLM", "LoRA"))
                .as("whose place does not tell how fast steps were")
                .isEqualTo(Correction.NONE);
    }

    @Test
    void movesTheMemoryByWhatAnyGpuOfThePlaceHeld() {
        PastErrors errors = new PastErrors(List.of(run("4x T4", 12L << 30)));

        assertThat(errors.ofGpuMemory(SAGEMAKER, "LlamaForCausalLM", "LoRA").factor())
                .as("foreseen 10 GiB")
                .isCloseTo(Math.pow(1.2, 1 / 3.0), within(1e-9));
        assertThat(errors.ofGpuMemory(new ProviderId("jumpstart"), "LlamaForCausalLM", "LoRA"))
                .isEqualTo(Correction.NONE);
        assertThat(errors.ofGpuMemory(SAGEMAKER, "Qwen2ForCausalLM", "LoRA")).isEqualTo(Correction.NONE);
        assertThat(new PastErrors(List.of(run("1x T4", -1))).ofGpuMemory(SAGEMAKER, "LlamaForCausalLM", "LoRA"))
                .as("whose place does not tell")
                .isEqualTo(Correction.NONE);
    }

    /** As versions did that told the most that a run may take as all of the range. */
    @Test
    void learnsNothingFromMemoryThatWasForeseenWithoutARange() {
        PastEstimate most = run(new ByteRange(10L << 30, 10L << 30, 10L << 30), 8L << 30);
        PastEstimate range = run(new ByteRange(8L << 30, 9L << 30, 10L << 30), 9L << 30);
        PastErrors errors = new PastErrors(List.of(most, range));

        assertThat(new PastErrors(List.of(most)).ofMemory(most.figures().foreseen()))
                .isEqualTo(Correction.NONE);
        assertThat(errors.ofMemory(most.figures().foreseen()).runs()).isEqualTo(1);
        assertThat(errors.ofMemory(most.figures().foreseen()).factor()).isCloseTo(1, within(1e-9));
        assertThat(errors.ofGpuMemory(SAGEMAKER, "LlamaForCausalLM", "LoRA").runs())
                .isEqualTo(1);
    }

    /** Ten minutes were foreseen; that others computed beside the first run is no error of its estimate. */
    @Test
    void learnsFromRunsThatNobodyDisturbedWhereThereAreAny() {
        PastEstimate beside = beside(run("", 1, null, Duration.ofMinutes(80)), 0.4);
        PastEstimate alone = beside(run("", 1, null, Duration.ofMinutes(10)), 0.04);
        Foreseen kind = alone.figures().foreseen();

        assertThat(new PastErrors(List.of(alone, beside)).ofTime(kind))
                .isEqualTo(new PastErrors(List.of(alone)).ofTime(kind));
        assertThat(new PastErrors(List.of(beside)).ofTime(kind).factor())
                .as("rather than nothing")
                .isGreaterThan(1.2);
    }

    private static PastEstimate beside(PastEstimate run, double waitingShare) {
        ForeseenAndActual figures = run.figures();
        return new PastEstimate(
                run.run(),
                run.at(),
                new ForeseenAndActual(
                        figures.foreseen(),
                        figures.took(),
                        figures.peakBytes(),
                        figures.spent(),
                        figures.steps(),
                        waitingShare));
    }

    /** Ten GiB were foreseen. */
    private static PastEstimate run(String gpus, long peakBytes) {
        return run(
                gpus,
                1,
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                new ByteRange(8L << 30, 10L << 30, 12L << 30),
                peakBytes);
    }

    private static PastEstimate run(ByteRange memory, long peakBytes) {
        return run("1x T4", 1, Duration.ofMinutes(10), Duration.ofHours(1), memory, peakBytes);
    }

    private static PastEstimate run(String gpus, double factor, @Nullable Duration steps, Duration took) {
        return run(gpus, factor, steps, took, null, -1);
    }

    /** Steps foreseen to take 10 minutes. */
    private static PastEstimate run(
            String gpus,
            double factor,
            @Nullable Duration steps,
            Duration took,
            @Nullable ByteRange memory,
            long peakBytes) {
        DurationRange foreseen =
                new DurationRange(Duration.ofMinutes(5), Duration.ofMinutes(10), Duration.ofMinutes(20));
        return new PastEstimate(
                new RunId("a-1"),
                Instant.EPOCH,
                new ForeseenAndActual(
                        new Foreseen(
                                SAGEMAKER,
                                Foreseen.Basis.SIZES,
                                "LlamaForCausalLM",
                                "LoRA",
                                "",
                                foreseen,
                                1,
                                memory,
                                1,
                                null,
                                new Foreseen.Steps(gpus, foreseen, factor)),
                        took,
                        peakBytes,
                        null,
                        steps,
                        null));
    }
}
