package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.plan.TrainerSettings.Sharing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job is planned as its engine will compute it. */
class GpuSetupSearchTest {
    @Test
    void goesByWhatTheJobSaysOfComputingAgain() {
        GpuRun free = best("A10", settings());
        GpuRun none = best("A10", settings().recompute(Recompute.NONE));
        GpuRun layer = best("A10", settings().recompute(Recompute.LAYER));
        GpuRun part = best("A10", settings().recompute(Recompute.FEED_FORWARD));

        assertThat(none.settings().isCheckpointed()).isFalse();
        assertThat(layer.settings().isCheckpointed()).isTrue();
        assertThat(part.settings()).as("the engine knows whole layers only").isEqualTo(layer.settings());
        assertThat(free.settings()).isIn(none.settings(), layer.settings());
    }

    /** A V100 has 125 TFLOPS in half precision, and our engine takes none. */
    @Test
    void ourEngineTakesSinglePrecisionWhereAGpuHasNoBfloat16() {
        GpuRun engine = best("V100-32", settings());
        GpuRun script = best("V100-32", settings(), true);

        assertThat(engine.settings().precision()).isEqualTo("fp32");
        assertThat(engine.setup())
                .isEqualTo(best("V100-32", settings().precision(Precision.FP32)).setup());
        assertThat(script.settings().precision()).isEqualTo("fp16");
        assertThat(likelyBytes(engine)).isGreaterThan(likelyBytes(script));
        assertThat(likelySpeed(engine)).isLessThan(likelySpeed(script));
        assertThat(best("A10", settings()).settings())
                .isEqualTo(best("A10", settings(), true).settings())
                .extracting(TrainerSettings::precision)
                .isEqualTo("bf16");
    }

    /** It is emulated there: in half the memory, and no faster. */
    @Test
    void ourEngineTakesBfloat16WhereTheJobSaysSo() {
        GpuRun said = best("V100-32", settings().precision(Precision.BF16));
        GpuRun single = best("V100-32", settings());

        assertThat(said.settings().precision()).isEqualTo("bf16");
        assertThat(said.setup().arithmetic()).isEqualTo(single.setup().arithmetic());
        assertThat(said.setup().weights()).isEqualTo(Weights.HALF);
    }

    /** Shared out among four, 16 bytes for each of 1.7 billion weights fit; none of the four holds all of them. */
    @Test
    void sharesOutWeightsThatAreAllTrained() {
        assertThat(fullOn(1).fit()).isEqualTo(Fit.TOO_LARGE);

        GpuRun shared = fullOn(4);

        assertThat(shared.fit()).isEqualTo(Fit.FITS);
        assertThat(shared.settings().parallelism()).isEqualTo(Sharing.FSDP);
    }

    /** 16 bytes for each of 1.7 billion weights are 26 GiB: 65 % of the 39 of an A100 of 40 GB, and 58 % of an L40S's 44. */
    @Test
    void sharesOutWhatOurEngineSharesOutThoughOneGpuHoldsIt() {
        PlannedJob job = SampleJob.of(FullTuning.defaults(), 50, 0);

        GpuRun shared = on(4, job, "A100-40");
        GpuRun whole = on(4, job, "A100-80");

        assertThat(shared.fit()).isEqualTo(Fit.FITS);
        assertThat(shared.settings().parallelism()).isEqualTo(Sharing.FSDP);
        assertThat(whole.settings().parallelism()).isEqualTo(Sharing.DDP);
        assertThat(likelyBytes(shared)).isLessThan(likelyBytes(whole));
        assertThat(on(1, job, "A100-40").settings().parallelism())
                .as("with nobody")
                .isEqualTo(Sharing.SINGLE);
        assertThat(sharesUnasked(job, "A100-40")).isTrue();
        assertThat(sharesUnasked(job, "L40S")).isFalse();
        assertThat(new GpuSetup(job, gpu("A100-40"), true).sharesWeightsUnasked())
                .as("by a script, which shares out what it is told to")
                .isFalse();
    }

    /** 16 billion bytes are more than 60 % of an A10G's memory; in 4 bits, what is inside the layers takes 3.7 of 14 billion. */
    @Test
    void countsFrozenWeightsAsTheyLie() {
        PlannedJob half = SampleJob.of("llama-3.1-8b-instruct");
        PlannedJob packed =
                half.with(half.job().toBuilder().method(QloraTuning.defaults()).build());

        assertThat(on(4, half, "A10G").settings().parallelism()).isEqualTo(Sharing.FSDP);
        assertThat(on(4, packed, "A10G").settings().parallelism()).isEqualTo(Sharing.DDP);
        assertThat(on(4, half, "A100-80").settings().parallelism()).isEqualTo(Sharing.DDP);
        assertThat(sharesUnasked(half, "A10G")).isTrue();
        assertThat(sharesUnasked(packed, "A10G")).isFalse();
        assertThat(sharesUnasked(half, "L40S")).isFalse();
    }

    /** Copies of embedding and head with gradients and moments are 16 bytes for each of a billion weights. */
    @Test
    void countsModulesThatAreTrainedWholeBesideFrozenWeights() {
        PlannedJob half = SampleJob.of("llama-3.1-8b-instruct");
        LoraTuning whole = LoraTuning.builder()
                .trainedModules(List.of(LoraTuning.EMBEDDING, LoraTuning.HEAD))
                .build();
        PlannedJob beside = half.with(half.job().toBuilder().method(whole).build());

        assertThat(sharesUnasked(half, "L40S")).isFalse();
        assertThat(sharesUnasked(beside, "L40S")).isTrue();
    }

    /** PEFT, which the engine trains by, goes over all weights once more for their rows' lengths. */
    @Test
    void plansDoraAsSlowerThanLora() {
        GpuRun lora = on(1, SampleJob.of(LoraTuning.defaults(), 10, 0), "A10");
        GpuRun dora = on(1, SampleJob.of(LoraTuning.builder().dora(true).build(), 10, 0), "A10");

        assertThat(lora.setup().hasDora()).isFalse();
        assertThat(dora.setup().hasDora()).isTrue();
        assertThat(likelySpeed(dora)).isLessThan(likelySpeed(lora));
    }

    private static boolean sharesUnasked(PlannedJob job, String gpu) {
        return new GpuSetup(job, gpu(gpu)).sharesWeightsUnasked();
    }

    private static GpuRun fullOn(int gpus) {
        return on(gpus, SampleJob.of(FullTuning.defaults(), 50, 0), "A10");
    }

    private static GpuRun on(int gpus, PlannedJob job, String name) {
        return new GpuSetupSearch(job, MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE, false)
                .best(gpu(name), gpus);
    }

    private static Gpu gpu(String name) {
        return GpuTable.shipped().find(name).orElseThrow();
    }

    /** On the same setup, of one row: a search that has less memory to fill may take fewer rows. */
    private static double likelyBytes(GpuRun run) {
        return MemoryModel.shipped()
                .needed(job(settings()).architecture(), ofOneRow(run))
                .likely();
    }

    private static double likelySpeed(GpuRun run) {
        return SpeedModel.shipped()
                .estimate(job(settings()).architecture(), ofOneRow(run), run.gpu())
                .tokensPerSecond()
                .likely();
    }

    private static TrainingSetup ofOneRow(GpuRun run) {
        return run.setup()
                .edit()
                .microBatch(1)
                .checkpointing(Checkpointing.FULL)
                .build();
    }

    private static GpuRun best(String gpu, TrainingSpec.Builder settings) {
        return best(gpu, settings, false);
    }

    private static GpuRun best(String gpu, TrainingSpec.Builder settings, boolean isByScript) {
        return new GpuSetupSearch(
                        job(settings), MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE, isByScript)
                .best(gpu(gpu), 1);
    }

    private static TrainingSpec.Builder settings() {
        return TrainingSpec.builder();
    }

    private static PlannedJob job(TrainingSpec.Builder settings) {
        PlannedJob sample = SampleJob.of(LoraTuning.defaults(), 10, 0);
        FineTuneJob job = sample.job().toBuilder().training(settings.build()).build();
        return sample.with(job);
    }
}
