package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Durations;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says why nothing can be chosen, and by trying, what would change that. */
final class Impasse {
    private static final int NEAREST = 3;
    private static final int SHORTEST_ROW = 64;
    private static final int LOWEST_RANK = 8;
    private static final int CENTS = 2;
    /** Micro-batches that a step of a job may have. */
    private static final int MOST_ACCUMULATION = 4096;

    private final JobFigures figures;
    private final List<Offer> offers;
    private final List<OwnMachine> ownMachines;
    private final long memoryHere;
    private final Set<ProviderId> ownModels;
    private final EngineRefusals refusals;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final PastErrors errors;
    private final OfferFilter asked;
    private final PlanRequest request;
    private final Ranking limits;
    private final GpuTable gpus = GpuTable.shipped();

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
        this.memoryHere = memoryHere;
        this.ownModels = ownModels;
        this.refusals = refusals;
        this.worlds = worlds;
        this.assumptions = assumptions;
        this.errors = errors;
        this.asked = asked;
        this.request = request;
        this.limits = limits;
    }

    Problem problem(Plan plan) {
        List<PlanOption> over = plan.options().stream()
                .filter(option -> option.standing() == Standing.OVER_LIMIT && isChosenWithin(option))
                .toList();
        if (!over.isEmpty()) {
            return overLimit(over);
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
        limits.endedAfter(first).ifPresent(longest -> problem.because(bound(first, longest)));
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
                .remedy(planned()
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

    /** Of two limits, each option that is named keeps one where it can: what costs nothing and takes weeks answers nobody. */
    private Problem overLimit(List<PlanOption> all) {
        List<PlanOption> over = all.stream()
                .filter(option -> limits.endedAfter(option).isEmpty())
                .toList();
        if (over.isEmpty()) {
            return tooLong(all);
        }
        List<PlanOption> inTime = over.stream()
                .filter(option -> !limits.takesLonger(limits.neededTime(option)))
                .toList();
        List<PlanOption> inCost =
                over.stream().filter(option -> !isTooDear(option)).toList();
        PlanOption cheapest = (inTime.isEmpty() ? over : inTime)
                .stream()
                        .min(Comparator.comparing(
                                option -> limits.held(option).likely().amount()))
                        .orElseThrow();
        PlanOption fastest = (inCost.isEmpty() ? over : inCost)
                .stream()
                        .min(Comparator.comparing(option -> option.time().likely()))
                        .orElseThrow();
        Problem.Builder problem = PlanProblems.OVER_LIMIT
                .error("no option is likely to keep " + limits.words())
                .because("the cheapest" + (isPart(inTime, over) ? " in that time: " : ": ") + words(cheapest));
        if (!fastest.equals(cheapest)) {
            problem.because("the fastest" + (isPart(inCost, over) ? " at that cost: " : ": ") + words(fastest));
        }
        ended(all).forEach(problem::because);
        Stream.of(cheapest, fastest)
                .distinct()
                .filter(this::isOverByReserve)
                .flatMap(option -> limits.reserve(option).stream())
                .distinct()
                .forEach(problem::because);
        // Who is short of time alone has no use for what is cheap and takes weeks.
        List<PlanOption> proposed =
                Stream.of(cheapest, fastest).anyMatch(this::isTooDear) ? List.of(cheapest, fastest) : List.of(fastest);
        proposed.stream().flatMap(this::wider).distinct().forEach(problem::remedy);
        return (proposed.stream().anyMatch(this::isLimitedByJob) ? problem.at(Location.ofKey("budget")) : problem)
                .build();
    }

    private Problem tooLong(List<PlanOption> all) {
        Problem.Builder problem = PlanProblems.OVER_LIMIT.error(
                "no place that was looked at lets " + figures.file().job().name() + " run as long as it needs");
        ended(all).forEach(problem::because);
        return problem.remedy("finetune models    # a smaller one").build();
    }

    /** Of each place that would end all of these too early, the one that needs the least time. */
    private Stream<String> ended(List<PlanOption> all) {
        Map<ProviderId, PlanOption> shortest = new LinkedHashMap<>();
        all.stream()
                .sorted(Comparator.comparing(limits::neededTime))
                .forEach(option -> shortest.putIfAbsent(option.target(), option));
        return shortest.values().stream()
                .flatMap(option -> limits.endedAfter(option).stream()
                        .map(longest -> bound(option, longest) + ": " + words(option)));
    }

    private static String bound(PlanOption option, Duration longest) {
        return option.target() + " lets no job run longer than " + Figures.duration(longest);
    }

    /** Whether a limit that an option breaks stands in the job file: whoever asked has not set another instead. */
    private boolean isLimitedByJob(PlanOption option) {
        return (request.maxCost() == null && isTooDear(option))
                || (request.deadline() == null && limits.takesLonger(limits.neededTime(option)));
    }

    private static boolean isPart(List<PlanOption> some, List<PlanOption> all) {
        return !some.isEmpty() && some.size() < all.size();
    }

    private boolean isTooDear(PlanOption option) {
        return limits.costsMore(limits.held(option).likely());
    }

    /** Whether what a launch keeps back counts: of money, or where the time that is likely would do. */
    private boolean isOverByReserve(PlanOption option) {
        return isTooDear(option) || !limits.takesLonger(option.time().likely());
    }

    /**
     * The limits that an option breaks, so wide that it would very likely keep them, where they were set. A budget is told whole: pasted over
     * that of the job it drops no limit.
     */
    private Stream<String> wider(PlanOption option) {
        List<String> flags = new ArrayList<>();
        Money maxCost = figures.file().job().budget().maxCost();
        Duration maxTime = figures.file().job().budget().maxTime();
        boolean isBudgetWider = false;
        if (isTooDear(option)) {
            Money cost = enough(limits.held(option).high());
            if (request.maxCost() == null) {
                maxCost = cost;
                isBudgetWider = true;
            } else {
                flags.add("--max-cost \"" + cost + "\"");
            }
        }
        if (limits.takesLonger(limits.neededTime(option))) {
            Duration time = upToTheMinute(option.time().high());
            if (request.deadline() == null) {
                maxTime = time;
                isBudgetWider = true;
            } else {
                flags.add("--deadline " + Durations.format(time));
            }
        }
        return Stream.of(flags.isEmpty() ? "" : asAsked(flags), isBudgetWider ? budget(maxCost, maxTime) : "")
                .filter(remedy -> !remedy.isEmpty());
    }

    private static String budget(@Nullable Money maxCost, @Nullable Duration maxTime) {
        List<String> keys = new ArrayList<>();
        if (maxCost != null) {
            keys.add("max-cost: " + maxCost);
        }
        if (maxTime != null) {
            keys.add("max-time: " + Durations.format(maxTime));
        }
        return "budget: {" + String.join(", ", keys) + "}";
    }

    /** The command with limits that are wider, and with all else that was asked: without it another question would be answered. */
    private String asAsked(List<String> wider) {
        List<String> words = new ArrayList<>(List.of(planned()));
        addFlag(
                words,
                "--target",
                asked.targets().stream().map(ProviderId::value).toList());
        addFlag(words, "--region", asked.regions());
        asked.gpus().forEach(gpu -> words.add("--gpu " + gpu));
        if (asked.spot() != OfferFilter.Spot.NEVER) {
            words.add("--spot " + asked.spot().name().toLowerCase(Locale.ROOT));
        }
        if (request.objective() != Objective.BALANCED) {
            words.add("--optimize " + request.objective());
        }
        words.addAll(wider);
        Money maxCost = request.maxCost();
        if (maxCost != null && wider.stream().noneMatch(flag -> flag.startsWith("--max-cost"))) {
            words.add("--max-cost \"" + maxCost + "\"");
        }
        Duration deadline = request.deadline();
        if (deadline != null && wider.stream().noneMatch(flag -> flag.startsWith("--deadline"))) {
            words.add("--deadline " + Durations.format(deadline));
        }
        return String.join(" ", words);
    }

    /** The command with the sizes that were said of the model, without which it is not known. */
    private String planned() {
        Architecture said = request.said();
        return "finetune plan JOB"
                + (said == null
                        ? ""
                        : " --hidden-size " + said.hiddenSize() + " --layers " + said.layers() + " --vocabulary "
                                + said.vocabulary());
    }

    private static void addFlag(List<String> words, String flag, List<String> values) {
        if (!values.isEmpty()) {
            words.add(flag + " " + String.join(",", values));
        }
    }

    private static Duration upToTheMinute(Duration time) {
        return Duration.ofMinutes(time.plusSeconds(59).toMinutes());
    }

    private String words(PlanOption option) {
        MoneyRange foreseen = Ranking.billedAtMost(option);
        MoneyRange held = limits.held(option);
        boolean isMoreHeld = held.likely().amount().compareTo(foreseen.likely().amount()) > 0;
        return option.id() + ", foreseen to take " + besideLimit(foreseen.likely()) + " (up to "
                + besideLimit(foreseen.high()) + ") and "
                + Figures.duration(option.time().likely()) + " (up to "
                + Figures.duration(option.time().high()) + ")"
                + (isMoreHeld && limits.costsMore(held.likely())
                        ? "; with what a launch keeps back besides, the limit must be " + enough(held.likely())
                                + " at least (up to " + enough(held.high()) + ")"
                        : "");
    }

    /** To the cent; what breaks the limit is told as more than it. */
    private Money besideLimit(Money money) {
        return limits.costsMore(money) ? enough(money) : toTheCent(money);
    }

    private static Money toTheCent(Money money) {
        return new Money(money.amount().setScale(CENTS, RoundingMode.HALF_UP), money.currency());
    }

    /** To the cent, and no less: as a limit it does. */
    private static Money enough(Money money) {
        return new Money(money.amount().setScale(CENTS, RoundingMode.UP), money.currency());
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
                Optional<String> change = ownMachine(rejection.target()).flatMap(this::leastChange);
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
            Optional<String> change = leastChange(machine.get());
            problem.because(rejection.target() + " " + rejection.name() + ": " + rejection.reason()
                    + change.map(words -> "; fits with " + words).orElseGet(() -> triedInVain(rejection.target())));
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

    private Optional<String> leastChange(OwnMachine machine) {
        Map<String, FineTuneJob> changes = smallerBatches();
        changes.putAll(changes(machine.target()));
        return leastChange(
                changes,
                job -> new OwnMachinePlanner(job, worlds, assumptions, List.of(), null, errors, memoryHere)
                        .fits(machine));
    }

    private Optional<String> leastChange(MachineOffer machine) {
        return leastChange(changes(machine.target()), job -> fits(job, machine));
    }

    /** The first of the changes, the mildest first, with which a job fits. */
    private Optional<String> leastChange(Map<String, FineTuneJob> changes, Predicate<PlannedJob> fits) {
        return changes.entrySet().stream()
                .filter(change -> fits.test(new PlannedJob(figures).with(change.getValue())))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What was tried and does not do; empty where there was nothing to try. */
    private String triedInVain(ProviderId place) {
        Set<String> tried = changes(place).keySet();
        List<String> kinds = new ArrayList<>();
        if (tried.stream().anyMatch(change -> change.startsWith("training.max-tokens"))) {
            kinds.add("shorter row");
        }
        if (tried.stream().anyMatch(change -> change.startsWith("method.rank"))) {
            kinds.add("lower rank");
        }
        if (tried.contains("method: lora")) {
            kinds.add("LoRA");
        }
        if (tried.stream().anyMatch(change -> change.startsWith("method: qlora"))) {
            kinds.add("QLoRA");
        }
        return kinds.isEmpty() ? "" : "; no " + String.join(" or ", kinds) + " fits either";
    }

    /** The same steps of smaller micro-batches, the largest first. What runs on GPUs is given as much of a micro-batch at a time as fits. */
    private Map<String, FineTuneJob> smallerBatches() {
        FineTuneJob job = figures.file().job();
        TrainingSpec training = job.training();
        int stepRows = training.batchSize() * training.gradientAccumulation();
        Map<String, FineTuneJob> changes = new LinkedHashMap<>();
        for (int rows = training.batchSize() / 2; rows >= 1; rows /= 2) {
            int accumulation = stepRows / rows;
            if (stepRows % rows == 0 && accumulation <= MOST_ACCUMULATION) {
                TrainingSpec smaller = training.toBuilder()
                        .batchSize(rows)
                        .gradientAccumulation(accumulation)
                        .build();
                changes.put(
                        "training.batch-size: " + rows + " and training.gradient-accumulation: " + accumulation,
                        job.toBuilder().training(smaller).build());
            }
        }
        return changes;
    }

    /** The changes that the engine of a place would not refuse. */
    private Map<String, FineTuneJob> changes(ProviderId place) {
        Map<String, FineTuneJob> changes = changes();
        changes.values().removeIf(changed -> isRefused(place, changed.method()));
        return changes;
    }

    private boolean isRefused(ProviderId place, TuningMethod method) {
        boolean isGguf = figures.file().job().model().isGguf();
        return !refusals.at(place, method, figures.model().speaks(), isGguf).isEmpty();
    }

    private Map<String, FineTuneJob> changes() {
        FineTuneJob job = figures.file().job();
        Map<String, FineTuneJob> changes = new LinkedHashMap<>();
        LoraTuning lora = job.method().adapters().orElse(LoraTuning.defaults());
        if (job.training().recompute() == Recompute.NONE) {
            TrainingSpec again =
                    job.training().toBuilder().recompute(Recompute.AUTO).build();
            changes.put(
                    "training.recompute: auto", job.toBuilder().training(again).build());
        }
        if (job.method() instanceof LoraTuning && figures.model().speaks()) {
            changes.put(
                    "method: qlora",
                    job.toBuilder().method(new QloraTuning(lora)).build());
        }
        if (job.method() instanceof FullTuning && figures.model().speaks()) {
            changes.put("method: lora", job.toBuilder().method(lora).build());
            changes.put(
                    "method: qlora",
                    job.toBuilder().method(new QloraTuning(lora)).build());
        }
        changes.putAll(lowerRanks(job));
        int longest = (int) figures.rows().lengths().longest();
        for (int tokens = longest / 2; tokens >= SHORTEST_ROW; tokens /= 2) {
            FineTuneJob shorter = job.toBuilder()
                    .training(job.training().toBuilder().maxTokens(tokens).build())
                    .build();
            changes.put("training.max-tokens: " + tokens, shorter);
            if (!(job.method() instanceof QloraTuning) && figures.model().speaks()) {
                changes.put(
                        "method: qlora and training.max-tokens: " + tokens,
                        shorter.toBuilder().method(new QloraTuning(lora)).build());
            }
        }
        return changes;
    }

    /** Adapters of half the rank and less, on the weights as they are and packed. */
    private Map<String, FineTuneJob> lowerRanks(FineTuneJob job) {
        Map<String, FineTuneJob> changes = new LinkedHashMap<>();
        LoraTuning lora = job.method().adapters().orElse(null);
        if (lora == null) {
            return changes;
        }
        boolean isPacked = job.method() instanceof QloraTuning;
        for (int rank = lora.rank() / 2; rank >= LOWEST_RANK; rank /= 2) {
            LoraTuning lower = lora.toBuilder().rank(rank).build();
            TuningMethod packed = new QloraTuning(lower);
            changes.put(
                    "method.rank: " + rank,
                    job.toBuilder().method(isPacked ? packed : lower).build());
            if (!isPacked && figures.model().speaks()) {
                changes.put(
                        "method.kind: qlora and method.rank: " + rank,
                        job.toBuilder().method(packed).build());
            }
        }
        return changes;
    }

    private boolean fits(PlannedJob job, MachineOffer machine) {
        Gpus own = machine.gpus();
        Optional<Gpu> gpu = own == null ? Optional.empty() : gpus.find(own.name());
        return own != null
                && gpu.isPresent()
                && new MachinePlanner(job, ownModels, refusals, worlds, assumptions, errors)
                                .run(machine.target(), gpu.get(), own.count())
                                .fit()
                        == Fit.FITS;
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
            remedies.add(isNarrowed() ? planned() : "targets: [" + target + "]");
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
                + toTheCent(Ranking.billedAtMost(option).likely());
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
                        .thenComparing(
                                option -> Ranking.billedAtMost(option).likely().amount()));
    }
}
