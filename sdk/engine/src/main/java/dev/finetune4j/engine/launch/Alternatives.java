package dev.finetune4j.engine.launch;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Where a job goes if the machine that was chosen is not to be had. */
public final class Alternatives {
    /** More would be tried for hours, and be hard to agree to. */
    static final int MOST = 3;

    private Alternatives() {}

    /**
     * The next best machines of the same place and region, where the job's files lie, that the budget pays for; the best first.
     *
     * @param chosen terms of the plan's choice
     * @param options of the plan, the best first
     * @param terms tells those of another option; throws where it cannot be launched, or not within the budget
     */
    public static LaunchTerms with(
            LaunchTerms chosen, List<PlanOption> options, Function<PlanOption, LaunchTerms> terms) {
        return with(chosen, options, terms, place -> false);
    }

    /**
     * The same, and after them the best machines of other places, each place's in the one region of its best: what a run had at a place is left
     * behind there, so that it does not come back.
     *
     * @param isWayOut whether the job may go on at another place
     */
    public static LaunchTerms with(
            LaunchTerms chosen,
            List<PlanOption> options,
            Function<PlanOption, LaunchTerms> terms,
            Predicate<ProviderId> isWayOut) {
        if (chosen.settings().isEmpty()) {
            return chosen;
        }
        Set<Map<String, String>> known = new HashSet<>(Set.of(chosen.settings()));
        List<LaunchTerms> others = new ArrayList<>();
        Map<ProviderId, List<LaunchTerms>> elsewhere = new LinkedHashMap<>();
        int room = MOST;
        for (PlanOption option : options) {
            if (!option.isEligible() || option.missingQuota() != null || !(option.offer() instanceof MachineOffer)) {
                continue; // a machine that the quota does not leave would be waited for
            }
            if (option.target().equals(chosen.target())) {
                if (others.size() < MOST && option.region().equals(chosen.region())) {
                    launchable(option, terms)
                            .filter(other -> known.add(other.settings()))
                            .ifPresent(others::add);
                }
            } else if (room > 0 && isWayOut.test(option.target()) && isOfRegion(option, elsewhere)) {
                Optional<LaunchTerms> other = launchable(option, terms).filter(it -> known.add(it.settings()));
                if (other.isPresent()) {
                    elsewhere
                            .computeIfAbsent(option.target(), place -> new ArrayList<>())
                            .add(other.get());
                    room--;
                }
            }
        }
        elsewhere.values().forEach(others::addAll);
        return chosen.alternatives(others);
    }

    private static boolean isOfRegion(PlanOption option, Map<ProviderId, List<LaunchTerms>> elsewhere) {
        List<LaunchTerms> known = elsewhere.get(option.target());
        return known == null || known.get(0).region().equals(option.region());
    }

    /** What cannot be launched, or not within the budget, is no way out. */
    private static Optional<LaunchTerms> launchable(PlanOption option, Function<PlanOption, LaunchTerms> terms) {
        try {
            return Optional.of(terms.apply(option));
        } catch (FineTuneException e) {
            return Optional.empty();
        }
    }
}
