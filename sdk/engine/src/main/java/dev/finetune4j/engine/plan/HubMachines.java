package dev.finetune4j.engine.plan;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.value.ProviderId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Machines of places that train models of their own alone, by scripts of their own. What such a machine saves is the comparison, which is left to
 * one's own, so that it comes second to those on which all of a job is done.
 *
 * @param places places whose machines train models of the place's own and no others
 */
record HubMachines(Set<ProviderId> places) {
    private boolean isOne(PlanOption option) {
        return places.contains(option.target());
    }

    /** All others first. */
    Comparator<PlanOption> second() {
        return Comparator.comparing(this::isOne);
    }

    /**
     * By a score, in which none is better than the same machine where all of a job is done; of two that are equal it comes second.
     *
     * @param score the less the better
     * @param options those that count as the same machine elsewhere
     */
    Comparator<PlanOption> secondBy(ToDoubleFunction<PlanOption> score, List<PlanOption> options) {
        Map<List<Object>, Double> whole = options.stream()
                .filter(option -> !isOne(option))
                .collect(Collectors.toMap(HubMachines::machine, score::applyAsDouble, Math::min));
        return Comparator.comparingDouble((PlanOption option) -> {
                    double own = score.applyAsDouble(option);
                    return isOne(option) ? Math.max(own, whole.getOrDefault(machine(option), own)) : own;
                })
                .thenComparing(second());
    }

    /** What is let, wherever it is. */
    private static List<Object> machine(PlanOption option) {
        return option.offer() instanceof MachineOffer machine
                ? List.of(machine.instanceType(), machine.region(), machine.tier())
                : List.of(option.id());
    }

    /** Those that are none; all where there are no others. */
    List<Candidate> othersOrAll(List<Candidate> machines) {
        List<Candidate> others =
                machines.stream().filter(one -> !isOne(one.option())).toList();
        return others.isEmpty() ? machines : others;
    }
}
