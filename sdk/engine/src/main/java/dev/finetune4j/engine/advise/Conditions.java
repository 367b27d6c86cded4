package dev.finetune4j.engine.advise;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** When a rule counts: every criterion that it names is answered, and within its bounds. */
final class Conditions {
    private record Interval(double from, double below) {}

    private final Map<Criterion, Interval> intervals = new EnumMap<>(Criterion.class);

    Conditions(Map<Criterion, Bounds> when) {
        when.forEach((criterion, bounds) ->
                intervals.put(criterion, new Interval(bounds.from(criterion), bounds.below(criterion))));
    }

    boolean hold(Situation situation) {
        for (Map.Entry<Criterion, Interval> entry : intervals.entrySet()) {
            Double answer = situation.answer(entry.getKey()).orElse(null);
            if (answer == null
                    || answer < entry.getValue().from()
                    || answer >= entry.getValue().below()) {
                return false;
            }
        }
        return true;
    }

    /** The numbers at which these begin or cease to hold as one criterion grows. */
    List<Double> edges(Criterion criterion) {
        Interval interval = intervals.get(criterion);
        return interval == null ? List.of() : List.of(interval.from(), interval.below());
    }

    /** What was answered, as in {@code rows 2,000, form fixed}, and a corpus also where none was; empty where nothing needs to be. */
    String show(Situation situation) {
        return intervals.keySet().stream()
                .sorted(Comparator.naturalOrder())
                .map(criterion -> criterion.key() + " "
                        + (situation.isKnown(criterion)
                                ? criterion.show(situation.answer(criterion).orElseThrow())
                                : "not named"))
                .collect(Collectors.joining(", "));
    }
}
