package dev.finetune4j.engine.launch;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the place of a job has against it: its settings, what the place cannot do, and what the place itself says. */
final class PlaceObjections {
    private final LaunchContext context;

    PlaceObjections(LaunchContext context) {
        this.context = context;
    }

    /** All that speaks against a job whose rows were looked at. */
    List<Problem> to(PreparedJob prepared, Provider provider) {
        Proposal proposal = prepared.proposal();
        List<Problem> problems = new ArrayList<>(provider.refusals(new Proposal(
                context.providers().at(provider.id(), proposal.job()),
                proposal.model(),
                proposal.rows(),
                proposal.answers())));
        if (FirstCheckpoint.countsAt(provider.capabilities())) {
            FirstCheckpoint.neverOnSpot(proposal, provider.id()).ifPresent(problems::add);
        }
        Terms.lacking(proposal.job().budget(), provider.id(), provider.capabilities())
                .ifPresent(problems::add);
        UsualRate.warning(proposal.job()).ifPresent(problems::add);
        unlearned(provider, proposal.job()).ifPresent(problems::add);
        uncompared(provider, prepared).ifPresent(problems::add);
        unrestarted(provider, proposal).ifPresent(problems::add);
        problems.addAll(undone(provider, prepared));
        return problems;
    }

    /**
     * What a place would refuse a job for whatever its rows. May ask the place.
     *
     * @param timeLimit how long it may run, or null where nothing limits it
     */
    List<Problem> whateverItsRows(FineTuneJob job, Provider provider, @Nullable Duration timeLimit) {
        List<Problem> problems =
                new ArrayList<>(unlearned(provider, job).stream().toList());
        problems.addAll(provider.objections(context.providers().at(provider.id(), job), timeLimit));
        return problems;
    }

    /** What a place tells of a job's settings there though it would take the job, and that it compares nothing. Asks nobody. */
    List<Problem> warnings(FineTuneJob job, Provider provider) {
        return Stream.concat(
                        provider.settingProblems().stream().filter(problem -> !problem.isError()),
                        comparesNothing(provider, job).stream())
                .toList();
    }

    /** What each of some places has against its own settings in a job; empty where one of them has nothing, or is not here. */
    List<Problem> contradictions(FineTuneJob job, List<ProviderId> targets, List<Offer> offers) {
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

    private List<Problem> undone(Provider provider, PreparedJob prepared) {
        Map<ProviderId, String> engine =
                provider.worker().map(name -> Map.of(provider.id(), name)).orElse(Map.of());
        FineTuneJob job = prepared.file().job();
        return new EngineRefusals(engine, context.workers().recipes())
                .at(provider.id(), job.method(), prepared.speaks(), job.model().isGguf());
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
        context.providers().ids().stream()
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
}
