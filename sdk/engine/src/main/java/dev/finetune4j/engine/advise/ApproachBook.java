package dev.finetune4j.engine.advise;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Ranks the approaches. Points of the rules that hold are added up; what a rule rules out comes last. The same answers always give the same
 * ranking.
 */
public final class ApproachBook {
    private record Content(List<ApproachRule> rules, List<Complement> complements) {}

    private record Compiled<T>(T rule, Conditions conditions) {}

    private final List<Compiled<ApproachRule>> rules;
    private final List<Compiled<Complement>> complements;
    private final Map<Criterion, List<Double>> bands = new EnumMap<>(Criterion.class);

    private ApproachBook(Content content) {
        rules = content.rules().stream()
                .map(rule -> new Compiled<>(rule, new Conditions(rule.when())))
                .toList();
        complements = content.complements().stream()
                .map(rule -> new Compiled<>(rule, new Conditions(rule.when())))
                .toList();
        for (Criterion criterion : Criterion.values()) {
            bands.put(criterion, bandsOf(criterion));
        }
    }

    /** The book of this version. */
    public static ApproachBook shipped() {
        return new ApproachBook(Json.resource(ApproachBook.class, "approaches.json", new TypeReference<Content>() {}));
    }

    /** The advice for a task. */
    public Advice advise(Situation situation) {
        List<RankedApproach> ranking = rank(situation);
        Approach first = ranking.get(0).approach();
        List<Change> changes = new ArrayList<>();
        for (Criterion criterion : Criterion.values()) {
            changes.addAll(changes(situation, criterion, first));
        }
        List<Criterion> open = changes.stream()
                .map(Change::criterion)
                .distinct()
                .filter(criterion -> !situation.isKnown(criterion))
                .toList();
        return new Advice(situation, ranking, together(situation, first), changes, open);
    }

    /** All approaches, best first. */
    List<RankedApproach> rank(Situation situation) {
        Map<Approach, List<Reason>> reasons = new EnumMap<>(Approach.class);
        for (Compiled<ApproachRule> compiled : rules) {
            if (compiled.conditions().hold(situation)) {
                ApproachRule rule = compiled.rule();
                String given = compiled.conditions().show(situation);
                reasons.computeIfAbsent(rule.approach(), key -> new ArrayList<>())
                        .add(new Reason(given, rule.points(), rule.why(), rule.source(), rule.link()));
            }
        }
        return standings(situation).stream()
                .map(standing -> standing.because(reasons.getOrDefault(standing.approach(), List.of())))
                .toList();
    }

    /** All approaches, best first, without the reasons. */
    List<RankedApproach> standings(Situation situation) {
        Map<Approach, Integer> points = new EnumMap<>(Approach.class);
        Set<Approach> ruledOut = EnumSet.noneOf(Approach.class);
        for (Compiled<ApproachRule> compiled : rules) {
            if (compiled.conditions().hold(situation)) {
                Integer given = compiled.rule().points();
                if (given == null) {
                    ruledOut.add(compiled.rule().approach());
                } else {
                    points.merge(compiled.rule().approach(), given, Integer::sum);
                }
            }
        }
        return Stream.of(Approach.values())
                .map(approach -> new RankedApproach(
                        approach, points.getOrDefault(approach, 0), ruledOut.contains(approach), List.of()))
                .sorted(RankedApproach.BEST_FIRST)
                .toList();
    }

    private List<Advice.Together> together(Situation situation, Approach first) {
        return complements.stream()
                .filter(compiled -> compiled.rule().approach() == first
                        && compiled.conditions().hold(situation))
                .map(compiled -> {
                    Complement rule = compiled.rule();
                    String given = compiled.conditions().show(situation);
                    return new Advice.Together(
                            rule.with(), new Reason(given, 0, rule.why(), rule.source(), rule.link()));
                })
                .toList();
    }

    /** Answers to one criterion that put another approach first; neighbours with the same outcome are one. */
    private List<Change> changes(Situation situation, Criterion criterion, Approach first) {
        List<Double> starts = bands(criterion);
        List<Change> changes = new ArrayList<>();
        int i = 0;
        while (i < starts.size()) {
            Approach other = firstAt(situation, criterion, starts.get(i));
            int end = i + 1;
            while (end < starts.size() && firstAt(situation, criterion, starts.get(end)) == other) {
                end++;
            }
            if (other != first) {
                double below = end < starts.size() ? starts.get(end) : Double.POSITIVE_INFINITY;
                changes.add(new Change(criterion, criterion.show(starts.get(i), below), other));
            }
            i = end;
        }
        return changes;
    }

    private Approach firstAt(Situation situation, Criterion criterion, double answer) {
        return standings(situation.with(criterion, answer)).get(0).approach();
    }

    /** The least answer of each range of answers that no rule tells apart, in order. */
    List<Double> bands(Criterion criterion) {
        return bands.getOrDefault(criterion, List.of());
    }

    private List<Double> bandsOf(Criterion criterion) {
        TreeSet<Double> starts = new TreeSet<>(List.of(0.0));
        for (int word = 0; word < criterion.words().size(); word++) {
            starts.add((double) word);
        }
        rules.forEach(compiled -> starts.addAll(compiled.conditions().edges(criterion)));
        starts.remove(Double.POSITIVE_INFINITY);
        return List.copyOf(starts);
    }

    List<ApproachRule> rules() {
        return rules.stream().map(Compiled::rule).toList();
    }

    List<Complement> complements() {
        return complements.stream().map(Compiled::rule).toList();
    }
}
