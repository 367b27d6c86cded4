package dev.finetune4j.engine.launch;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PlanOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
        if (chosen.settings().isEmpty()) {
            return chosen;
        }
        Set<Map<String, String>> known = new HashSet<>(Set.of(chosen.settings()));
        List<LaunchTerms> others = new ArrayList<>();
        for (PlanOption option : options) {
            if (others.size() < MOST && isComparable(option, chosen)) {
                launchable(option, terms)
                        .filter(other -> known.add(other.settings()))
                        .ifPresent(others::add);
            }
        }
        return chosen.alternatives(others);
    }

    /** What cannot be launched, or not within the budget, is no way out. */
    private static Optional<LaunchTerms> launchable(PlanOption option, Function<PlanOption, LaunchTerms> terms) {
        try {
            return Optional.of(terms.apply(option));
        } catch (FineTuneException e) {
            return Optional.empty();
        }
    }

    private static boolean isComparable(PlanOption option, LaunchTerms chosen) {
        return option.isEligible()
                && option.offer() instanceof MachineOffer
                && option.target().equals(chosen.target())
                && option.region().equals(chosen.region());
    }
}
