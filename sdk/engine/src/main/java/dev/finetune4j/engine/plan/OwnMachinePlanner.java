package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.launch.PastRun;
import dev.finetune4j.engine.launch.Undisturbed;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase.Name;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.spi.Footprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job on a machine that is there already, and asks for no money. Where the job was rehearsed, memory and time are what that
 * measured. Otherwise memory is what the place itself foresees; time is told from like runs that succeeded there, from the rate of runs of other
 * models of about its size, or from what a processor's threads usually reach.
 */
final class OwnMachinePlanner {
    /** Other models have other shapes of matrices. */
    private static final double OTHER_MODEL = 1.6;
    /** So many times as large or small a model tells nothing of the rate: a processor reaches it in large matrices alone. */
    private static final double OTHER_SIZE = 4;

    private static final double GIGA = 1e9;
    private static final double MEGA = 1e6;
    private final PlannedJob job;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final List<PastRun> past;
    private final @Nullable Rehearsal rehearsal;
    private final PastErrors errors;
    private final long memoryHere;
    private final OwnAnswers answers;
    private final AlikeRuns alike;
    private final LocalCore core = LocalCore.shipped();

    /**
     * A planner.
     *
     * @param past runs that succeeded there, those of the same model and method first
     * @param rehearsal what the first steps of this very job showed on this machine, or null
     * @param errors of past estimates
     * @param memoryHere memory of this machine in bytes
     */
    OwnMachinePlanner(
            PlannedJob job,
            Worlds worlds,
            Assumptions assumptions,
            List<PastRun> past,
            @Nullable Rehearsal rehearsal,
            PastErrors errors,
            long memoryHere) {
        this.job = job;
        this.worlds = worlds;
        this.assumptions = assumptions;
        this.past = past;
        this.rehearsal = rehearsal;
        this.errors = errors;
        this.memoryHere = memoryHere;
        this.answers = new OwnAnswers(worlds, assumptions);
        this.alike = new AlikeRuns(job, past, answers);
    }

    /** The option; empty where the place would refuse the job, which {@code rejections} then says. */
    Optional<Candidate> plan(OwnMachine machine, List<Rejection> rejections) {
        return plan(machine, rejections, corrections(machine));
    }

    private Optional<Candidate> plan(OwnMachine machine, List<Rejection> rejections, Corrections corrections) {
        if (!machine.refusals().isEmpty()) {
            Problem first = machine.refusals().get(0);
            rejections.add(new Rejection(machine.target(), null, first.summary(), null));
            return Optional.empty();
        }
        Optional<Rejection> untrained = untrained(machine);
        if (untrained.isPresent()) {
            rejections.add(untrained.get());
            return Optional.empty();
        }
        Memory memory = corrected(machine, corrections.ofMemory());
        if (memory.fit() == Fit.TOO_LARGE) {
            rejections.add(new Rejection(
                    machine.target(),
                    null,
                    "needs " + Words.gibBeside(memory.needed().likely(), memory.usable()) + " GiB, has "
                            + Words.gibBeside(memory.usable(), memory.needed().likely()),
                    (double) memory.needed().likely() / memory.usable()));
            return Optional.empty();
        }
        TimeLine line = timeLine(machine.footprint(), corrections.ofTime());
        PlanOption option = new PlanOption(
                machine.target().value(),
                machine.target(),
                "this machine",
                "-",
                null,
                null,
                null,
                memory.fit(),
                memory.needed(),
                memory.usable(),
                List.of(),
                line.phases(),
                line.time(),
                List.of(),
                Bill.free(),
                null,
                null,
                PlanOption.Standing.WITHIN,
                null,
                null,
                notes(machine.footprint()));
        return Optional.of(new Candidate(option, 0, 0));
    }

    /** What the core would refuse once the model is here, as far as the catalogue or its configuration tells of it. */
    private Optional<Rejection> untrained(OwnMachine machine) {
        if (machine.footprint() != null) {
            return Optional.empty();
        }
        Optional<String> untrained = job.model().untrainedBy(core);
        if (untrained.isPresent()) {
            return Optional.of(new Rejection(machine.target(), null, "trains no " + untrained.get(), null));
        }
        CatalogueModel known = job.model().known();
        if (known == null) {
            return Optional.empty();
        }
        int most = core.mostTokens(known);
        int longest = job.lengths().longest();
        return longest <= most
                ? Optional.empty()
                : Optional.of(new Rejection(
                        machine.target(),
                        null,
                        "trains " + known.id() + " on rows of at most " + Figures.count(most)
                                + " tokens, the longest has " + (job.rows().areCounted() ? "" : "about ")
                                + Figures.count(longest),
                        (double) longest / most));
    }

    /** Whether it trains the job and has the memory, even in nine of ten cases. */
    boolean fits(OwnMachine machine) {
        return untrained(machine).isEmpty()
                && corrected(machine, corrections(machine).ofMemory()).fit() == Fit.FITS;
    }

    /** The same as what a run here was foreseen to take, for what it takes to be held against it. */
    Optional<Foreseen> foreseen(OwnMachine machine) {
        Corrections corrections = corrections(machine);
        return plan(machine, new ArrayList<>(), corrections)
                .map(Candidate::option)
                .map(option -> foreseen(
                        machine,
                        option.time(),
                        corrections.ofTime().factor(),
                        option.neededMemory(),
                        corrections.ofMemory().factor()));
    }

    private Foreseen foreseen(
            OwnMachine machine,
            DurationRange time,
            double timeFactor,
            @Nullable ByteRange memory,
            double memoryFactor) {
        Footprint footprint = machine.footprint();
        return new Foreseen(
                machine.target(),
                rehearsal != null
                        ? Foreseen.Basis.REHEARSAL
                        : alike.count() == 0 ? Foreseen.Basis.SIZES : Foreseen.Basis.PAST_RUNS,
                job.model().family(),
                RunParameters.method(job.job()),
                footprint == null ? "" : footprint.precision().name().toLowerCase(Locale.ROOT),
                time,
                timeFactor,
                memory,
                memoryFactor,
                Bill.free(),
                null);
    }

    private record Corrections(Correction ofTime, Correction ofMemory) {}

    private Corrections corrections(OwnMachine machine) {
        Foreseen kind = foreseen(machine, new DurationRange(Duration.ZERO, Duration.ZERO, Duration.ZERO), 1, null, 1);
        return new Corrections(errors.ofTime(kind), errors.ofMemory(kind));
    }

    private record Memory(ByteRange needed, long usable, Fit fit) {}

    private Memory corrected(OwnMachine machine, Correction correction) {
        Memory memory = memory(machine.footprint());
        if (correction.runs() == 0) {
            return memory;
        }
        Uncertain needed = correction.apply(PastErrors.uncertain(memory.needed()));
        ByteRange range =
                new ByteRange(Math.round(needed.low()), Math.round(needed.likely()), Math.round(needed.high()));
        Fit fit = memory.fit() == Fit.FITS && range.high() > memory.usable() ? Fit.TIGHT : memory.fit();
        return new Memory(range, memory.usable(), fit);
    }

    private Memory memory(@Nullable Footprint footprint) {
        if (footprint != null && rehearsal != null && rehearsal.peakBytes() > 0) {
            ByteRange needed = rehearsed(rehearsal).memory();
            return new Memory(
                    needed,
                    footprint.availableBytes(),
                    needed.high() <= footprint.availableBytes() ? Fit.FITS : Fit.TIGHT);
        }
        if (footprint != null) {
            ByteRange needed = new ByteRange(
                    footprint.leastBytes(),
                    (footprint.leastBytes() + footprint.mostBytes()) / 2,
                    footprint.mostBytes());
            return new Memory(
                    needed,
                    footprint.availableBytes(),
                    footprint.mostBytes() <= footprint.availableBytes() ? Fit.FITS : Fit.TIGHT);
        }
        Range needed = MemoryModel.shipped().needed(job.architecture(), setup());
        long usable = LocalCore.usableBytes(memoryHere);
        return new Memory(
                new ByteRange(Words.bytes(needed.low()), Words.bytes(needed.likely()), Words.bytes(needed.high())),
                usable,
                GpuSetupSearch.fit(needed, usable / (double) (1L << 30)));
    }

    private TrainingSetup setup() {
        return LocalCore.setup(GpuSetup.method(job.job().method()))
                .targets(TrainedParameters.projections(job.job()))
                .trainableParameters(job.trainable())
                .microBatch(job.training().batchSize())
                .accumulation(job.training().gradientAccumulation())
                .longestTokens(job.lengths().longest())
                .meanTokens(job.lengths().mean())
                .isPacked(job.training().packing())
                .build();
    }

    private TimeLine timeLine(@Nullable Footprint footprint, Correction correction) {
        if (rehearsal != null) {
            return rehearsed(rehearsal).timeLine(correction);
        }
        return alike.count() == 0 ? byRate(footprint, correction) : byRuns(footprint, correction);
    }

    private RehearsedRun rehearsed(Rehearsal measured) {
        return new RehearsedRun(worlds, measured, job.answers().areWritten());
    }

    private TimeLine byRuns(@Nullable Footprint footprint, Correction correction) {
        String basis = "by the speed of the last " + (alike.count() == 1 ? "run" : alike.count() + " runs")
                + " of this model here" + (alike.areDisturbed() ? ", beside other programs" : "");
        TimeLine line = new TimeLine(worlds, correction)
                .phase(
                        Name.START_UP,
                        worlds.draw(Cause.DISK, alike.otherSeconds(computedShare(footprint))),
                        false,
                        basis + ", all but steps and answers: validation losses and checkpoints, too")
                .phase(
                        Name.TRAINING,
                        worlds.draw(Cause.OWN_SPEED, alike.secondsPerToken().times(computedTokens(footprint))),
                        false,
                        basis + sharing(footprint));
        double rows = job.rows().rowsOf(Part.TEST);
        Optional<Uncertain> answer = alike.secondsPerAnswer();
        if (answer.isPresent()) {
            Sample each = worlds.draw(Cause.ANSWERS, answer.get());
            return line.phase(Name.EVALUATION, each.times(rows * job.answers().models()), false, basis);
        }
        Sample perFlop = worlds.draw(Cause.OWN_SPEED, alike.secondsPerFlop());
        return line.phase(
                Name.EVALUATION,
                answers.ofRow(job, perFlop).times(rows),
                false,
                "no run of this model here is known to have answered so: reading at the rate of their steps"
                        + (job.answers().areWritten() ? "; " + writing() : ""));
    }

    private String writing() {
        return "writing: " + assumptions.get("local.memory").words();
    }

    private String sharing(@Nullable Footprint footprint) {
        double computed = computedTokens(footprint);
        return computed < job.trainingTokens()
                ? " (of " + Figures.large(job.trainingTokens()) + " tokens " + Figures.large(computed)
                        + " are computed: what all rows begin with is computed once)"
                : "";
    }

    private double computedTokens(@Nullable Footprint footprint) {
        return job.trainingTokens() * computedShare(footprint);
    }

    private static double computedShare(@Nullable Footprint footprint) {
        return footprint == null ? 1 : footprint.computedShare();
    }

    private TimeLine byRate(@Nullable Footprint footprint, Correction correction) {
        Rate rate = rate(footprint);
        Sample perFlop = worlds.draw(Cause.OWN_SPEED, rate.flops().under(1));
        Sample tokens = worlds.constant(1);
        if (!job.rows().areCounted()) {
            tokens = worlds.draw(
                    Cause.TOKENS, assumptions.get("tokens.characters").quantity());
        }
        TimeLine line = new TimeLine(worlds, correction);
        if (job.model().files() == null) {
            line.phase(
                    Name.DOWNLOAD,
                    worlds.draw(
                            Cause.NETWORK,
                            assumptions
                                    .get("network.own")
                                    .quantity()
                                    .times(MEGA)
                                    .under(job.modelBytes() + 1.0)),
                    false,
                    Words.gibOf(job.modelBytes()) + " GiB of weights; "
                            + assumptions.get("network.own").words());
        }
        return line.phase(
                        Name.START_UP,
                        worlds.draw(
                                        Cause.START_UP,
                                        assumptions.get("local.start-up").quantity())
                                .plus(worlds.draw(
                                        Cause.DISK,
                                        assumptions
                                                .get("loading")
                                                .quantity()
                                                .times(GIGA)
                                                .under(job.modelBytes() + 1.0))),
                        false,
                        assumptions.get("local.start-up").words())
                .phase(
                        Name.TRAINING,
                        perFlop.times(tokens).times(computedTokens(footprint) * job.flopsPerToken()),
                        false,
                        Words.large(computedTokens(footprint) * job.flopsPerToken() / GIGA) + " GFLOP at "
                                + rate.basis() + sharing(footprint) + assumptions.tokenWords(job))
                .phase(
                        Name.EVALUATION,
                        evaluation(perFlop, footprint),
                        false,
                        "reading at the same rate; " + writing());
    }

    private record Rate(Uncertain flops, String basis) {}

    private Rate rate(@Nullable Footprint footprint) {
        Precision precision = footprint == null ? null : footprint.precision();
        List<PastRun> others = Undisturbed.of(
                past.stream()
                        .filter(run -> precision == null || run.precision().equalsIgnoreCase(precision.name()))
                        .filter(this::isOfAboutTheSize)
                        .toList(),
                PastRun::waitingShare);
        if (!others.isEmpty()) {
            double[] rates = others.stream()
                    .mapToDouble(OwnMachinePlanner::flopsPerSecond)
                    .sorted()
                    .toArray();
            double middle = rates[rates.length / 2];
            double alone = AlikeRuns.leastAlone(others.stream());
            return new Rate(
                    new Uncertain(rates[0] / OTHER_MODEL, middle, rates[rates.length - 1] * OTHER_MODEL / alone),
                    Words.large(middle / GIGA) + " GFLOP/s, by the last runs of other models here"
                            + (alone < 1 ? ", beside other programs" : ""));
        }
        int threads = footprint == null ? Runtime.getRuntime().availableProcessors() : footprint.threads();
        Assumption each = ofThread(precision);
        return new Rate(each.quantity().times(GIGA * threads), threads + " threads; " + each.words());
    }

    /** With those of attention where its rows are known; of another model's shape nothing is but the number of its weights. */
    private static double flopsPerSecond(PastRun run) {
        PastRun.Work work = run.work();
        if (work == null) {
            return run.flopsPerSecond();
        }
        Architecture usual = Architecture.ofParameters(Math.max(MEGA, (double) run.parameters()));
        PlannedJob other = new PlannedJob(work.job(), work.rows(), new ModelFacts(usual, null, null));
        return run.flopsPerSecond()
                + other.attentionFlops() * run.computedShare() / run.speed().secondsPerToken();
    }

    /** What a thread usually reaches; of both number formats where the place has not chosen one yet. */
    private Assumption ofThread(@Nullable Precision precision) {
        Assumption single = assumptions.get("local.fp32");
        Assumption half = assumptions.get("local.bf16");
        if (precision != null) {
            return precision == Precision.BF16 ? half : single;
        }
        return new Assumption(
                "local",
                single.low(),
                half.low(),
                half.likely(),
                half.unit(),
                "in fp32 or bf16, which is not chosen before the model is here; " + single.basis() + "; "
                        + half.basis());
    }

    /** By weights, whatever is trained of them: matrices of one size are multiplied for any method. */
    private boolean isOfAboutTheSize(PastRun run) {
        double times = run.parameters() / job.architecture().parameters();
        return times >= 1 / OTHER_SIZE && times <= OTHER_SIZE;
    }

    private Sample evaluation(Sample perFlop, @Nullable Footprint footprint) {
        double watched = job.watchedTokens() * computedShare(footprint);
        double rows = job.rows().rowsOf(Part.TEST);
        return perFlop.times(watched * job.readingFlops())
                .plus(answers.ofRow(job, perFlop).times(rows));
    }

    private List<String> notes(@Nullable Footprint footprint) {
        List<String> notes = new ArrayList<>();
        notes.add("your own machine: nothing is billed");
        if (rehearsal != null && rehearsal.wasDisturbed()) {
            notes.add("while it was rehearsed, threads waited "
                    + Figures.percent(1 - rehearsal.aloneShare())
                    + " of their time for processors that other programs had; alone it may take that much less");
        }
        if (footprint == null) {
            notes.add("the model is not on this machine: whether the local core can train it shows when it is");
        }
        return notes;
    }
}
