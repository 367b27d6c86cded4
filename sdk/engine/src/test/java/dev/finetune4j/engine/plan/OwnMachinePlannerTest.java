package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.LabelTokens;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.launch.PastRun;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.engine.launch.RunSpeed;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said of this machine where a model's files are not on it. */
class OwnMachinePlannerTest {
    private static final OwnMachine UNASKED = new OwnMachine(ProviderId.LOCAL, null, List.of());
    private static final long PLENTY = 1L << 40;

    private final List<Rejection> rejections = new ArrayList<>();

    @Test
    void refusesRowsThatTheCoreWouldRefuse() {
        OwnMachinePlanner longest = planner("phi-4-mini-instruct", 4096, PLENTY);
        assertThat(longest.plan(UNASKED, rejections)).isPresent();
        assertThat(longest.fits(UNASKED)).isTrue();
        assertThat(rejections).isEmpty();

        OwnMachinePlanner tooLong = planner("phi-4-mini-instruct", 8192, PLENTY);
        assertThat(tooLong.plan(UNASKED, rejections)).isEmpty();
        assertThat(tooLong.fits(UNASKED)).isFalse();
        assertThat(rejections).singleElement().satisfies(rejection -> {
            assertThat(rejection.reason())
                    .isEqualTo(
                            "trains phi-4-mini-instruct on rows of at most 4,096 tokens, the longest has about 8,192");
            assertThat(rejection.shortage()).isEqualTo(2);
        });
    }

    @Test
    void refusesAnArchitectureThatTheCoreDoesNotTrain() {
        OwnMachinePlanner planner = planner("mixtral-8x7b-instruct-v0.1", 512, PLENTY);

        assertThat(planner.plan(UNASKED, rejections)).isEmpty();
        assertThat(planner.fits(UNASKED)).isFalse();
        assertThat(rejections).extracting(Rejection::reason).containsExactly("trains no MixtralForCausalLM");
    }

    /** Of a folder with its config.json alone, say. */
    @Test
    void refusesAnArchitectureThatAConfigurationDeclares() {
        assertThat(planner(declaring("MixtralForCausalLM"), PLENTY).plan(UNASKED, rejections))
                .isEmpty();
        assertThat(planner(declaring("MixtralForCausalLM"), PLENTY).fits(UNASKED))
                .isFalse();
        assertThat(rejections).extracting(Rejection::reason).containsExactly("trains no MixtralForCausalLM");

        assertThat(planner(declaring("Qwen3ForCausalLM"), PLENTY).plan(UNASKED, rejections))
                .isPresent();
        assertThat(planner(declaring(null), PLENTY).plan(UNASKED, rejections)).isPresent();
    }

    private static PlannedJob declaring(@Nullable String architecture) {
        JobFigures known = figures("qwen3-1.7b", 512);
        return new PlannedJob(new JobFigures(
                known.file(),
                known.rows(),
                new ModelFacts(known.model().architecture(), null, null, architecture, false, null)));
    }

    @Test
    void leavesItToThePlaceWhereTheModelIsHere() {
        OwnMachine asked = new OwnMachine(
                ProviderId.LOCAL, new Footprint(1L << 30, 2L << 30, 14L << 30, Precision.FP32, 4, 1), List.of());

        assertThat(planner("phi-4-mini-instruct", 8192, PLENTY).plan(asked, rejections))
                .isPresent();
    }

    @Test
    void judgesByTheMemoryThatItIsTold() {
        assertThat(planner("qwen3-1.7b", 512, PLENTY).plan(UNASKED, rejections)).isPresent();
        assertThat(planner("qwen3-1.7b", 512, 1L << 30).plan(UNASKED, rejections))
                .isEmpty();
        assertThat(rejections)
                .singleElement()
                .satisfies(rejection ->
                        assertThat(rejection.reason()).startsWith("needs ").contains(" GiB, has 0."));
    }

    /** Of a tiny model, whose steps are mostly other things than large products. */
    @Test
    void aRunOfAModelOfAnotherSizeTellsNothingOfTheRate() {
        PlannedJob job = SampleJob.of(LoraTuning.defaults(), 10, 0);
        double weights = job.architecture().parameters();
        PlanPhase fresh = phase(PlanPhase.Name.TRAINING, job, List.of());

        assertThat(phase(PlanPhase.Name.TRAINING, job, List.of(other(weights / 500))))
                .isEqualTo(fresh);
        assertThat(phase(PlanPhase.Name.TRAINING, job, List.of(other(weights * 5))))
                .isEqualTo(fresh);
        PlanPhase near = phase(PlanPhase.Name.TRAINING, job, List.of(other(weights / 3), other(weights / 500)));
        assertThat(near.basis()).contains(" GFLOP/s, by the last runs of other models here");
        assertThat(near).isNotEqualTo(fresh);
    }

    private static PastRun other(double weights) {
        return new PastRun(false, "fp32", new RunSpeed(1, 1, 1), Math.round(weights), 46e9, 1, 1L << 30, null, null);
    }

    /**
     * A run that chose one of some labels in 0.05 s tells nothing of texts of up to 1,000 tokens: for each of some 400 passes a row the 3.4 GB of
     * weights come from memory.
     */
    @Test
    void aRunThatChoseLabelsTellsNothingOfTextsThatAreWritten() {
        PlannedJob chosen = SampleJob.labelled(400, 6);
        PastRun past = new PastRun(
                true,
                "fp32",
                new RunSpeed(0.01, 0.05, 10),
                1_700_000_000,
                46e9,
                1,
                1L << 30,
                null,
                new PastRun.Work(chosen.job(), chosen.rows()));

        PlanPhase alike = phase(PlanPhase.Name.EVALUATION, chosen, List.of(past));
        assertThat(alike.basis()).isEqualTo("by the speed of the last run of this model here");
        assertThat(alike.time().likely().toSeconds())
                .as("100 rows and 3 models")
                .isEqualTo(15);

        PlanPhase other = phase(PlanPhase.Name.EVALUATION, SampleJob.of(TaskKind.CHAT, true, 1000), List.of(past));
        assertThat(other.basis())
                .startsWith("no run of this model here is known to have answered so: reading at the rate of their steps"
                        + "; writing: how fast weights are gone through");
        assertThat(other.time().likely().toHours()).isGreaterThanOrEqualTo(3);
        assertThat(phase(PlanPhase.Name.EVALUATION, SampleJob.of(TaskKind.PREFERENCE, true, 10), List.of(past))
                        .basis())
                .endsWith("reading at the rate of their steps");
    }

    /** The rate of a run of another model counts what its attention took, as the job's own operations do. */
    @Test
    void attentionIsPartOfTheRateOfOtherModels() {
        PlannedJob job = SampleJob.of(LoraTuning.defaults(), 10, 0);
        PastRun bare = other(job.architecture().parameters());
        PastRun known = new PastRun(
                false,
                bare.precision(),
                bare.speed(),
                bare.parameters(),
                bare.flopsPerSecond(),
                1,
                bare.peakBytes(),
                null,
                new PastRun.Work(job.job(), job.rows()));

        // One token a second: the attention of a token beside 46 GFLOP.
        double attention = new PlannedJob(
                        job.job(),
                        job.rows(),
                        new ModelFacts(Architecture.ofParameters((double) bare.parameters()), null, null))
                .attentionFlops();
        assertThat(seconds(PlanPhase.Name.TRAINING, job, bare) / seconds(PlanPhase.Name.TRAINING, job, known))
                .isCloseTo(1 + attention / 46e9, within(1e-4));
    }

    private double seconds(PlanPhase.Name name, PlannedJob job, PastRun past) {
        return phase(name, job, List.of(past)).time().likely().toMillis() / 1000.0;
    }

    @Test
    void offersNothingThatIsLikelyToRunOutOfMemory() {
        ByteRange needed = Objects.requireNonNull(planner("qwen3-1.7b", 512, PLENTY)
                .plan(UNASKED, rejections)
                .orElseThrow()
                .option()
                .neededMemory());

        assertThat(planner("qwen3-1.7b", 512, memoryOf(1.01 * needed.likely())).plan(UNASKED, rejections))
                .hasValueSatisfying(one -> assertThat(one.option().fit()).isEqualTo(Fit.TIGHT));
        assertThat(rejections).isEmpty();
        assertThat(planner("qwen3-1.7b", 512, memoryOf(0.99 * needed.likely())).plan(UNASKED, rejections))
                .isEmpty();
        assertThat(rejections)
                .singleElement()
                .satisfies(rejection -> assertThat(rejection.shortage()).isCloseTo(1 / 0.99, within(1e-3)));
    }

    /** Memory of a machine that leaves so many bytes to a run. */
    private static long memoryOf(double usable) {
        return Math.round(usable / LocalCore.usableBytes(PLENTY) * PLENTY);
    }

    @Test
    void noTimeIsCountedForTextsThatNobodyWrites() {
        SampleJob.assertUnwrittenTextsTakeNoTime(job ->
                phase(PlanPhase.Name.EVALUATION, job, List.of()).time().likely().toMillis());
    }

    /**
     * Three models read 300 tokens of labels where they read 6. The scores of each are taken of its prompt's 400 tokens, of which one of a row
     * sees 200, and of all labels.
     */
    @Test
    void readsTheTokensOfEveryLabel() {
        PlannedJob few = SampleJob.labelled(400, 6);
        double position = 4.0 * 2048 * 28; // 16 heads of 128, 28 layers
        double ofFew = few.readingFlops() + (200 + 6) * position;
        double ofMany = few.readingFlops() + (200 + 300) * position;
        double read = (50 * few.validations() * 400
                        + (100 * 3 + few.job().evaluation().fewShot()) * 400)
                * few.readingFlops();

        double times = seconds(PlanPhase.Name.EVALUATION, SampleJob.labelled(400, 300))
                / seconds(PlanPhase.Name.EVALUATION, few);
        assertThat(times).isCloseTo((read + 100 * 3 * 300 * ofMany) / (read + 100 * 3 * 6 * ofFew), within(0.02));
        assertThat(phase(PlanPhase.Name.EVALUATION, SampleJob.labelled("bert-base-uncased", 400, 300), List.of()))
                .isEqualTo(
                        phase(PlanPhase.Name.EVALUATION, SampleJob.labelled("bert-base-uncased", 400, 6), List.of()));
    }

    /** 4,000 tokens of labels are scored against 512 of them at a time. */
    @Test
    void readsLabelsThatAreManyInSeveralPasses() {
        PlannedJob few = SampleJob.labelled(400, 300);
        PlannedJob many = SampleJob.labelled(400, 4000);
        double position = 4.0 * 2048 * 28;
        double ofFew = few.readingFlops() + (200 + 300) * position;
        double ofMany = few.readingFlops() + (200 + 512) * position;
        double read = (50 * few.validations() * 400
                        + (100 * 3 + few.job().evaluation().fewShot()) * 400)
                * few.readingFlops();

        assertThat(seconds(PlanPhase.Name.EVALUATION, many) / seconds(PlanPhase.Name.EVALUATION, few))
                .isCloseTo((read + 100 * 3 * 4000 * ofMany) / (read + 100 * 3 * 300 * ofFew), within(0.05));
    }

    /** 300 of 400 tokens, which each of three models computes once for 100 rows. */
    @Test
    void readsWhatAllRowsBeginWithOnce() {
        PlannedJob apart = SampleJob.labelled(400, 0);
        PlannedJob alike = SampleJob.labelledBehind(300, 400);
        double losses = 50 * apart.validations() * 400;
        double shown = apart.job().evaluation().fewShot() * 400;

        double times = seconds(PlanPhase.Name.EVALUATION, alike) / seconds(PlanPhase.Name.EVALUATION, apart);
        assertThat(times)
                .isCloseTo((losses + 3 * (100 * 100 + 300) + shown) / (losses + 3 * 100 * 400 + shown), within(0.02));
    }

    @ParameterizedTest
    @EnumSource(TaskKind.class)
    void onlyLossesAreTakenWhereNoRowIsHeldOut(TaskKind kind) {
        PlannedJob job = SampleJob.withoutHeldOutRows(kind);

        assertThat(seconds(PlanPhase.Name.EVALUATION, job) / seconds(PlanPhase.Name.TRAINING, job))
                .isCloseTo(
                        50
                                * job.validations()
                                * 400
                                * job.readingFlops()
                                / job.workload().flops(),
                        within(1e-3));
        PastRun past = new PastRun(
                true,
                "fp32",
                new RunSpeed(0.01, 0, 10),
                1_700_000_000,
                46e9,
                1,
                1L << 30,
                null,
                new PastRun.Work(job.job(), job.rows()));
        assertThat(seconds(PlanPhase.Name.EVALUATION, job, past)).isZero();
    }

    private double seconds(PlanPhase.Name name, PlannedJob job) {
        return phase(name, job, List.of()).time().likely().toMillis() / 1000.0;
    }

    @Test
    void namesTheRangesThatItReckonsWith() {
        OwnMachine asked = new OwnMachine(
                ProviderId.LOCAL, new Footprint(1L << 30, 2L << 30, 14L << 30, Precision.FP32, 4, 1), List.of());
        OwnMachinePlanner told = planner("qwen3-1.7b", 512, PLENTY);

        assertThat(phase(PlanPhase.Name.TRAINING, told, UNASKED).basis())
                .contains("threads; in fp32 or bf16, ", "(P10 35, P50 100, P90 225 GFLOP/s a thread)")
                .endsWith("; judgement: tokens against one in four characters, by language and vocabulary"
                        + " (P10 0.8, P50 1, P90 1.45)");
        assertThat(phase(PlanPhase.Name.TRAINING, told, asked).basis())
                .contains("4 threads; docs/performance.md", "(P10 35, P50 75, P90 110 GFLOP/s a thread)");
        assertThat(phase(PlanPhase.Name.TRAINING, SampleJob.of(LoraTuning.defaults(), 10, 0), List.of())
                        .basis())
                .as("of tokens that were counted")
                .endsWith("(P10 35, P50 100, P90 225 GFLOP/s a thread)");
    }

    @Test
    void readsAnswersAtTheRateOfSteps() {
        PlannedJob job = SampleJob.labelled(400, 6);
        OwnMachine machine = new OwnMachine(
                ProviderId.LOCAL, new Footprint(1L << 29, 1L << 29, 14L << 30, Precision.BF16, 4, 1), List.of());
        OwnMachinePlanner planner = planner(job, PLENTY);
        PlanPhase training = phase(PlanPhase.Name.TRAINING, planner, machine);
        PlanPhase evaluation = phase(PlanPhase.Name.EVALUATION, planner, machine);

        double losses = 50.0 * job.validations() * 400;
        double answers = (100 * 3 + job.job().evaluation().fewShot()) * 400.0 + 100 * 3 * 6;
        assertThat((double) evaluation.time().likely().toMillis()
                        / training.time().likely().toMillis())
                .isCloseTo(
                        (losses + answers) * job.readingFlops() / (job.trainingTokens() * job.flopsPerToken()),
                        within(0.05));
        assertThat(evaluation.basis()).startsWith("reading at the same rate; ");
    }

    /** Threads that wait a third of the time take two thirds of it where nobody else computes. */
    @Test
    void aRehearsalBesideOthersMayTakeLongerThanTheRun() {
        OwnMachine machine = new OwnMachine(
                ProviderId.LOCAL, new Footprint(1L << 29, 1L << 29, 14L << 30, Precision.BF16, 4, 1), List.of());
        PlanPhase alone = phase(PlanPhase.Name.TRAINING, rehearsedBeside(0.04), machine);
        PlanPhase untold = phase(PlanPhase.Name.TRAINING, rehearsedBeside(null), machine);
        PlanPhase beside = phase(PlanPhase.Name.TRAINING, rehearsedBeside(1 / 3.0), machine);

        assertThat(untold.time()).isEqualTo(alone.time());
        assertThat(beside.time().likely()).isLessThanOrEqualTo(alone.time().likely());
        assertThat((double) beside.time().low().toMillis() / alone.time().low().toMillis())
                .isCloseTo(2 / 3.0, within(0.02));
        assertThat(notes(rehearsedBeside(1 / 3.0), machine))
                .contains(
                        "while it was rehearsed, threads waited 33 % of their time for processors that other programs had; alone it may take that much less");
        assertThat(notes(rehearsedBeside(0.04), machine)).noneMatch(note -> note.contains("rehearsed"));
    }

    /** Three seconds, two of which went by waiting for a disk: the next run needs one, and three if others have taken the memory since. */
    @Test
    void aRunBeginsWithoutWaitingForWhatARehearsalRead() {
        PlanPhase warm = phase(PlanPhase.Name.START_UP, rehearsed(SampleRehearsal.begun(0.2)), UNASKED);
        PlanPhase untold = phase(PlanPhase.Name.START_UP, rehearsed(SampleRehearsal.begun(null)), UNASKED);
        PlanPhase cold = phase(PlanPhase.Name.START_UP, rehearsed(SampleRehearsal.begun(2.0)), UNASKED);
        PlanPhase all = phase(PlanPhase.Name.START_UP, rehearsed(SampleRehearsal.begun(9.0)), UNASKED);

        assertThat(untold.basis()).endsWith("from the submission to the first step");
        assertThat(warm.basis()).isEqualTo(untold.basis());
        assertThat(cold.basis())
                .endsWith(
                        "from the submission to the first step in 3.0 s, less 2.0 s of waiting for the disk, whose files"
                                + " are in memory now");
        assertThat((double) cold.time().likely().toMillis()
                        / untold.time().likely().toMillis())
                .isCloseTo(1 / 3.0, within(0.1));
        assertThat(cold.time().high().toMillis()).isGreaterThan(2000);
        assertThat(all.time().low())
                .as("the whole machine waits before a start-up begins, too")
                .isGreaterThanOrEqualTo(Duration.ZERO);
    }

    /** Beside others a run took longer than it takes alone, and one that nobody disturbed tells more than three that somebody did. */
    @Test
    void aRunBesideOthersTellsHowFastALaterOneMayBe() {
        PlannedJob job = SampleJob.labelled(400, 6);
        PlanPhase quiet = phase(PlanPhase.Name.TRAINING, job, List.of(disturbed(job, 0.01, 0.02)));
        PlanPhase beside = phase(PlanPhase.Name.TRAINING, job, List.of(disturbed(job, 0.01, 0.5)));
        PlanPhase both =
                phase(PlanPhase.Name.TRAINING, job, List.of(disturbed(job, 0.08, 0.5), disturbed(job, 0.01, 0.02)));

        assertThat(beside.basis()).startsWith("by the speed of the last run of this model here, beside other programs");
        assertThat(quiet.basis()).doesNotContain("beside");
        assertThat((double) beside.time().low().toMillis() / quiet.time().low().toMillis())
                .isCloseTo(0.5, within(0.02));
        assertThat(beside.time().high()).isEqualTo(quiet.time().high());
        assertThat(both).isEqualTo(quiet);
    }

    /** Of another model, too. */
    @Test
    void aRunOfAnotherModelBesideOthersTellsHowFastALaterOneMayBe() {
        PlannedJob job = SampleJob.of(LoraTuning.defaults(), 10, 0);
        PastRun quiet = other(job.architecture().parameters());
        PastRun beside = new PastRun(
                false, quiet.precision(), quiet.speed(), quiet.parameters(), 46e9, 1, quiet.peakBytes(), 0.5, null);
        PastRun slow = new PastRun(
                false, quiet.precision(), quiet.speed(), quiet.parameters(), 1e9, 1, quiet.peakBytes(), 0.9, null);

        PlanPhase alone = phase(PlanPhase.Name.TRAINING, job, List.of(quiet));
        assertThat(phase(PlanPhase.Name.TRAINING, job, List.of(slow, quiet))).isEqualTo(alone);
        PlanPhase shared = phase(PlanPhase.Name.TRAINING, job, List.of(beside));
        assertThat(shared.basis()).contains("by the last runs of other models here, beside other programs");
        assertThat((double) shared.time().low().toMillis() / alone.time().low().toMillis())
                .isLessThan(0.7);
    }

    private static PastRun disturbed(PlannedJob job, double secondsPerToken, double waitingShare) {
        return new PastRun(
                true,
                "fp32",
                new RunSpeed(secondsPerToken, 0.05, 10),
                1_700_000_000,
                46e9,
                1,
                1L << 30,
                waitingShare,
                new PastRun.Work(job.job(), job.rows()));
    }

    private List<String> notes(OwnMachinePlanner planner, OwnMachine machine) {
        return planner.plan(machine, rejections).orElseThrow().option().notes();
    }

    private static OwnMachinePlanner rehearsedBeside(@Nullable Double waitingShare) {
        return rehearsed(SampleRehearsal.of(0, List.of(), waitingShare));
    }

    private static OwnMachinePlanner rehearsed(Rehearsal rehearsal) {
        return new OwnMachinePlanner(
                SampleJob.labelled(400, 6),
                new Worlds(),
                Assumptions.shipped(List.of()),
                List.of(),
                rehearsal,
                PastErrors.NONE,
                PLENTY);
    }

    private PlanPhase phase(PlanPhase.Name name, PlannedJob job, List<PastRun> past) {
        return phase(name, planner(job, PLENTY, past), UNASKED);
    }

    private PlanPhase phase(PlanPhase.Name name, OwnMachinePlanner planner, OwnMachine machine) {
        return planner.plan(machine, rejections).orElseThrow().option().phases().stream()
                .filter(phase -> phase.name() == name)
                .findFirst()
                .orElseThrow();
    }

    private static OwnMachinePlanner planner(String id, int longest, long memory) {
        return planner(new PlannedJob(figures(id, longest)), memory);
    }

    private static JobFigures figures(String id, int longest) {
        CatalogueModel model = ModelCatalogue.shipped().get(id);
        FineTuneJob job = FineTuneJob.builder(
                        "a-test", new ModelRef(id), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .method(LoraTuning.defaults())
                .training(TrainingSpec.defaults().toBuilder().maxTokens(0).build())
                .build();
        RowFigures rows = new RowFigures(
                Map.of(Part.TRAIN, 1000L, Part.VALIDATION, 50L, Part.TEST, 100L),
                new Quantiles(20, 100, 200, 300, longest, 120),
                60,
                1_000_000,
                new Proposal.RowLengths(1000, 50, longest, 8L * longest, model.contextTokens(), 120, 0),
                Proposal.AnswerLengths.NONE,
                true,
                false,
                1_000_000,
                "a-test",
                LabelTokens.NONE);
        return new JobFigures(
                JobFile.of(job, Path.of("")), rows, new ModelFacts(model.shape().architecture(), model, null));
    }

    private static OwnMachinePlanner planner(PlannedJob job, long memory) {
        return planner(job, memory, List.of());
    }

    private static OwnMachinePlanner planner(PlannedJob job, long memory, List<PastRun> past) {
        return new OwnMachinePlanner(
                job, new Worlds(), Assumptions.shipped(List.of()), past, null, PastErrors.NONE, memory);
    }
}
