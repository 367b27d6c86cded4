package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The places that jobs can go to, and what they say of a job before anything of it is launched there. */
public final class JobPlaces {
    private final LaunchContext context;
    private final RunStore store;
    private final Path home;
    private final PlaceOutlook outlook;
    private final PlaceObjections objections;

    JobPlaces(LaunchContext context, RunStore store, Path home) {
        this.context = context;
        this.store = store;
        this.home = home;
        outlook = new PlaceOutlook(context, store);
        objections = new PlaceObjections(context);
    }

    /** What the places say to a plan. */
    public PlaceOutlook outlook() {
        return outlook;
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
        try (Provider provider = context.providers().openFor(job)) {
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
        try (Provider provider = context.providers().openFor(job)) {
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
     * Asks the place that a job would run at whether it would take it.
     *
     * @return the job with what the place has against it among its problems
     * @throws FineTuneException with FT0113 if none of its targets is there, or if the place cannot be reached
     */
    public PreparedJob propose(PreparedJob prepared) {
        try (Provider provider = context.providers().openFor(prepared.file().job())) {
            return prepared.withProblems(objections.to(prepared, provider)).varied(provider.variation());
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
            if (FirstCheckpoint.countsAt(provider.capabilities())) {
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
        try (Provider provider = context.providers().openFor(job)) {
            refuse(objections.whateverItsRows(job, provider, timeLimit));
        }
    }

    /** What the place of a job tells of its settings there though it would take the job, and that it compares nothing. Asks nobody. */
    public List<Problem> placeWarnings(FineTuneJob job) {
        try (Provider provider = context.providers().openFor(job)) {
            return objections.warnings(job, provider);
        }
    }

    /**
     * What each of some places has against its own settings in a job, in whichever region it sells anything. Asks nobody.
     *
     * @param offers what may be bought, of which come the regions that are meant where the job names none
     * @return empty where one of them has nothing against its settings, or is not here
     */
    public List<Problem> contradictions(FineTuneJob job, List<ProviderId> targets, List<Offer> offers) {
        return objections.contradictions(job, targets, offers);
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
}
