package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.watch.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The places that jobs can go to, and what they say of a job before anything of it is launched there. */
public final class JobPlaces {
    /** A plan and the launch of its choice ask for a quota once. */
    private static final Duration MOMENT = Duration.ofMinutes(1);

    /** A plan does not wait longer for what a place may tell of quotas. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LaunchContext context;
    private final RunStore store;
    private final Path home;
    private final Map<String, QuotaLook> quotas = new ConcurrentHashMap<>();

    /** What a place told of a quota, and when. */
    private record QuotaLook(Optional<Boolean> isLeft, Instant at) {}

    JobPlaces(LaunchContext context, RunStore store, Path home) {
        this.context = context;
        this.store = store;
        this.home = home;
    }

    /** The places that are there. */
    public Set<ProviderId> ids() {
        return context.providers().ids();
    }

    /**
     * The place that a job would run at.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there
     */
    public ProviderId place(FineTuneJob job) {
        return context.providers().choose(job);
    }

    /**
     * Refuses a job that no place here can run, before anything is fetched for it.
     *
     * @throws FineTuneException with FT0113 for each target if none is there
     */
    public void refuseAbsentTargets(FineTuneJob job) {
        context.providers().choose(job);
    }

    /**
     * What costs money at the place that a job would run at.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there
     */
    public Billing billing(FineTuneJob job) {
        try (Provider provider = openFor(job)) {
            return provider.capabilities().billing();
        }
    }

    /**
     * What must be allowed at the place where a job would run, and to whoever has its tuned model hosted there.
     *
     * @return empty where nothing has to be allowed
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0510 if its place does not tell, with what is wrong with the
     *     place's settings, or because the place does not answer
     */
    public List<AccessPolicy> policies(FineTuneJob job) {
        try (Provider provider = openFor(job)) {
            String runs = RunId.beginning(job.name());
            List<AccessPolicy> policies = new ArrayList<>(provider.policies(runs, job.model()));
            if (policies.isEmpty() && provider.capabilities().bills()) {
                throw PlaceProblems.notSupported(provider.id(), "tell what must be allowed there");
            }
            provider.hosting()
                    .map(hosting -> hosting.policies(runs, job.model()))
                    .ifPresent(policies::addAll);
            return policies;
        }
    }

    /**
     * What each place that has a machine of its own says of a job. Where the model's files are not here it cannot be asked; then of this
     * machine alone is known that it is there.
     */
    public List<OwnMachine> ownMachines(JobFigures job) {
        Optional<Proposal> proposed = job.proposal();
        if (proposed.isEmpty()) {
            boolean isHere = context.providers().ids().contains(ProviderId.LOCAL);
            return isHere ? List.of(new OwnMachine(ProviderId.LOCAL, null, List.of())) : List.of();
        }
        Proposal proposal = proposed.get();
        List<OwnMachine> machines = new ArrayList<>();
        for (ProviderId id : context.providers().ids()) {
            try (Provider provider = context.providers().open(id, job.file().job())) {
                provider.footprint(proposal)
                        .ifPresent(footprint -> machines.add(new OwnMachine(id, footprint, List.of())));
            } catch (FineTuneException e) {
                machines.add(new OwnMachine(id, null, e.problems()));
            }
        }
        return machines;
    }

    /**
     * Tokens that the steps of a job would compute for each token of its rows. Empty where its place has no machine of its own, or would
     * refuse the job.
     */
    public Optional<Double> computedShare(PreparedJob prepared) {
        Proposal proposal = prepared.proposal();
        double mean = Math.max(1, proposal.rows().mean());
        // The place counts virtual tokens among those of the rows.
        double counted = (mean + proposal.job().method().virtualTokens()) / mean;
        try (Provider provider = openFor(proposal.job())) {
            return provider.footprint(proposal).map(footprint -> counted * footprint.computedShare());
        } catch (FineTuneException e) {
            return Optional.empty();
        }
    }

    /**
     * Machines that runs of this computer were lately told are not to be had, by the ids of their plan options, each with when last. Where a
     * quota did not leave one, its place is asked whether it does by now.
     */
    public Map<String, Instant> missed() {
        return new MissedMachines(store, context.clock().instant(), this::isLeft).all();
    }

    /** A place that does not answer, or is not here any more, does not tell. */
    private Optional<Boolean> isLeft(LaunchTerms machine, FineTuneJob job) {
        Instant now = context.clock().instant();
        String asked = machine.option() + " " + job.settingsOf(machine.target());
        QuotaLook last = quotas.get(asked);
        if (last != null && last.at().plus(MOMENT).isAfter(now)) {
            return last.isLeft();
        }
        Optional<Boolean> isLeft;
        try (Provider there = context.providers().open(machine.target(), RunView.at(machine, job))) {
            isLeft = there.isMachineAllowed();
        } catch (FineTuneException e) {
            isLeft = Optional.empty();
        }
        quotas.put(asked, new QuotaLook(isLeft, now));
        return isLeft;
    }

    /**
     * Whether a run of a job that got no machine at one place can be launched at another as it is: the same worker does the same work there,
     * for time that is billed, too. Asks nobody.
     */
    public boolean areInterchangeable(ProviderId one, ProviderId other, FineTuneJob job) {
        if (!ids().contains(one) || !ids().contains(other)) {
            return false;
        }
        try (Provider first = context.providers().open(one, job);
                Provider second = context.providers().open(other, job)) {
            return first.capabilities().billsTime()
                    && first.capabilities().supportsCustomWork()
                    && first.capabilities().doTheSameAs(second.capabilities())
                    && first.variation().equals(second.variation());
        }
    }

    /**
     * What the accounts' quotas leave of machines, by the ids of their offers. A place that does not answer in some seconds, as one without
     * credentials, tells nothing.
     *
     * @param job whose settings say by which account each place is asked
     */
    public Map<String, Diagnosis> quotas(FineTuneJob job, List<MachineOffer> machines) {
        List<CompletableFuture<Map<String, Diagnosis>>> looks = byPlace(machines).entrySet().stream()
                .map(place -> CompletableFuture.supplyAsync(
                                () -> quotas(place.getKey(), job, place.getValue()), JobPlaces::inPassing)
                        .completeOnTimeout(Map.of(), PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .exceptionally(failure -> Map.of())) // a plan is as good without
                .toList();
        Map<String, Diagnosis> all = new HashMap<>();
        looks.forEach(look -> all.putAll(look.join()));
        return all;
    }

    /** Those of places that are here. */
    private Map<ProviderId, List<MachineOffer>> byPlace(List<MachineOffer> machines) {
        return machines.stream()
                .filter(machine -> ids().contains(machine.target()))
                .collect(Collectors.groupingBy(MachineOffer::target));
    }

    /** On a thread that keeps no program alive: a look may be given up while its place still does not answer. */
    private static void inPassing(Runnable look) {
        Thread thread = new Thread(look, "quotas");
        thread.setDaemon(true);
        thread.start();
    }

    private Map<String, Diagnosis> quotas(ProviderId place, FineTuneJob job, List<MachineOffer> machines) {
        try (Provider provider = context.providers().open(place, job)) {
            return provider.quotas(machines);
        } catch (FineTuneException e) {
            return Map.of();
        }
    }

    /** How large a job's settings say that the disks of machines are to be, by the ids of their offers; others are left out. Asks nobody. */
    public Map<String, DiskSize> disks(FineTuneJob job, List<MachineOffer> machines) {
        Map<String, DiskSize> disks = new HashMap<>();
        byPlace(machines).forEach((place, offers) -> {
            try (Provider provider = context.providers().open(place, job)) {
                offers.forEach(offer -> provider.disk(offer).ifPresent(disk -> disks.put(offer.id(), disk)));
            }
        });
        return disks;
    }

    /** How long a budget must last at each place that bills for time. */
    public Map<ProviderId, Endurance> endurances(FineTuneJob job) {
        Map<ProviderId, Endurance> endurances = new HashMap<>();
        for (ProviderId id : context.providers().ids()) {
            try (Provider provider = context.providers().open(id, job)) {
                if (provider.capabilities().billsTime()) {
                    endurances.put(id, Endurance.of(provider.capabilities(), provider.windDown()));
                }
            }
        }
        return endurances;
    }

    /** What the engines that places are sent for their GPUs do not do, each place as a job's settings have it. */
    public EngineRefusals refusals(FineTuneJob job) {
        return refusals(id -> context.providers().open(id, onSomeMachine(job, id)));
    }

    /** The same where no job says anything. */
    public EngineRefusals refusals() {
        return refusals(context.providers()::open);
    }

    private EngineRefusals refusals(Function<ProviderId, Provider> opener) {
        Map<ProviderId, String> engines = new HashMap<>();
        for (ProviderId id : context.providers().ids()) {
            try (Provider provider = opener.apply(id)) {
                provider.worker().ifPresent(engine -> engines.put(id, engine));
            }
        }
        return new EngineRefusals(engines, context.workers().recipes());
    }

    /** A plan, which looks at machines with GPUs alone, looks at others than the one that a job names, too. */
    private static FineTuneJob onSomeMachine(FineTuneJob job, ProviderId place) {
        Map<String, String> settings = new HashMap<>(job.settingsOf(place));
        return settings.remove(PlaceSettings.MACHINE) == null
                ? job
                : job.toBuilder().place(place, settings).build();
    }

    private List<Problem> undone(Provider provider, PreparedJob prepared) {
        Map<ProviderId, String> engine =
                provider.worker().map(name -> Map.of(provider.id(), name)).orElse(Map.of());
        FineTuneJob job = prepared.file().job();
        return new EngineRefusals(engine, context.workers().recipes())
                .at(provider.id(), job.method(), prepared.speaks(), job.model().isGguf());
    }

    /**
     * Asks the place that a job would run at whether it would take it.
     *
     * @return the job with what the place has against it among its problems
     * @throws FineTuneException with FT0113 if none of its targets is there, or if the place cannot be reached
     */
    public PreparedJob propose(PreparedJob prepared) {
        try (Provider provider = openFor(prepared.file().job())) {
            Proposal proposal = prepared.proposal();
            List<Problem> problems = new ArrayList<>(provider.refusals(new Proposal(
                    context.providers().at(provider.id(), proposal.job()),
                    proposal.model(),
                    proposal.rows(),
                    proposal.answers())));
            if (keepsForBilledTime(provider.capabilities())) {
                FirstCheckpoint.neverOnSpot(proposal, provider.id()).ifPresent(problems::add);
            }
            Terms.lacking(proposal.job().budget(), provider.id(), provider.capabilities())
                    .ifPresent(problems::add);
            UsualRate.warning(proposal.job()).ifPresent(problems::add);
            unlearned(provider, proposal.job()).ifPresent(problems::add);
            uncompared(provider, prepared).ifPresent(problems::add);
            unrestarted(provider, proposal).ifPresent(problems::add);
            problems.addAll(undone(provider, prepared));
            return prepared.withProblems(problems).varied(provider.variation());
        }
    }

    /**
     * Looks whether the disk has room for a job that its settings give the machine that they name; where they name none, a plan tells. A job
     * that has errors already is left as it is.
     *
     * @param offers machines that are let, asked for where the settings name one
     * @param diskBytes what the disk must hold at most, asked for where the settings say how large it is; empty where nobody can tell
     * @return the job, with FT0484 among its problems where the disk is too small
     */
    public PreparedJob withSmallDisk(
            PreparedJob prepared, Supplier<List<Offer>> offers, Function<PreparedJob, Optional<Long>> diskBytes) {
        FineTuneJob job = prepared.file().job();
        ProviderId place = place(job);
        Map<String, String> settings = job.settingsOf(place);
        if (prepared.check().hasErrors() || !settings.containsKey(PlaceSettings.MACHINE)) {
            return prepared;
        }
        try (Provider provider = context.providers().open(place, job)) {
            List<Problem> problems = offers.get().stream()
                    .filter(MachineOffer.class::isInstance)
                    .map(MachineOffer.class::cast)
                    .filter(machine -> machine.target().equals(place) && PlaceSettings.allow(settings, machine))
                    .findFirst()
                    .flatMap(machine -> provider.disk(machine)
                            .flatMap(disk -> diskBytes
                                    .apply(prepared)
                                    .flatMap(needed -> DiskShortage.of(machine, disk, needed))))
                    .map(DiskShortage::refusal)
                    .stream()
                    .toList();
            return problems.isEmpty() ? prepared : prepared.withProblems(problems);
        }
    }

    /** Only where time is billed does a container end with a code that its place tells. */
    private static Optional<Problem> unrestarted(Provider place, Proposal proposal) {
        List<Integer> codes = proposal.job().recovery().exitCodes();
        return codes.isEmpty() || place.capabilities().billsTime()
                ? Optional.empty()
                : Optional.of(LaunchProblems.NO_RESTARTS
                        .warning(place.id() + " tells no exit code, so that none of " + codes + " begins the job anew")
                        .at(Location.ofKey("recovery.exit-codes"))
                        .build());
    }

    /** A place that learns answers alone would leave out those that are worse. */
    private Optional<Problem> unlearned(Provider place, FineTuneJob job) {
        if (job.task().kind() != TaskKind.PREFERENCE || place.capabilities().learnsPreferences()) {
            return Optional.empty();
        }
        Problem.Builder problem = LaunchProblems.NOT_LEARNED
                .error(place.id() + " does not learn which of two answers is better")
                .at(Location.ofKey("task.kind"))
                .because("task.kind is preference, and it learns answers alone");
        ids().stream()
                .map(ProviderId::value)
                .sorted()
                .map(ProviderId::new)
                .filter(id -> learnsPreferences(id, job))
                .forEach(id -> problem.remedy("targets: [" + id + "]"));
        return Optional.of(problem.build());
    }

    private boolean learnsPreferences(ProviderId id, FineTuneJob job) {
        try (Provider provider = context.providers().open(id, job)) {
            return provider.capabilities().learnsPreferences();
        }
    }

    private Optional<Problem> uncompared(Provider place, PreparedJob prepared) {
        Capabilities can = place.capabilities();
        if (can.supportsCustomWork() || (can.givesModel() && !prepared.holdsOutRows())) {
            return Optional.empty();
        }
        return can.givesModel()
                ? HomeComparison.obstacle(context.providers(), prepared)
                : comparesNothing(place, prepared.file().job());
    }

    /** Empty where base and tuned model answer held-out rows at the place, or can do so here. */
    private static Optional<Problem> comparesNothing(Provider place, FineTuneJob job) {
        Capabilities can = place.capabilities();
        if (can.supportsCustomWork() || can.givesModel()) {
            return Optional.empty();
        }
        Problem.Builder problem = LaunchProblems.NOT_COMPARED
                .warning(place.id() + " only trains: base and tuned model are not compared, and no gate is judged")
                .at(Location.ofKey("evaluation"));
        if (job.task().kind() == TaskKind.PREFERENCE) { // which is learned nowhere else
            problem.remedy(
                    "finetune host RUN; finetune chat RUN    # once it has been tuned; no service tells likelihoods to compare");
        }
        return Optional.of(problem.build());
    }

    /**
     * What a launch of an option may take at most.
     *
     * @param job whose budget counts, with the settings of the place
     * @param steps optimizer steps of the job
     * @param diskBytes what the disk of its machine must hold at most; null where nobody counted it
     * @throws FineTuneException with FT0484 if the settings make the machine's disk too small, FT0520 if time is billed and there is no budget,
     *     FT0521 if the budget ends before the job is likely to, or may, where its place keeps no checkpoint, FT0523 if no provider launches
     *     it, FT0532 if its first checkpoint may come too late, or with what the settings contradict
     */
    public LaunchTerms terms(PlanOption option, FineTuneJob job, long steps, @Nullable Long diskBytes) {
        if (!context.providers().ids().contains(option.target()) || option.otherModel() != null) {
            throw LaunchProblems.NOT_LAUNCHABLE
                    .error(option.name() + " at " + option.target() + " cannot be launched from here")
                    .because(
                            option.otherModel() == null
                                    ? "no provider on the class path is called " + option.target()
                                    : option.target() + " would tune " + option.otherModel() + " instead of "
                                            + job.model())
                    .asException();
        }
        try (Provider provider = context.providers().open(option.target(), job)) {
            refuseSettings(provider);
            refuseSmallDisk(provider, option, diskBytes);
            LaunchTerms terms = Terms.unwatched(
                    Terms.of(option, job.budget(), provider.capabilities(), provider.windDown()),
                    provider::longestBilled);
            if (keepsForBilledTime(provider.capabilities())) {
                FirstCheckpoint.refuseTooLate(option, terms, job.training().checkpointEvery(), steps);
            }
            return option.offer() instanceof MachineOffer ? terms.needing(diskBytes) : terms;
        }
    }

    /**
     * Refuses a job that its place would refuse whatever its rows, before anybody agrees to what it may cost. May ask the place.
     *
     * @param timeLimit how long it may run, or null where nothing limits it
     * @throws FineTuneException with what the place has against it, or if it does not answer
     */
    public void refuseObjections(FineTuneJob job, @Nullable Duration timeLimit) {
        try (Provider provider = openFor(job)) {
            List<Problem> problems =
                    new ArrayList<>(unlearned(provider, job).stream().toList());
            problems.addAll(provider.objections(context.providers().at(provider.id(), job), timeLimit));
            refuse(problems);
        }
    }

    /** What the place of a job tells of its settings there though it would take the job, and that it compares nothing. Asks nobody. */
    public List<Problem> placeWarnings(FineTuneJob job) {
        try (Provider provider = openFor(job)) {
            return Stream.concat(
                            provider.settingProblems().stream().filter(problem -> !problem.isError()),
                            comparesNothing(provider, job).stream())
                    .toList();
        }
    }

    /**
     * What each of some places has against its own settings in a job, in whichever region it sells anything. Asks nobody.
     *
     * @param offers what may be bought, of which come the regions that are meant where the job names none
     * @return empty where one of them has nothing against its settings, or is not here
     */
    public List<Problem> contradictions(FineTuneJob job, List<ProviderId> targets, List<Offer> offers) {
        List<Problem> all = new ArrayList<>();
        for (ProviderId target : targets) {
            List<Problem> own = context.providers().ids().contains(target)
                    ? contradictions(context.providers().at(target, job), target, offers)
                    : List.of();
            if (own.isEmpty()) {
                return List.of();
            }
            all.addAll(own);
        }
        return all;
    }

    private List<Problem> contradictions(FineTuneJob job, ProviderId target, List<Offer> offers) {
        Set<String> regions = offers.stream()
                .filter(offer -> offer.target().equals(target))
                .map(Offer::region)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<Problem> first = List.of();
        for (String region : regions) {
            Map<String, String> settings = new HashMap<>(job.settingsOf(target));
            settings.putIfAbsent(PlaceSettings.REGION, region);
            FineTuneJob placed = job.toBuilder().place(target, settings).build();
            try (Provider provider = context.providers().open(target, placed)) {
                List<Problem> problems = provider.settingProblems();
                if (problems.stream().noneMatch(Problem::isError)) {
                    return List.of();
                }
                first = first.isEmpty() ? problems : first;
            }
        }
        return first;
    }

    /** Whether a run that is cut short there has paid for time, and may go on from a checkpoint. */
    private static boolean keepsForBilledTime(Capabilities can) {
        return can.billsTime() && can.supportsResume();
    }

    /** A run that moved to an option whose settings contradict each other would end there. */
    private static void refuseSettings(Provider provider) {
        refuse(provider.settingProblems());
    }

    private static void refuseSmallDisk(Provider provider, PlanOption option, @Nullable Long diskBytes) {
        if (diskBytes == null || !(option.offer() instanceof MachineOffer machine)) {
            return;
        }
        long needed = diskBytes;
        provider.disk(machine)
                .flatMap(disk -> DiskShortage.of(machine, disk, needed))
                .ifPresent(shortage -> refuse(List.of(shortage.refusal())));
    }

    private static void refuse(List<Problem> problems) {
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
    }

    /**
     * The calls that a launch would make at its place before the job is there, with what they would send; makes none of them.
     *
     * @throws FineTuneException as {@link Launcher#launch(PreparedJob, LaunchTerms, boolean, List)}
     */
    public List<PlannedCall> dryRun(PreparedJob prepared, LaunchTerms terms) {
        return new DryRun(context, store, home).calls(prepared, terms);
    }

    /**
     * What the places of a job keep where its settings say, what they host, and what runs there.
     *
     * @param offers tells the prices of machines
     */
    public List<Leftovers.Entry> leftovers(FineTuneJob job, Leftovers.Limits limits, Supplier<List<Offer>> offers) {
        return leftovers(offers).find(job, limits);
    }

    /**
     * Removes what nothing needs.
     *
     * @throws IllegalArgumentException if something needs it
     */
    public void remove(FineTuneJob job, Leftovers.Entry entry) {
        leftovers(List::of).remove(job, entry);
    }

    private Leftovers leftovers(Supplier<List<Offer>> offers) {
        return new Leftovers(context.providers(), store, context.clock().instant(), offers);
    }

    private Provider openFor(FineTuneJob job) {
        return context.providers().open(context.providers().choose(job), job);
    }
}
