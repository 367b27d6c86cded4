package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says why nothing can be chosen, and by trying, what would change that. */
final class Impasse {
    private static final int NEAREST = 3;

    private final JobFigures figures;
    private final List<Offer> offers;
    private final List<OwnMachine> ownMachines;
    private final Set<ProviderId> ownModels;
    private final EngineRefusals refusals;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final PastErrors errors;
    private final OfferFilter asked;
    private final PlanRequest request;
    private final Ranking limits;
    private final LeastChange leastChange;
    private final PlanCommand command;

    /**
     * Of a plan.
     *
     * @param asked which offers whoever asked has left out, and not the job
     * @param request what the plan was asked for, at the targets of the job where {@code asked} names none
     */
    Impasse(
            JobFigures figures,
            List<Offer> offers,
            List<OwnMachine> ownMachines,
            long memoryHere,
            Set<ProviderId> ownModels,
            EngineRefusals refusals,
            Worlds worlds,
            Assumptions assumptions,
            PastErrors errors,
            OfferFilter asked,
            PlanRequest request,
            Ranking limits) {
        this.figures = figures;
        this.offers = offers;
        this.ownMachines = ownMachines;
        this.ownModels = ownModels;
        this.refusals = refusals;
        this.worlds = worlds;
        this.assumptions = assumptions;
        this.errors = errors;
        this.asked = asked;
        this.request = request;
        this.limits = limits;
        this.leastChange = new LeastChange(figures, memoryHere, ownModels, refusals, worlds, assumptions, errors);
        this.command = new PlanCommand(asked, request);
    }

    Problem problem(Plan plan) {
        List<PlanOption> over = plan.options().stream()
                .filter(option -> option.standing() == Standing.OVER_LIMIT && isChosenWithin(option))
                .toList();
        if (!over.isEmpty()) {
            return new WiderLimits(figures.file().job(), request, limits, command).problem(over);
        }
        List<PlanOption> unpriced = plan.options().stream()
                .filter(option -> option.cost() == null && isAsTheJobSays(option))
                .toList();
        if (!unpriced.isEmpty()) {
            return withoutPrice(plan, unpriced);
        }
        return notLearned()
                .or(() -> asksServicesOnly() ? Optional.empty() : unsuitedMachine())
                .or(this::filteredAway)
                .orElseGet(() -> asksServicesOnly() || !isMemoryShort(plan) ? notTuned(plan) : nothingFits(plan));
    }

    /** Where machines were looked at, too, and are too small, what would make one do comes before a price that may not be had. */
    private Problem withoutPrice(Plan plan, List<PlanOption> unpriced) {
        PlanOption first = unpriced.stream()
                .filter(option -> option.fit() == Fit.FITS)
                .findFirst()
                .orElse(unpriced.get(0));
        Problem.Builder problem = PlanProblems.NO_PRICE
                .error("no option that fits has a known price")
                .because(first.id() + (first.fit() == Fit.FITS ? " fits" : " may lack memory") + " and takes about "
                        + Figures.duration(first.time().likely()));
        limits.endedAfter(first).ifPresent(longest -> problem.because(WiderLimits.bound(first, longest)));
        if (limits.takesLonger(limits.neededTime(first))) {
            limits.longest()
                    .ifPresent(longest ->
                            problem.because("it would take longer than the limit of " + Figures.duration(longest)));
        }
        if (isMemoryShort(plan)) {
            shortages(plan, problem).forEach(problem::remedy);
            elsewhere().ifPresent(option -> {
                problem.because(fitsElsewhere(option));
                opened(option).forEach(problem::remedy);
            });
        }
        return problem.remedy(PlanProblems.NO_PRICE.remedy()).build();
    }

    /** Whether wider limits would let it be chosen: its price is known, and it does what the job says. */
    private boolean isChosenWithin(PlanOption option) {
        return option.cost() != null && isAsTheJobSays(option);
    }

    /** Whether it trains the job's own model by the job's method: services train adapters alone. */
    private boolean isAsTheJobSays(PlanOption option) {
        boolean isByOtherMethod = option.offer() instanceof TokenOffer
                && figures.file().job().method().adapters().isEmpty();
        return option.otherModel() == null && !isByOtherMethod;
    }

    /** Places of offers that learn as a job's task is learned, by name. */
    static List<ProviderId> learning(FineTuneJob job, List<Offer> offers) {
        ServiceMethod method = ServiceMethod.of(job.task().kind());
        return offers.stream()
                .filter(offer -> offer instanceof TokenOffer service
                        ? service.methods().contains(method)
                        : method == ServiceMethod.SUPERVISED)
                .map(Offer::target)
                .distinct()
                .sorted(Comparator.comparing(ProviderId::value))
                .toList();
    }

    /** None of the places that are asked learns which of two answers is better. */
    private Optional<Problem> notLearned() {
        FineTuneJob job = figures.file().job();
        List<ProviderId> targets = request.filter().targets();
        List<ProviderId> learning = learning(job, offers);
        if (job.task().kind() != TaskKind.PREFERENCE
                || targets.isEmpty()
                || targets.stream().anyMatch(learning::contains)) {
            return Optional.empty();
        }
        Problem.Builder problem = PlanProblems.NOTHING_FITS
                .error(job.name() + " is to learn which of two answers is better, which is not learned at "
                        + names(targets))
                .at(Location.ofKey("task.kind"))
                .because("task.kind is preference");
        learning.forEach(target -> problem.remedy("targets: [" + target + "]"));
        return Optional.of(problem.build());
    }

    /** Nothing is sold as it is asked for, whatever the job is. */
    private Optional<Problem> filteredAway() {
        OfferFilter filter = request.filter();
        OfferFilter.Spot kept = filter.spot() == OfferFilter.Spot.ONLY ? OfferFilter.Spot.NEVER : filter.spot();
        OfferFilter open = new OfferFilter(filter.targets(), List.of(), List.of(), kept, null);
        boolean isOpen =
                filter.regions().isEmpty() && filter.gpus().isEmpty() && filter.spot() != OfferFilter.Spot.ONLY;
        if (isOpen || offers.stream().anyMatch(filter)) {
            return Optional.empty();
        }
        String places = filter.targets().isEmpty() ? "" : " at " + names(filter.targets());
        List<String> flags = new ArrayList<>();
        filter.regions().forEach(region -> flags.add("--region " + region));
        filter.gpus().forEach(gpu -> flags.add("--gpu " + gpu));
        if (filter.spot() == OfferFilter.Spot.ONLY) {
            flags.add("--spot only");
        }
        long without = offers.stream().filter(open).count();
        String targets = asked.targets().stream().map(ProviderId::value).collect(Collectors.joining(","));
        return Optional.of(PlanProblems.NOTHING_FITS
                .error("nothing is offered" + places + " with " + String.join(" ", flags))
                .because(
                        without > 0
                                ? "without " + (flags.size() == 1 ? "it" : "them") + " there are " + without + " offers"
                                : "only a machine of one's own is there, which is in no region and not sold")
                .remedy(command.words()
                        + (targets.isEmpty() ? "" : " --target " + targets)
                        + (kept == OfferFilter.Spot.ALLOW ? " --spot allow" : ""))
                .build());
    }

    private static String names(List<ProviderId> targets) {
        return targets.stream().map(ProviderId::value).collect(Collectors.joining(", "));
    }

    /** What the job names at one of its places, where no machine to train on is there. */
    private Optional<Problem> unsuitedMachine() {
        return request.filter().targets().stream()
                .flatMap(target -> unsuitedMachine(target).stream())
                .findFirst();
    }

    private Optional<Problem> unsuitedMachine(ProviderId target) {
        Map<String, String> settings = figures.file().job().settingsOf(target);
        List<MachineOffer> machines = offers.stream()
                .filter(MachineOffer.class::isInstance)
                .map(MachineOffer.class::cast)
                .filter(offer -> offer.target().equals(target))
                .toList();
        return UnsuitedMachine.find(machines, settings, request.filter().spot())
                .map(unsuited -> PlanProblems.UNSUITED_MACHINE
                        .error(figures.file().job().name() + " cannot be planned " + unsuited.what() + " at " + target)
                        .because(unsuited.why())
                        .at(Location.ofKey("places." + target + "." + unsuited.key()))
                        .remedy(unsuited.remedy(target))
                        .build());
    }

    private boolean asksServicesOnly() {
        List<ProviderId> targets = request.filter().targets();
        return !targets.isEmpty()
                && targets.stream().allMatch(target -> sold(target) > 0 && sold(target) == services(target));
    }

    private long sold(ProviderId target) {
        return offers.stream().filter(offer -> offer.target().equals(target)).count();
    }

    private long services(ProviderId target) {
        return offers.stream()
                .filter(offer -> offer.target().equals(target) && offer instanceof TokenOffer)
                .count();
    }

    /** Whether a machine was left out for want of memory; what misses the limits of a service has nothing to do with it. */
    private boolean isMemoryShort(Plan plan) {
        return plan.rejections().stream()
                .anyMatch(rejection -> rejection.shortage() != null
                        && (sold(rejection.target()) == 0 || machine(rejection).isPresent()));
    }

    private Problem notTuned(Plan plan) {
        FineTuneJob job = figures.file().job();
        List<ProviderId> targets = request.filter().targets();
        Optional<Problem> refused = plan.rejections().stream()
                .flatMap(rejection ->
                        refusals
                                .at(
                                        rejection.target(),
                                        job.method(),
                                        figures.model().speaks(),
                                        job.model().isGguf())
                                .stream())
                .findFirst();
        Problem.Builder problem = PlanProblems.NOTHING_FITS
                .error((targets.isEmpty()
                                ? "nothing that was looked at tunes "
                                : names(targets) + (targets.size() == 1 ? " does not tune " : " do not tune "))
                        + job.name() + " as it is")
                .at(refused.flatMap(Problem::place).orElse(Location.ofKey("model")));
        plan.rejections().stream()
                .limit(NEAREST)
                .forEach(rejection -> problem.because(rejection.target()
                        + (rejection.name() == null ? "" : " " + rejection.name()) + ": " + rejection.reason()));
        plan.options().stream()
                .filter(option -> option.otherModel() != null)
                .map(option -> "places." + option.target() + ".model: " + option.otherModel())
                .distinct()
                .forEach(problem::remedy);
        targets.forEach(
                target -> longerIds(target, job).forEach(id -> problem.remedy("places." + target + ".model: " + id)));
        if (!asksServicesOnly()) {
            elsewhere().ifPresent(option -> {
                problem.because(fitsElsewhere(option));
                opened(option).forEach(problem::remedy);
            });
            return problem.remedy("finetune models    # another one").build();
        }
        if (job.method().adapters().isEmpty()) {
            problem.because("services train adapters, and the job asks for another method")
                    .remedy("method: lora");
        }
        return problem.remedy("finetune offers --target " + targets.get(0)).build();
    }

    /** What a place calls the models whose id a job names without its end, such as the length of texts that it takes. */
    private Stream<String> longerIds(ProviderId target, FineTuneJob job) {
        String named = job.settingsOf(target).getOrDefault(PlaceSettings.MODEL, "");
        return named.isEmpty()
                ? Stream.empty()
                : offers.stream()
                        .filter(offer -> offer.target().equals(target) && offer instanceof TokenOffer)
                        .map(offer -> ((TokenOffer) offer).model())
                        .filter(id -> id.startsWith(named + ":"))
                        .distinct()
                        .sorted();
    }

    private Problem nothingFits(Plan plan) {
        Problem.Builder problem = PlanProblems.NOTHING_FITS
                .error("nothing that was looked at has the memory for "
                        + figures.file().job().name())
                .at(Location.ofKey("method"));
        List<String> remedies = shortages(plan, problem);
        elsewhere().ifPresent(option -> {
            problem.because(fitsElsewhere(option));
            remedies.addAll(opened(option));
        });
        plan.rejections().stream()
                .filter(rejection -> rejection.shortage() == null)
                .limit(NEAREST)
                .forEach(rejection -> problem.because(rejection.target() + ": " + rejection.reason()));
        remedies.forEach(problem::remedy);
        return problem.remedy("finetune models    # a smaller one").build();
    }

    /** Tells of the nearest that are too small, and gives the least changes that make them do. */
    private List<String> shortages(Plan plan, Problem.Builder problem) {
        List<String> remedies = new ArrayList<>();
        for (Rejection rejection : plan.rejections()) {
            if (rejection.shortage() != null && machine(rejection).isEmpty()) {
                Optional<String> change = ownMachine(rejection.target()).flatMap(leastChange::of);
                problem.because(rejection.target() + ": " + rejection.reason()
                        + change.map(words -> "; fits with " + words).orElse(""));
                change.ifPresent(remedies::add);
            }
        }
        int shown = 0;
        for (Rejection rejection : plan.rejections()) {
            Optional<MachineOffer> machine = machine(rejection);
            if (rejection.shortage() == null || machine.isEmpty() || shown >= NEAREST) {
                continue;
            }
            shown++;
            Optional<String> change = leastChange.of(machine.get());
            problem.because(rejection.target() + " " + rejection.name() + ": " + rejection.reason()
                    + change.map(words -> "; fits with " + words)
                            .orElseGet(() -> leastChange.triedInVain(rejection.target())));
            change.filter(words -> !remedies.contains(words)).ifPresent(remedies::add);
        }
        return remedies;
    }

    private Optional<MachineOffer> machine(Rejection rejection) {
        return offers.stream()
                .filter(MachineOffer.class::isInstance)
                .map(MachineOffer.class::cast)
                .filter(offer -> offer.target().equals(rejection.target())
                        && offer.name().equals(rejection.name()))
                .findFirst();
    }

    /** A machine of one's own of which nothing but the sizes of the job is known; what a model that is here needs, its place says itself. */
    private Optional<OwnMachine> ownMachine(ProviderId target) {
        return ownMachines.stream()
                .filter(machine -> machine.target().equals(target) && machine.footprint() == null)
                .findFirst();
    }

    /** What the job would have to say for an option to be looked at, or whoever asked to leave out. */
    private List<String> opened(PlanOption option) {
        List<String> remedies = new ArrayList<>();
        ProviderId target = option.target();
        List<ProviderId> said = figures.file().saidTargets();
        if (!said.isEmpty() && !said.contains(target)) {
            remedies.add("targets: [" + target + "]");
        }
        Map<String, String> settings = figures.file().job().settingsOf(target);
        if (option.offer() instanceof MachineOffer machine && !PlaceSettings.allow(settings, machine)) {
            remedies.add("places." + target + ": {" + PlaceSettings.MACHINE + ": " + machine.instanceType() + ", "
                    + PlaceSettings.REGION + ": " + machine.region() + "}");
        }
        if (remedies.isEmpty()) {
            remedies.add(isNarrowed() ? command.words() : "targets: [" + target + "]");
        }
        return remedies;
    }

    /** Whether whoever asked, and not the job, has left offers out. */
    private boolean isNarrowed() {
        return !asked.targets().isEmpty()
                || !asked.regions().isEmpty()
                || !asked.gpus().isEmpty()
                || asked.spot() == OfferFilter.Spot.ONLY;
    }

    private static String fitsElsewhere(PlanOption option) {
        return "of all that is offered it fits " + option.id() + ", about "
                + WiderLimits.toTheCent(Ranking.billedAtMost(option).likely());
    }

    /**
     * The cheapest machine that would do, whatever was asked for, at the places that were asked if one is there; none where the task is
     * learned by services alone.
     */
    private Optional<PlanOption> elsewhere() {
        if (!Planner.isLearnedByMachines(figures.file().job())) {
            return Optional.empty();
        }
        PlannedJob job = new PlannedJob(figures);
        MachinePlanner planner = new MachinePlanner(job, ownModels, refusals, worlds, assumptions, errors);
        return planner
                .plan(
                        offers.stream()
                                .filter(MachineOffer.class::isInstance)
                                .map(MachineOffer.class::cast)
                                .toList(),
                        false,
                        new Hosting(job, offers))
                .stream()
                .map(Candidate::option)
                .filter(option -> option.fit() == Fit.FITS && option.cost() != null)
                .min(Comparator.comparing((PlanOption option) ->
                                !request.filter().targets().contains(option.target()))
                        .thenComparing(new HubMachines(ownModels).second())
                        .thenComparing(
                                option -> Ranking.billedAtMost(option).likely().amount()));
    }
}
