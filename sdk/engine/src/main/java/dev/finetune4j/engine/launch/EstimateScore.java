package dev.finetune4j.engine.launch;

import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How good estimates of one kind were at one place.
 *
 * @param target the place
 * @param basis what they were told from
 * @param time of the time that runs took
 * @param memory of their peak memory
 * @param spend of what was spent; what cost nothing, as foreseen, does not count
 */
public record EstimateScore(ProviderId target, Foreseen.Basis basis, Quantity time, Quantity memory, Quantity spend) {
    /**
     * How good the estimates of a quantity were.
     *
     * @param runs runs that tell
     * @param medianError median of |actual / likely - 1|, a fraction; null without runs
     * @param insideInterval share of the runs within P10 to P90, a fraction; null without runs
     */
    public record Quantity(
            int runs,
            @Nullable Double medianError,
            @Nullable Double insideInterval) {
        private static Quantity of(Stream<Trial> trials) {
            List<Trial> all = trials.filter(trial -> trial.likely > 0).toList();
            if (all.isEmpty()) {
                return new Quantity(0, null, null);
            }
            double[] errors = all.stream()
                    .mapToDouble(trial -> Math.abs(trial.actual / trial.likely - 1))
                    .sorted()
                    .toArray();
            double middle = (errors[(errors.length - 1) / 2] + errors[errors.length / 2]) / 2;
            long inside = all.stream()
                    .filter(trial -> trial.low <= trial.actual && trial.actual <= trial.high)
                    .count();
            return new Quantity(all.size(), middle, inside / (double) all.size());
        }
    }

    private record Trial(double low, double likely, double high, double actual) {}

    private record Kind(ProviderId target, Foreseen.Basis basis) {}

    /** The scores, by place and by what was known. */
    public static List<EstimateScore> of(List<PastEstimate> estimates) {
        Map<Kind, List<PastEstimate>> byKind = new LinkedHashMap<>();
        estimates.stream()
                .sorted(Comparator.comparing((PastEstimate one) ->
                                one.figures().foreseen().target().value())
                        .thenComparing(one -> one.figures().foreseen().basis()))
                .forEach(one -> byKind.computeIfAbsent(
                                new Kind(
                                        one.figures().foreseen().target(),
                                        one.figures().foreseen().basis()),
                                key -> new ArrayList<>())
                        .add(one));
        return byKind.entrySet().stream()
                .map(entry -> new EstimateScore(
                        entry.getKey().target(),
                        entry.getKey().basis(),
                        Quantity.of(entry.getValue().stream().map(EstimateScore::time)),
                        Quantity.of(entry.getValue().stream()
                                .map(EstimateScore::memory)
                                .filter(Objects::nonNull)),
                        Quantity.of(entry.getValue().stream()
                                .map(EstimateScore::spend)
                                .filter(Objects::nonNull))))
                .toList();
    }

    private static Trial time(PastEstimate estimate) {
        DurationRange time = estimate.figures().foreseen().time();
        return new Trial(
                time.low().toMillis(),
                time.likely().toMillis(),
                time.high().toMillis(),
                estimate.figures().took().toMillis());
    }

    private static @Nullable Trial memory(PastEstimate estimate) {
        ByteRange memory = estimate.figures().foreseen().memory();
        long peak = estimate.figures().peakBytes();
        return memory == null || peak <= 0 ? null : new Trial(memory.low(), memory.likely(), memory.high(), peak);
    }

    private static @Nullable Trial spend(PastEstimate estimate) {
        MoneyRange cost = estimate.figures().foreseen().cost();
        Money spent = estimate.figures().spent();
        return cost == null || spent == null
                ? null
                : new Trial(
                        cost.low().amount().doubleValue(),
                        cost.likely().amount().doubleValue(),
                        cost.high().amount().doubleValue(),
                        spent.amount().doubleValue());
    }
}
