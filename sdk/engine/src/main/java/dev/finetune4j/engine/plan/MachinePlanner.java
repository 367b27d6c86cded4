package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.MemoryParts;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MemoryPart;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase.Name;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job on machines that are let by the hour. What depends on the GPUs alone is computed once for each kind and number of them; a
 * price is then a product.
 */
final class MachinePlanner {
    /** Which types a model's script is made for stands in the hub alone, which no plan asks. */
    private static final String TYPES_OF_HUB =
            "whether the model's script is made for the type is checked at launch, by the hub's document";

    private static final String SPOT_PRICE = "spot-price";

    private static final double GIGA = 1e9;
    private static final double MEGA = 1e6;

    private final PlannedJob job;
    private final Set<ProviderId> ownModels;
    private final EngineRefusals refusals;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final PastErrors errors;
    private final Sample fetching;
    private final String fetchingBasis;
    private final Sample sending;
    private final String sendingBasis;
    private final GpuTable gpus = GpuTable.shipped();
    private final MemoryModel memory = MemoryModel.shipped();
    private final SpeedModel speed = SpeedModel.shipped();
    private final Map<List<Object>, GpuRun> runs = new HashMap<>();
    private final Map<GpuRun, GpuTimes> times = new HashMap<>();
    private final Map<List<Object>, MachineTimes> lines = new HashMap<>();
    private final Map<List<Object>, List<MemoryPart>> parts = new HashMap<>();
    private final Map<ProviderId, Correction> memoryErrors = new HashMap<>();
    private final Map<List<Object>, Correction> stepErrors = new HashMap<>();
    private final Map<String, Rejection> rejections = new LinkedHashMap<>();
    private final Map<ProviderId, Set<String>> notEstimated = new LinkedHashMap<>();

    MachinePlanner(
            PlannedJob job,
            Set<ProviderId> ownModels,
            EngineRefusals refusals,
            Worlds worlds,
            Assumptions assumptions,
            PastErrors errors) {
        this.ownModels = ownModels;
        this.refusals = refusals;
        this.job = job;
        this.worlds = worlds;
        this.assumptions = assumptions;
        this.errors = errors;
        Sample loading = worlds.draw(
                Cause.DISK, assumptions.get("loading").quantity().times(GIGA).under(job.sentBytes() + 1.0));
        String network = assumptions.get("network").words();
        fetching = transfer((double) job.sentBytes() + job.rows().bytes()).plus(loading);
        fetchingBasis = Words.gibOf(job.sentBytes()) + " GiB of weights; " + network;
        sending = transfer((double) job.resultBytes()).plus(worlds.constant(15));
        sendingBasis = Words.gibOf(job.resultBytes()) + " GiB and 15 s; " + network;
    }

    /** What was left out so far, and why. */
    List<Rejection> rejections() {
        List<Rejection> all = new ArrayList<>(rejections.values());
        notEstimated.forEach((target, names) -> all.add(new Rejection(
                target,
                null,
                "not estimated, for want of figures or because they are not NVIDIA's: " + String.join(", ", names),
                null)));
        return all;
    }

    /**
     * Plans the job on each machine.
     *
     * @param everyRegion whether every region of a machine is an option, or the cheapest only
     * @param hosting what holding the result ready costs
     */
    List<Candidate> plan(List<MachineOffer> offers, boolean everyRegion, Hosting hosting) {
        Map<List<Object>, List<MachineOffer>> alike = new LinkedHashMap<>();
        offers.stream()
                .sorted(Offer.CHEAPEST_FIRST)
                .forEach(offer -> alike.computeIfAbsent(
                                List.of(offer.target(), offer.instanceType(), offer.tier()), key -> new ArrayList<>())
                        .add(offer));
        List<Candidate> candidates = new ArrayList<>();
        for (List<MachineOffer> regions : alike.values()) {
            List<MachineOffer> wanted = everyRegion ? regions : regions.subList(0, 1);
            candidates.addAll(ofMachine(wanted, hosting));
        }
        return candidates;
    }

    private List<Candidate> ofMachine(List<MachineOffer> regions, Hosting hosting) {
        MachineOffer machine = regions.get(0);
        Gpus own = machine.gpus();
        if (own == null || isWithoutModel(machine) || isRefused(machine.target())) {
            return List.of();
        }
        Optional<Gpu> gpu = gpus.find(own.name());
        if (gpu.isEmpty() || !gpu.get().hasCuda()) {
            notEstimated
                    .computeIfAbsent(machine.target(), key -> new TreeSet<>())
                    .add(own.name());
            return List.of();
        }
        GpuRun run = run(machine.target(), gpu.get(), own.count());
        if (run.fit() == Fit.TOO_LARGE) {
            rejectTooSmall(machine, own, run);
            return List.of();
        }
        GpuTimes work = times.computeIfAbsent(
                run,
                key -> new GpuTimes(
                        job,
                        key,
                        speed.estimate(job.architecture(), key.setup(), key.gpu())
                                .tokensPerSecond(),
                        worlds,
                        assumptions));
        MachineTimes taken = lines.computeIfAbsent(
                List.of(run, machine.target(), machine.tier()), key -> machineTimes(machine, work));
        return regions.stream()
                .map(offer -> candidate(offer, work, taken, hosting))
                .toList();
    }

    /** How the job is set up on so many GPUs of a place. */
    GpuRun run(ProviderId target, Gpu gpu, int count) {
        Correction correction = ofMemory(target);
        boolean isByScript = ownModels.contains(target);
        return runs.computeIfAbsent(
                List.of(gpu.name(), count, correction, isByScript),
                key -> new GpuSetupSearch(job, memory, speed, correction, isByScript).best(gpu, count));
    }

    /** What past runs at a place have taught of the memory of its GPUs. */
    Correction ofMemory(ProviderId target) {
        return memoryErrors.computeIfAbsent(
                target, key -> errors.ofGpuMemory(key, job.model().family(), RunParameters.method(job.job())));
    }

    /** What past runs at the place of a machine have taught of steps on so many of its GPUs as the settings say. */
    Correction ofSteps(MachineOffer machine, TrainerSettings settings) {
        String gpus = gpus(machine, settings);
        return stepErrors.computeIfAbsent(
                List.of(machine.target(), gpus),
                key -> errors.ofSteps(machine.target(), gpus, job.model().family(), RunParameters.method(job.job())));
    }

    /** A place that trains models of its own only; a job may name one of them. */
    private boolean isWithoutModel(MachineOffer machine) {
        if (!isHub(machine)
                || job.model().idAt(machine.target().value()).isPresent()
                || job.job().settingsOf(machine.target()).containsKey(PlaceSettings.MODEL)) {
            return false;
        }
        rejections.putIfAbsent(
                machine.target().value(),
                new Rejection(
                        machine.target(), null, "it has no such model, as far as finetune4j's catalogue knows", null));
        return true;
    }

    /** Whatever its machines have, a launch there would be refused. */
    private boolean isRefused(ProviderId place) {
        List<Problem> refused = refusals.at(
                place,
                job.job().method(),
                job.model().speaks(),
                job.job().model().isGguf());
        if (refused.isEmpty()) {
            return false;
        }
        rejections.putIfAbsent(place.value(), new Rejection(place, null, EngineRefusals.words(refused.get(0)), null));
        return true;
    }

    private void rejectTooSmall(MachineOffer machine, Gpus own, GpuRun run) {
        double needed = run.neededGib().likely();
        double usable = run.usableGib();
        String reason = "needs " + Words.gibBeside(needed, usable) + " GiB per GPU, has "
                + Words.gibBeside(usable, needed) + " usable (" + own.count() + "x " + own.name() + ")"
                + (run.settings().gpus() < own.count()
                        ? "; a step of " + job.stepRows() + " rows feeds "
                                + run.settings().gpus() + " of them"
                        : "");
        rejections.putIfAbsent(
                machine.target() + " " + own.count() + "x " + own.name(),
                new Rejection(machine.target(), machine.instanceType(), reason, needed / usable));
    }

    /** The GPUs of a machine that work, as errors of past estimates are told apart by them. */
    static String gpus(MachineOffer machine, TrainerSettings settings) {
        return settings.gpus() + "x " + Objects.requireNonNull(machine.gpus()).name();
    }

    private boolean isHub(MachineOffer machine) {
        return ownModels.contains(machine.target());
    }

    private MachineTimes machineTimes(MachineOffer machine, GpuTimes work) {
        Correction correction = ofSteps(machine, work.run().settings());
        Sample training = work.training().corrected(correction);
        TimeLine line = timeLine(machine, work, training, correction.words());
        double steps = training.percentiles().likely() / 3600;
        return new MachineTimes(line.phases(), line.time(), line.billedHours(), steps);
    }

    /** Hours that are paid; where the price moves, as many at the likely price as what is paid comes to. */
    private Sample.Percentiles paidHours(MachineOffer machine, Sample hours) {
        Sample.Percentiles likely = hours.percentiles();
        if (!isMoving(machine)) {
            return likely;
        }
        Sample moves = worlds.draw(Cause.SPOT_PRICE, assumptions.get(SPOT_PRICE).quantity())
                .atMost(worlds.constant(mostMove(machine)));
        return hours.times(moves).percentiles().around(likely.likely());
    }

    /** What moves the price besides the hours, in words; null where nothing does. */
    private @Nullable String moves(MachineOffer machine) {
        if (!isMoving(machine)) {
            return null;
        }
        PriceFact most = machine.atMost();
        return assumptions.get(SPOT_PRICE).words()
                + (most == null ? "" : ", but never above the price on demand, " + most.amount());
    }

    /** What is auctioned, at a price that is known: where none is, the price on demand stands in, which does not move. */
    private static boolean isMoving(MachineOffer machine) {
        return machine.tier() == PurchaseTier.SPOT && machine.perHour() != null;
    }

    /** How far its price may rise: nobody is billed more than on demand. */
    private static double mostMove(MachineOffer machine) {
        if (machine.perHour() == null || machine.atMost() == null) {
            return Double.MAX_VALUE;
        }
        double price = machine.perHour().amount().amount().doubleValue();
        return Math.max(1, machine.atMost().amount().amount().doubleValue() / price);
    }

    private TimeLine timeLine(MachineOffer machine, GpuTimes work, Sample training, String corrected) {
        boolean isSpot = machine.tier() != PurchaseTier.ON_DEMAND;
        Assumption queue = assumptions.get(isSpot ? "queue.spot" : "queue.on-demand");
        Assumption startUp = assumptions.of(Assumptions.START_UP, machine.target());
        Sample waiting = worlds.draw(Cause.QUEUE, queue.quantity());
        Sample starting = worlds.draw(Cause.START_UP, startUp.quantity());
        Sample lost = worlds.constant(0);
        Sample waitingAgain = waiting;
        if (isSpot) {
            Sample interruptions = worlds.draw(
                            Cause.INTERRUPTIONS,
                            assumptions.get("interruptions").quantity())
                    .times(training)
                    .times(1 / 3600.0);
            lost = interruptions.times(worlds.constant(150).plus(starting).plus(fetching));
            waitingAgain = waiting.plus(interruptions.times(waiting));
        }
        TimeLine line = new TimeLine(worlds)
                .phase(Name.QUEUE, waitingAgain, false, queue.words())
                .phase(Name.START_UP, starting, true, startUp.words() + (isHub(machine) ? "; " + TYPES_OF_HUB : ""))
                .phase(Name.DOWNLOAD, fetching, true, fetchingBasis)
                .phase(Name.TRAINING, training, true, work.trainingBasis() + corrected)
                .phase(Name.EVALUATION, work.evaluation(), true, work.evaluationBasis())
                .phase(
                        Name.CHECKPOINTS,
                        work.checkpoints(training),
                        true,
                        "one, and before it one every 5 minutes or as 3.5 % of the steps allow, unless the job says how often; "
                                + assumptions.get("disk").words())
                .phase(Name.UPLOAD, sending, true, sendingBasis);
        return isSpot
                ? line.phase(
                        Name.LOST_WORK,
                        lost,
                        true,
                        "half the 5 minutes between checkpoints, start-up and download again, for each interruption; "
                                + assumptions.get("interruptions").words())
                : line;
    }

    private Sample transfer(double bytes) {
        return worlds.draw(
                Cause.NETWORK, assumptions.get("network").quantity().times(MEGA).under(bytes + 1));
    }

    private Candidate candidate(MachineOffer machine, GpuTimes work, MachineTimes taken, Hosting hosting) {
        Optional<PriceFact> price = machine.price().or(machine::billed);
        Sample.Percentiles paid = paidHours(machine, taken.billedHours());
        Bill bill = Bill.of(
                machine.instanceType() + " " + Words.tier(machine.tier()),
                paid,
                "h",
                price.orElse(null),
                moves(machine),
                isMoving(machine) ? taken.billedTime() : null);
        GpuRun run = work.run();
        Correction correction = ofMemory(machine.target());
        PlanOption option = new PlanOption(
                machine.id(),
                machine.target(),
                machine.instanceType(),
                machine.region(),
                machine,
                null,
                run.settings(),
                run.fit(),
                new ByteRange(
                        Words.bytes(run.neededGib().low()),
                        Words.bytes(run.neededGib().likely()),
                        Words.bytes(run.neededGib().high())),
                Words.bytes(run.usableGib()),
                parts.computeIfAbsent(List.of(run, correction), key -> parts(run, correction)),
                taken.phases(),
                taken.time(),
                bill.lines(),
                bill.cost().orElse(null),
                null,
                hosting.of(machine.target()).orElse(null),
                PlanOption.Standing.WITHIN,
                null,
                null,
                notes(machine, correction));
        double perHour = price.map(one -> one.amount().amount().doubleValue()).orElse(0.0);
        double rows = Math.max(1.0, (double) job.rows().rowsOf(Part.TRAIN));
        double fixedHours = Math.max(0, paid.likely() - taken.trainingHours());
        return new Candidate(option, fixedHours * perHour, taken.trainingHours() * perHour / rows);
    }

    private List<String> notes(MachineOffer machine, Correction ofMemory) {
        List<String> notes = new ArrayList<>();
        if (isHub(machine)) {
            notes.add(
                    "base and tuned model are compared on your own machine afterwards, which is in neither time nor cost");
        }
        if (ofMemory.runs() > 0) {
            notes.add("memory as estimated" + ofMemory.words());
        }
        if (machine.note() != null) {
            notes.add(machine.note());
        }
        if (machine.price().isEmpty() && machine.billed().isPresent()) {
            notes.add("the cost is told at the price on demand, which an hour is billed at most");
        }
        notes.add("storage, logs and transfer are not in the cost: cents for most jobs");
        return notes;
    }

    /** The likely peak by part, what is least known last. */
    private List<MemoryPart> parts(GpuRun run, Correction ofMemory) {
        MemoryParts parts = memory.parts(job.architecture(), run.setup());
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("weights", parts.weights());
        named.put("gradients", parts.gradients());
        named.put("optimizer", parts.optimizerStates());
        named.put("adapter", parts.adapter());
        named.put("buffers", parts.buffers());
        named.put("activations", parts.activations());
        named.put("logits", parts.logits());
        named.put("temporary", parts.temporary());
        named.replaceAll((part, gib) -> gib * ofMemory.factor());
        double known = named.values().stream().mapToDouble(Double::doubleValue).sum();
        Range needed = run.neededGib();
        named.put(
                "context and fragmentation", Math.max(ofMemory.factor() * parts.workspace(), needed.likely() - known));
        return named.entrySet().stream()
                .filter(part -> part.getValue() > 0.005)
                .map(part -> new MemoryPart(part.getKey(), Words.bytes(part.getValue())))
                .toList();
    }
}
