package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.models.ModelProblems;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.BreakEven;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what a job will take on every target. Always the same for the same question; asks nobody but what tells it of quotas. */
public final class Planner {
    private final PlanContext context;
    private final Worlds worlds = new Worlds();
    private final Assumptions assumptions;
    private final PastErrors errors;

    /** A planner in its surroundings. */
    public Planner(PlanContext context) {
        this.context = context;
        assumptions = Assumptions.shipped(context.places().startUps());
        errors = new PastErrors(context.estimates());
    }

    /** The plan of a job. It may have no option that can be chosen. */
    public Plan plan(JobFigures figures, PlanRequest request) {
        PlannedJob job = new PlannedJob(figures);
        return plan(job, figures, request, machinePlanner(job));
    }

    /** Bytes that the disk of a machine must hold at most while it trains a job. */
    public static long diskBytes(JobFigures figures) {
        return new PlannedJob(figures).diskBytes();
    }

    private Plan plan(PlannedJob job, JobFigures figures, PlanRequest request, MachinePlanner machines) {
        FineTuneJob asked = job.job();
        List<Offer> wanted = context.offers().stream()
                .filter(offer -> isWanted(offer, request, asked) && isOnTerms(offer, request) && isOpen(offer, asked))
                .toList();
        Hosting hosting = new Hosting(
                job,
                context.offers().stream()
                        .filter(offer -> request.filter().isInRegion(offer) && isInRegionOf(asked, offer))
                        .toList());
        ServicePlanner services = new ServicePlanner(job, context.places().equivalents(), worlds, assumptions);
        List<Rejection> rejections = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        if (isLearnedByMachines(asked)) {
            candidates.addAll(machines.plan(only(wanted, MachineOffer.class), request.everyRegion(), hosting));
        }
        candidates.addAll(services.plan(
                only(wanted, TokenOffer.class).stream()
                        .filter(this::isLaunchedByTheToken)
                        .toList(),
                request.everyRegion()));
        candidates.addAll(ownMachines(job, request, rejections));
        rejections.addAll(withoutMethod(asked, request, wanted));
        rejections.addAll(unsuited(asked, request)); // first, as the job itself says what is in the way
        rejections.addAll(machines.rejections());
        rejections.addAll(services.rejections());
        rejections.addAll(notByTheToken(wanted));
        rejections.addAll(new MissingRegions(request.filter().regions())
                .rejections(context.offers().stream()
                        .filter(offer -> isWanted(offer, request.everywhere(), asked) && isOnTerms(offer, request))
                        .filter(offer -> !(offer instanceof TokenOffer service) || isLaunchedByTheToken(service))
                        .toList()));
        Map<String, Diagnosis> lacks = lacks(candidates);
        Ranking ranking = ranking(figures, request);
        DiskShortages shortages =
                DiskShortages.of(candidates, context.disks().apply(machines(candidates)), job.diskBytes());
        List<Candidate> ranked = ranking.rank(shortages.noted(candidates), lacks);
        Optional<PlanOption> choice = ranking.choice(ranked);
        List<Problem> warnings = warnings(job, ranked, lacks);
        choice.flatMap(shortages::warning).ifPresent(warnings::add);
        return new Plan(
                asked.name(),
                asked.model().value(),
                context.today(),
                basis(figures),
                request.objective(),
                job.workload(),
                context.rehearsal(),
                ranked.stream().map(Candidate::option).toList(),
                choice.map(PlanOption::id).orElse(null),
                rejections.stream()
                        .sorted(Comparator.comparing(
                                Rejection::shortage, Comparator.nullsLast(Comparator.naturalOrder())))
                        .toList(),
                breakEven(ranked, figures, hosting).orElse(null),
                warnings);
    }

    /** No worker here learns but on the answers of rows. */
    static boolean isLearnedByMachines(FineTuneJob job) {
        return ServiceMethod.of(job.task().kind()) == ServiceMethod.SUPERVISED;
    }

    /** Places that would be asked, but that none of what they sell learns as the task is learned. */
    private List<Rejection> withoutMethod(FineTuneJob job, PlanRequest request, List<Offer> wanted) {
        if (isLearnedByMachines(job)) {
            return List.of();
        }
        List<ProviderId> targets = request.filter().targets();
        Set<ProviderId> asked = new TreeSet<>(Comparator.comparing(ProviderId::value));
        wanted.forEach(offer -> asked.add(offer.target()));
        context.ownMachines().stream()
                .map(OwnMachine::target)
                .filter(target -> targets.isEmpty() || targets.contains(target))
                .forEach(asked::add);
        asked.removeAll(Impasse.learning(job, wanted));
        return asked.stream()
                .map(target -> new Rejection(target, null, "it learns answers, not which of two is better", null))
                .toList();
    }

    /** A place whose jobs are paid by the hour may tune by the token besides; nothing launches that from here. */
    private boolean isLaunchedByTheToken(TokenOffer offer) {
        return !context.endurances().containsKey(offer.target());
    }

    private List<Rejection> notByTheToken(List<Offer> wanted) {
        return only(wanted, TokenOffer.class).stream()
                .filter(offer -> !isLaunchedByTheToken(offer))
                .map(TokenOffer::target)
                .distinct()
                .map(target ->
                        new Rejection(target, null, "what it tunes by the token is not launched from here", null))
                .toList();
    }

    /** What the quotas of the accounts lack for candidates, by the ids of their options. */
    private Map<String, Diagnosis> lacks(List<Candidate> candidates) {
        return context.quotas().apply(machines(candidates)).entrySet().stream()
                .filter(told -> told.getValue().verdict() == Diagnosis.Verdict.FAIL)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<MachineOffer> machines(List<Candidate> candidates) {
        return candidates.stream()
                .map(one -> one.option().offer())
                .filter(MachineOffer.class::isInstance)
                .map(MachineOffer.class::cast)
                .toList();
    }

    /** Places whose machines would be asked, but for what the job says of them. */
    private List<Rejection> unsuited(FineTuneJob job, PlanRequest request) {
        Map<ProviderId, List<MachineOffer>> machines = new LinkedHashMap<>();
        only(context.offers(), MachineOffer.class).stream()
                .filter(machine -> isWanted(machine, request, job))
                .forEach(machine -> machines.computeIfAbsent(machine.target(), key -> new ArrayList<>())
                        .add(machine));
        List<Rejection> unsuited = new ArrayList<>();
        machines.forEach((target, wanted) -> {
            if (wanted.stream().noneMatch(machine -> isOpen(machine, job))) {
                UnsuitedMachine.find(
                                wanted, job.settingsOf(target), request.filter().spot())
                        .ifPresent(why -> unsuited.add(new Rejection(target, null, why.why(), null)));
            }
        });
        return unsuited;
    }

    private List<Problem> warnings(PlannedJob job, List<Candidate> ranked, Map<String, Diagnosis> lacks) {
        List<Problem> warnings = new ArrayList<>(context.warnings());
        if (job.model().hasTower()) {
            warnings.add(ModelProblems.TOWER_NOT_COUNTED
                    .warning("the model reads pictures, too, and its tower for them is not counted")
                    .at(Location.ofKey("model"))
                    .because("its config.json has a vision_config; the "
                            + Figures.large(job.architecture().parameters())
                            + " parameters that are planned with are those of its model of text")
                    .build());
        }
        TaskMetrics.idleContinuations(job.job(), job.rows().areAnswered()).ifPresent(warnings::add);
        List<ProviderId> places =
                ranked.stream().map(candidate -> candidate.option().target()).toList();
        context.refusals().ofModel(job.model(), places).ifPresent(warnings::add);
        Rehearsal rehearsal = context.rehearsal();
        if (rehearsal != null) {
            RehearsalVerdict.of(job.job(), rehearsal.training()).ifPresent(warnings::add);
        }
        missingQuota(ranked, lacks).ifPresent(warnings::add);
        return warnings;
    }

    /** The best machine that would do but for a quota; for it alone anybody may want a larger one. */
    private static Optional<Problem> missingQuota(List<Candidate> ranked, Map<String, Diagnosis> lacks) {
        List<PlanOption> lacking = ranked.stream()
                .map(Candidate::option)
                .filter(option -> option.isEligible() && option.missingQuota() != null)
                .toList();
        if (lacking.isEmpty()) {
            return Optional.empty();
        }
        PlanOption best = lacking.get(0);
        Problem.Builder problem = PlanProblems.NO_QUOTA.warning(best.missingQuota() + " at " + best.target());
        Optional.ofNullable(lacks.get(best.id())).map(Diagnosis::remedy).ifPresent(problem::remedy);
        if (lacking.size() > 1) {
            problem.because((lacking.size() - 1) + " more options lack a quota, too");
        }
        return Optional.of(problem.build());
    }

    /**
     * What the job takes on this machine, of itself or by the model's sizes alone.
     *
     * @throws FineTuneException with FT0767 if this machine would refuse it, or there is no local runner
     */
    public PlanOption onThisMachine(JobFigures figures) {
        if (!isLearnedByMachines(figures.file().job())) {
            throw notRehearsed(figures)
                    .because("it learns answers, not which of two is better")
                    .asException();
        }
        List<Rejection> rejections = new ArrayList<>();
        OwnMachine here = ownMachine(ProviderId.LOCAL)
                .orElseThrow(() -> notRehearsed(figures)
                        .because("the local runner is not on the class path")
                        .asException());
        return ownMachinePlanner(new PlannedJob(figures))
                .plan(here, rejections)
                .map(Candidate::option)
                .orElseThrow(() -> refused(figures, here, rejections));
    }

    /**
     * What a run at a place will take; empty where it has no option there.
     *
     * @param target the place
     */
    public Optional<Foreseen> foreseen(JobFigures figures, ProviderId target) {
        PlannedJob job = new PlannedJob(figures);
        if (target.equals(ProviderId.LOCAL)) {
            return ownMachine(target).flatMap(machine -> ownMachinePlanner(job).foreseen(machine));
        }
        OfferFilter there = new OfferFilter(List.of(target), List.of(), List.of(), OfferFilter.Spot.NEVER, null);
        MachinePlanner machines = machinePlanner(job);
        PlanRequest request = new PlanRequest(there, Objective.BALANCED, null, null, false, null);
        return plan(job, figures, request, machines).options().stream()
                .findFirst()
                .map(option -> new Foreseen(
                        target,
                        Foreseen.Basis.SIZES,
                        figures.model().family(),
                        RunParameters.method(job.job()),
                        "",
                        option.time(),
                        1,
                        option.neededMemory(),
                        option.offer() instanceof MachineOffer
                                ? machines.ofMemory(target).factor()
                                : 1,
                        option.cost(),
                        steps(option, machines).orElse(null)));
    }

    private static Optional<Foreseen.Steps> steps(PlanOption option, MachinePlanner machines) {
        TrainerSettings settings = option.settings();
        if (!(option.offer() instanceof MachineOffer machine) || settings == null) {
            return Optional.empty();
        }
        String gpus = MachinePlanner.gpus(machine, settings);
        Correction correction = machines.ofSteps(machine, settings);
        return option.phases().stream()
                .filter(phase -> phase.name() == PlanPhase.Name.TRAINING)
                .findFirst()
                .map(training -> new Foreseen.Steps(gpus, training.time(), correction.factor()));
    }

    private MachinePlanner machinePlanner(PlannedJob job) {
        return machinePlanner(job, worlds);
    }

    private MachinePlanner machinePlanner(PlannedJob job, Worlds worlds) {
        return new MachinePlanner(job, context.places().ownModels(), context.refusals(), worlds, assumptions, errors);
    }

    private Optional<OwnMachine> ownMachine(ProviderId target) {
        return context.ownMachines().stream()
                .filter(machine -> machine.target().equals(target))
                .findFirst();
    }

    private static FineTuneException refused(JobFigures figures, OwnMachine here, List<Rejection> rejections) {
        Problem.Builder problem = notRehearsed(figures);
        if (here.refusals().isEmpty()) {
            rejections.forEach(rejection -> problem.because("this machine " + rejection.reason()));
        }
        for (Problem refusal : here.refusals()) {
            problem.because(refusal.code() + ": " + refusal.summary());
            refusal.causes().forEach(problem::because);
            refusal.remedies().forEach(problem::remedy);
        }
        return problem.asException();
    }

    private static Problem.Builder notRehearsed(JobFigures figures) {
        return PlanProblems.NOT_REHEARSED.error(figures.file().job().name() + " cannot be rehearsed on this machine");
    }

    private OwnMachinePlanner ownMachinePlanner(PlannedJob job) {
        return new OwnMachinePlanner(
                job, worlds, assumptions, context.past(), context.rehearsal(), errors, context.memoryHere());
    }

    /** Why a plan has no option that may be chosen, and what would change that, found by trying: at the job's targets, where it names any. */
    public Problem impasse(JobFigures figures, PlanRequest request, Plan plan) {
        List<ProviderId> targets = targets(figures, request);
        boolean isAsAsked = targets.equals(request.filter().targets());
        PlanRequest there = request.at(targets);
        return new Impasse(
                        figures,
                        context.offers(),
                        context.ownMachines(),
                        context.memoryHere(),
                        context.places().ownModels(),
                        context.refusals(),
                        worlds,
                        assumptions,
                        errors,
                        request.filter(),
                        there,
                        ranking(figures, there))
                .problem(isAsAsked ? plan : plan(figures, there));
    }

    /**
     * Refuses a saved plan of which something has moved.
     *
     * @param now the same job file as it is now
     * @throws FineTuneException with FT0765 and what has moved
     */
    public void refuseMoved(SavedPlan saved, JobFigures now) {
        List<String> differences =
                PlanDifferences.between(saved.plan(), basis(now), new PlannedJob(now).workload(), context.offers());
        if (!differences.isEmpty()) {
            Problem.Builder problem = PlanProblems.MOVED.error(saved.plan().job() + " is not what was planned on "
                    + saved.plan().date());
            differences.forEach(problem::because);
            throw problem.asException();
        }
    }

    /**
     * Refuses a plan where what it says holds for other rows only.
     *
     * @param rows digest of the rows that would be sent
     * @throws FineTuneException with FT0765 if they are others
     */
    public static void refuseOtherRows(Plan plan, String rows) {
        if (!plan.basis().data().equals(rows)) {
            throw PlanProblems.MOVED
                    .error(plan.job() + " has other rows than were planned on " + plan.date())
                    .because("data: others"
                            + PlanDifferences.digests(plan.basis().data(), rows))
                    .asException();
        }
    }

    /** A job that asks a place for spot asks for it in each plan. */
    static boolean isWanted(Offer offer, PlanRequest request, FineTuneJob job) {
        boolean isSpotAsked =
                Boolean.parseBoolean(job.settingsOf(offer.target()).get(PlaceSettings.SPOT));
        return (isSpotAsked ? request.filter().orSpot() : request.filter()).test(offer);
    }

    /** Half the price, for what may be interrupted: the services' spot. */
    private static boolean isOnTerms(Offer offer, PlanRequest request) {
        return request.filter().spot() != OfferFilter.Spot.NEVER
                || !(offer instanceof TokenOffer service)
                || !Boolean.TRUE.equals(service.isPreemptible());
    }

    /** Where the job names a machine or a region of a place, there are no others. */
    private static boolean isOpen(Offer offer, FineTuneJob job) {
        return !(offer instanceof MachineOffer machine)
                || PlaceSettings.allow(job.settingsOf(machine.target()), machine);
    }

    private static boolean isInRegionOf(FineTuneJob job, Offer offer) {
        String region = job.settingsOf(offer.target()).get(PlaceSettings.REGION);
        return region == null || region.equals(offer.region());
    }

    private static <T extends Offer> List<T> only(List<Offer> offers, Class<T> kind) {
        return offers.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private List<Candidate> ownMachines(PlannedJob job, PlanRequest request, List<Rejection> rejections) {
        OfferFilter filter = request.filter();
        if (!filter.gpus().isEmpty() || !filter.regions().isEmpty() || filter.spot() == OfferFilter.Spot.ONLY) {
            return List.of();
        }
        if (!isLearnedByMachines(job.job())) {
            return List.of();
        }
        OwnMachinePlanner planner = ownMachinePlanner(job);
        List<Candidate> candidates = new ArrayList<>();
        for (OwnMachine machine : context.ownMachines()) {
            if (filter.targets().isEmpty() || filter.targets().contains(machine.target())) {
                planner.plan(machine, rejections).ifPresent(candidates::add);
            }
        }
        return candidates;
    }

    /** Where the choice must be, which the request says, or else the job; empty where it may be anywhere. */
    private static List<ProviderId> targets(JobFigures figures, PlanRequest request) {
        List<ProviderId> targets = request.filter().targets();
        return targets.isEmpty() ? figures.file().saidTargets() : targets;
    }

    private Ranking ranking(JobFigures figures, PlanRequest request) {
        FineTuneJob job = figures.file().job();
        Money maxCost =
                request.maxCost() != null ? request.maxCost() : job.budget().maxCost();
        if (maxCost != null && !maxCost.currency().equals(Bill.CURRENCY)) {
            Problem.Builder problem = PlanProblems.OTHER_CURRENCY.error(
                    "the limit is " + maxCost + ", the prices are in " + Bill.CURRENCY);
            throw (request.maxCost() == null
                            ? problem.at(Location.ofKey("budget.max-cost"))
                            : problem.remedy("finetune plan JOB --max-cost \"5 USD\""))
                    .asException();
        }
        Duration deadline =
                request.deadline() != null ? request.deadline() : job.budget().maxTime();
        return new Ranking(
                request.objective(),
                new Budget(maxCost, deadline),
                Set.copyOf(targets(figures, request)),
                hubMachines(),
                context.missed(),
                context.endurances());
    }

    private PlanBasis basis(JobFigures figures) {
        Map<String, String> prices = new TreeMap<>();
        context.offers()
                .forEach(offer -> prices.put(
                        offer.id(),
                        offer.price().map(price -> price.amount().toString()).orElse("?")));
        KeptSettings settings = KeptSettings.of(figures.file());
        return new PlanBasis(
                settings.digests(), settings.plain(), figures.rows().digest(), Json.digest(prices), context.version());
    }

    /** Between the cheapest service and the machines that are bought. */
    private Optional<BreakEven> breakEven(List<Candidate> ranked, JobFigures figures, Hosting hosting) {
        List<Candidate> machines = hubMachines().othersOrAll(cheapestFirst(ranked, MachineOffer.class, true));
        return Stream.concat(
                        cheapestFirst(ranked, TokenOffer.class, true).stream(),
                        cheapestFirst(ranked, TokenOffer.class, false).stream())
                .findFirst()
                .filter(service -> !machines.isEmpty())
                .map(service -> {
                    Worlds again = new Worlds(); // the same ones; what is drawn of other numbers of rows is not kept
                    return new EvenRows(figures, job -> machinePlanner(job, again), hosting).between(service, machines);
                });
    }

    private HubMachines hubMachines() {
        return new HubMachines(context.places().ownModels());
    }

    private static List<Candidate> cheapestFirst(
            List<Candidate> ranked, Class<? extends Offer> kind, boolean isOwnModel) {
        return ranked.stream()
                .filter(one -> kind.isInstance(one.option().offer())
                        && one.option().cost() != null
                        && one.option().fit() == Fit.FITS)
                .filter(one -> one.option().otherModel() == null == isOwnModel)
                .sorted(Comparator.comparingDouble(Planner::likely))
                .toList();
    }

    private static double likely(Candidate candidate) {
        MoneyRange cost = candidate.option().cost();
        return cost == null ? Double.MAX_VALUE : cost.likely().amount().doubleValue();
    }
}
