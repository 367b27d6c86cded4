package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.engine.launch.LabelTokens;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.plan.TrainerSettings.Sharing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GpuTimesTest {
    private static final double GIB = 1L << 30;
    /** Weights of Llama 3.1 8B inside its layers. */
    private static final double INSIDE = 32 * (2.0 * 4096 * (4096 + 1024) + 3.0 * 4096 * 14336);

    private static final double OUTSIDE = 2.0 * 128_256 * 4096;
    /** Bytes of a weight in NF4 with double quantization. */
    private static final double PACKED = 0.5 + 1.0 / 64 + 4.0 / (64 * 256);

    @Test
    void noTimeIsCountedForTextsThatNobodyWrites() {
        SampleJob.assertUnwrittenTextsTakeNoTime(GpuTimesTest::evaluation);
    }

    @Test
    void aPrefixGoesThroughNoLayer() {
        double rows = SampleJob.of(LoraTuning.defaults(), 10, 0).trainedRows();

        assertThat(computed(LoraTuning.defaults())).isCloseTo(rows * 400, within(1.0));
        assertThat(computed(new PrefixTuning(500, null))).isCloseTo(rows * 400, within(1.0));
        assertThat(computed(new PromptTuning(500, null))).isCloseTo(rows * 900, within(1.0));
        assertThat(computed(SampleJob.packed(new PrefixTuning(500, null)))).isCloseTo(rows * 400, within(1.0));
        assertThat(computed(SampleJob.packed(new PromptTuning(500, null)))).isCloseTo(rows * 900, within(1.0));
    }

    @Test
    void readsTwiceTheBytesOfAnAnswerInSinglePrecision() {
        PlannedJob half = SampleJob.of(LoraTuning.defaults(), 10, 0);
        PlannedJob single = half.with(half.job().toBuilder()
                .training(TrainingSpec.builder().precision(Precision.FP32).build())
                .build());

        assertThat(evaluation(single)).isGreaterThan(evaluation(half));
    }

    /** Half of what is free on an A10G, 8 GiB, keeps no 13 GiB of matrices. */
    @Test
    void unpacksAllMatricesForEachTokenWhereHalfOfTheFreeMemoryDoesNotKeepThem() {
        WritingPass packed = pass(QloraTuning.defaults(), "A10G", 1, Sharing.SINGLE);
        WritingPass half = pass(LoraTuning.defaults(), "A10G", 1, Sharing.SINGLE);

        assertThat(packed.unpacking()).isCloseTo(16 * INSIDE / 600e9, within(1e-9));
        assertThat(packed.computing())
                .isCloseTo(32 * 20 * 1e-5 + 2 * (INSIDE + OUTSIDE) / 600e9, within(1e-9))
                .isEqualTo(half.computing());
        assertThat(packed.gathering()).isZero();
        assertThat(half.unpacking()).isZero();
        assertThat(pass(QloraTuning.defaults(), "A100-80", 1, Sharing.SINGLE).unpacking())
                .isZero();
    }

    @Test
    void keepsMatricesUnpackedInHalfOfWhatIsFreeBesideWeightsAdapterAndContext() {
        PlannedJob job = eightBillion(QloraTuning.defaults());
        double lying = PACKED * INSIDE + 2 * OUTSIDE + 4 * job.trainable();
        double enough = 1 + (lying + 2 * (2 * INSIDE)) / GIB;

        assertThat(passWith(job, enough + 0.01).unpacking()).isZero();
        assertThat(passWith(job, enough - 0.01).unpacking()).isPositive();
    }

    /** A V100 has no bfloat16: the numbers that are unpacked have four bytes there. */
    @Test
    void unpacksToSinglePrecisionWhereAGpuComputesInIt() {
        WritingPass pass = pass(QloraTuning.defaults(), "V100-32", 1, Sharing.SINGLE);

        assertThat(pass.unpacking()).isCloseTo(18 * INSIDE / 900e9, within(1e-9));
        assertThat(pass.computing()).isCloseTo(32 * 20 * 1e-5 + 4 * (INSIDE + OUTSIDE) / 900e9, within(1e-9));
    }

    /** 16 bytes of 2^24 weights take an H200 56 microseconds, and the 11 operations that unpack them 110 to launch. */
    @Test
    void unpacksNoFasterThanTheHostLaunchesIt() {
        assertThat(pass(QloraTuning.defaults(), "H200", 2, Sharing.FSDP).unpacking())
                .isCloseTo(INSIDE / (1 << 24) * 11 * 1e-5, within(1e-9));
    }

    /** Between cards without a link 20 GB a second go each way, over that of an A100 70 % of 300. */
    @Test
    void putsSharedLayersTogetherForEachToken() {
        WritingPass half = pass(LoraTuning.defaults(), "A10G", 4, Sharing.FSDP);
        WritingPass packed = pass(QloraTuning.defaults(), "A100-80", 4, Sharing.FSDP);

        assertThat(half.gathering()).isCloseTo(2 * INSIDE * (0.75 / 20e9 + 3 / 600e9), within(1e-9));
        assertThat(half.computing())
                .as("each GPU goes through all of the model")
                .isCloseTo(32 * 20 * 1e-5 + 2 * (INSIDE + OUTSIDE) / 600e9, within(1e-9));
        assertThat(half.unpacking()).isZero();
        assertThat(packed.gathering()).isCloseTo(PACKED * INSIDE * (0.75 / 210e9 + 3 / 2039e9), within(1e-9));
        assertThat(packed.unpacking())
                .as("though half of the free memory would keep them")
                .isCloseTo(16 * INSIDE / 2039e9, within(1e-9));
    }

    /** 16 billion bytes are more than 60 % of an A10G's memory, and less of an A100's. */
    @Test
    void gpusThatHoldTheModelEachPutNothingTogether() {
        assertThat(pass(LoraTuning.defaults(), "A100-80", 4, Sharing.DDP).gathering())
                .isZero();
        assertThat(pass(LoraTuning.defaults(), "A10G", 4, Sharing.DDP).gathering())
                .as("the engine shares out what takes more, planned or not")
                .isPositive();
        assertThat(pass(FullTuning.defaults(), "A100-80", 4, Sharing.FSDP).gathering())
                .as("what was trained in shares is read again to answer")
                .isZero();
    }

    /** Keys and values of a token are 2 numbers of 2 bytes for each of 32 layers and 8 heads of 128; a layer holds 6 and 3 vectors of it. */
    @Test
    void answersAsManyRowsAtOnceAsHalfOfTheFreeMemoryKeeps() {
        PlannedJob job = eightBillion(LoraTuning.defaults());
        double each = 2 * (2 * 32 * 8 * 128 + 6 * 4096 + 3 * 14336);
        double taken = 1 + (2 * (INSIDE + OUTSIDE) + 4 * job.trainable()) / GIB;
        WritingPass tight = passWith(job, taken + (2 * 5000.5 * each) / GIB);

        assertThat(tight.tokensKept()).isEqualTo(5000);
        assertThat(tight.rows(1000)).isEqualTo(5);
        assertThat(tight.rows(1001)).isEqualTo(4);
        assertThat(tight.rows(9000)).as("one at least").isEqualTo(1);
        assertThat(passWith(job, taken - 1).tokensKept()).isZero();

        WritingPass wide = pass(LoraTuning.defaults(), "A100-80", 1, Sharing.SINGLE);
        assertThat(wide.tokensKept()).isEqualTo(65_536);
        assertThat(wide.rows(2000)).isEqualTo(32);
        assertThat(wide.rows(10)).isEqualTo(64);
        assertThat(pass(FullTuning.defaults(), "A100-80", 1, Sharing.SINGLE).tokensKept())
                .as("a model that was trained as a whole is read again, in half precision")
                .isEqualTo(65_536);
    }

    /** Three models write 60 to 500 tokens each for some of 100 rows at a time, one of them behind examples. */
    @Test
    void countsUnpackingForEachTokenThatIsWritten() {
        WritingPass pass = pass(QloraTuning.defaults(), "A10G", 1, Sharing.SINGLE);
        int examples = eightBillion(QloraTuning.defaults()).job().evaluation().fewShot();
        double plain = Math.ceil(100 / pass.rows(400 + 500));
        double shown = Math.ceil(100 / pass.rows(400 + 500 + examples * 400));
        double eachTime = pass.computing() + pass.unpacking();

        assertThat(shown).isGreaterThan(plain);
        assertThat(evaluationOf(QloraTuning.defaults(), "A10G"))
                .isBetween((2 * plain + shown) * 60 * eachTime, (2 * plain + shown) * 500 * 1.5 * eachTime);
        assertThat(evaluationOf(QloraTuning.defaults(), "A100-80"))
                .isCloseTo(evaluationOf(LoraTuning.defaults(), "A100-80"), within(1e-6));
    }

    @Test
    void gpusThatShareTheModelOutShareTheQuestionsToo() {
        PlannedJob job = SampleJob.of(TaskKind.PREFERENCE, true, 10);

        assertThat(likely(times(job, run(job, "A100-80", 4, Sharing.FSDP))))
                .isEqualTo(likely(times(job, run(job, "A100-80", 4, Sharing.DDP))));
    }

    /** Three models read 300 tokens of labels where they read 6, each of them behind 400 tokens of which one of a row sees 200. */
    @Test
    void readsTheTokensOfEveryLabel() {
        PlannedJob few = SampleJob.labelled(400, 6);
        PlannedJob many = SampleJob.labelled(400, 300);
        double seen = 400 * 4.0 * 2048 * 28; // 16 heads of 128, 28 layers
        double weights = few.readingFlops() - seen / 2;
        double ofLabel = (weights + seen) / (weights + seen / 2);
        double read =
                50 * few.validations() * 400 + 100 * (3 + few.job().evaluation().fewShot()) * 400;

        GpuRun run = run(few, "A10G", 1, Sharing.SINGLE);
        assertThat(likely(times(many, run)) / likely(times(few, run)))
                .isCloseTo((read + 100 * 3 * 300 * ofLabel) / (read + 100 * 3 * 6 * ofLabel), within(1e-9));
    }

    /**
     * Its prompt alone, and then its answers, however few tokens they have: 100 rows by three models, through all weights each time. How long
     * unpacking takes is open further upwards than downwards, and so is the median of the sum.
     */
    @Test
    void aRowIsReadInTwoPassesThatNoShortnessSaves() {
        PlannedJob job = SampleJob.labelled("llama-3.1-8b-instruct", 10, 0);
        PlannedJob packed =
                job.with(job.job().toBuilder().method(QloraTuning.defaults()).build());
        GpuRun run = run(packed, "A10G", 1, Sharing.SINGLE);
        WritingPass pass = new WritingPass(packed, run);
        double losses = 0.4 * 50 * packed.validations() * 10 / 4000;

        assertThat(pass.unpacking()).isPositive();
        assertThat(likely(times(packed, run)))
                .isCloseTo(losses + 2 * 100 * 3 * (pass.computing() + 1.5 * pass.unpacking()), withinPercentage(15));
    }

    /**
     * 6,000 labels behind 10 tokens are 66,000 tokens to keep, of which 65,536 have room at once, and behind examples of as many tokens
     * each 60,000 more for every one.
     */
    @Test
    void labelsThatHaveNoRoomSideBySideTakeMorePasses() {
        PlannedJob few = SampleJob.labelled("llama-3.1-8b-instruct", 10, new LabelTokens(3, 3, 3));
        PlannedJob many = SampleJob.labelled("llama-3.1-8b-instruct", 10, new LabelTokens(6000, 6000, 6000));
        GpuRun run = run(few, "A100-80", 1, Sharing.SINGLE);
        Range fast = new Range(3e8, 4e8, 5e8);
        double shown = Math.ceil((6000 * 10 * (1 + few.job().evaluation().fewShot()) + 6000) / 65_536.0);

        assertThat(likely(times(many, run, fast)) / likely(times(few, run, fast)))
                .isCloseTo((2 * (1 + 2) + (1 + shown)) / (3 * 2), within(0.01));
    }

    @Test
    void textsBehindVirtualTokensAreWrittenByThemselves() {
        PlannedJob adapter = eightBillion(LoraTuning.defaults());
        GpuRun run = run(adapter, "A100-80", 1, Sharing.SINGLE);
        PlannedJob prompt = eightBillion(new PromptTuning(20, null));

        assertThat(likely(times(prompt, run)) - likely(times(adapter, run)))
                .as("60 passes for each of 100 rows, for twice as many for each half of them")
                .isCloseTo((100 * 60 - 2 * 120) * new WritingPass(adapter, run).computing(), withinPercentage(10));
    }

    /** The tuned model comes home, and answers there. */
    @Test
    void aPlaceThatTrainsByAScriptOfItsOwnTakesLossesOnly() {
        PlannedJob job = eightBillion(LoraTuning.defaults());
        GpuRun engine = run(job, "A10G", 1, Sharing.SINGLE);
        GpuRun script = new GpuRun(
                engine.gpu(),
                engine.settings(),
                new GpuSetup(job, engine.gpu(), true).of(engine.settings()),
                engine.fit(),
                engine.neededGib(),
                engine.usableGib());

        assertThat(likely(times(job, script)))
                .isCloseTo(0.4 * 50 * job.validations() * 400 / 4000, withinPercentage(10));
        assertThat(times(job, script).evaluationBasis())
                .contains("models are not compared there")
                .doesNotContain("held-out rows");
    }

    /** A row takes 0.4 of what it takes to train, at 4,000 tokens a second. */
    @ParameterizedTest
    @EnumSource(TaskKind.class)
    void onlyLossesAreTakenWhereNoRowIsHeldOut(TaskKind kind) {
        PlannedJob job = SampleJob.withoutHeldOutRows(kind);
        double seconds = 0.4 * 50 * job.validations() * 400 / 4000;

        assertThat(likely(times(job, run(job, "A100-80", 1, Sharing.SINGLE)))).isCloseTo(seconds, withinPercentage(10));
        assertThat(likely(times(job, run(job, "A10G", 4, Sharing.FSDP)))).isCloseTo(seconds, withinPercentage(10));
    }

    @Test
    void aHeadTellsLabelsApartAllAtOnce() {
        PlannedJob few = SampleJob.labelled("bert-base-uncased", 400, 6);
        PlannedJob many = SampleJob.labelled("bert-base-uncased", 400, 300);

        assertThat(evaluation(many)).isEqualTo(evaluation(few));
    }

    /** Training goes forward only there, too; elsewhere an answer takes 0.4 of a token that is trained. */
    @Test
    void anAnswerTakesAsLongAsTrainingWhereAHeadAloneIsTrained() {
        double head = evaluation(SampleJob.ofEncoder(HeadTuning.defaults()));

        assertThat(head / evaluation(SampleJob.ofEncoder(LoraTuning.defaults())))
                .isCloseTo(2.5, within(1e-6));
    }

    @Test
    void saysWhatSlowsAnswersDown() {
        assertThat(words(QloraTuning.defaults(), "A100-80", 1, Sharing.SINGLE))
                .contains("3 models on 100 held-out rows")
                .doesNotContain("unpack", "put its layers together");
        assertThat(words(QloraTuning.defaults(), "A10G", 1, Sharing.SINGLE))
                .contains("unpack all 4-bit weights")
                .doesNotContain("put its layers together");
        assertThat(words(QloraTuning.defaults(), "A10G", 4, Sharing.FSDP))
                .contains("unpack all 4-bit weights", "put its layers together");
    }

    private static String words(TuningMethod method, String gpu, int gpus, Sharing sharing) {
        PlannedJob job = eightBillion(method);
        return times(job, run(job, gpu, gpus, sharing)).evaluationBasis();
    }

    private static double evaluationOf(TuningMethod method, String gpu) {
        PlannedJob job = eightBillion(method);
        return likely(times(job, run(job, gpu, 1, Sharing.SINGLE)));
    }

    private static PlannedJob eightBillion(TuningMethod method) {
        PlannedJob job = SampleJob.of("llama-3.1-8b-instruct");
        return job.with(job.job().toBuilder().method(method).build());
    }

    private static WritingPass pass(TuningMethod method, String gpu, int gpus, Sharing sharing) {
        PlannedJob job = eightBillion(method);
        return new WritingPass(job, run(job, gpu, gpus, sharing));
    }

    private static WritingPass passWith(PlannedJob job, double usableGib) {
        GpuRun run = run(job, "A10G", 1, Sharing.SINGLE);
        return new WritingPass(
                job, new GpuRun(run.gpu(), run.settings(), run.setup(), run.fit(), run.neededGib(), usableGib));
    }

    /** A run that is so whatever it needs. */
    private static GpuRun run(PlannedJob job, String name, int gpus, Sharing sharing) {
        Gpu gpu = GpuTable.shipped().find(name).orElseThrow();
        GpuSetup setups = new GpuSetup(job, gpu);
        TrainerSettings settings = new TrainerSettings(gpus, sharing, 1, 8 / gpus, true, setups.precision());
        return new GpuRun(gpu, settings, setups.of(settings), Fit.FITS, new Range(1, 1, 1), gpu.usableMemoryGib());
    }

    private static double computed(TuningMethod method) {
        return computed(SampleJob.of(method, 10, 0));
    }

    private static double computed(PlannedJob job) {
        return new GpuSetup(job, GpuTable.shipped().find("A10").orElseThrow()).computedTokens(1);
    }

    /** Likely seconds on one A10. */
    private static double evaluation(PlannedJob job) {
        GpuRun run = new GpuSetupSearch(job, MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE, false)
                .best(GpuTable.shipped().find("A10").orElseThrow(), 1);
        return likely(times(job, run));
    }

    private static GpuTimes times(PlannedJob job, GpuRun run) {
        return times(job, run, new Range(3000, 4000, 5000));
    }

    private static GpuTimes times(PlannedJob job, GpuRun run, Range tokensPerSecond) {
        return new GpuTimes(job, run, tokensPerSecond, new Worlds(), Assumptions.shipped(List.of()));
    }

    private static double likely(GpuTimes times) {
        return times.evaluation().percentiles().likely();
    }
}
