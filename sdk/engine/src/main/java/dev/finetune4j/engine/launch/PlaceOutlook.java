package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the places that are there say to a plan before anybody chooses one of them, and how much the chosen one would compute of a job, by
 * which plans learn from its runs.
 */
public final class PlaceOutlook {
    /** A plan and the launch of its choice ask for a quota once. */
    private static final Duration MOMENT = Duration.ofMinutes(1);

    /** A plan does not wait longer for what a place may tell of quotas. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LaunchContext context;
    private final RunStore store;
    private final Map<String, QuotaLook> quotas = new ConcurrentHashMap<>();

    /** What a place told of a quota, and when. */
    private record QuotaLook(Optional<Boolean> isLeft, Instant at) {}

    PlaceOutlook(LaunchContext context, RunStore store) {
        this.context = context;
        this.store = store;
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
        try (Provider provider = context.providers().openFor(proposal.job())) {
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
     * What the accounts' quotas leave of machines, by the ids of their offers. A place that does not answer in some seconds, as one without
     * credentials, tells nothing.
     *
     * @param job whose settings say by which account each place is asked
     */
    public Map<String, Diagnosis> quotas(FineTuneJob job, List<MachineOffer> machines) {
        List<CompletableFuture<Map<String, Diagnosis>>> looks = byPlace(machines).entrySet().stream()
                .map(place -> CompletableFuture.supplyAsync(
                                () -> quotas(place.getKey(), job, place.getValue()), PlaceOutlook::inPassing)
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
                .filter(machine -> context.providers().ids().contains(machine.target()))
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
}
