package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.price.RegionGroups;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.value.ProviderId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells of places that have nothing in the regions that are asked for, by the names that these have there: each place has its own. */
final class MissingRegions {
    private static final int NAMED = 4;

    private final RegionGroups groups;
    private final List<String> asked;

    MissingRegions(List<String> asked) {
        this(asked, RegionGroups.known());
    }

    MissingRegions(List<String> asked, RegionGroups groups) {
        this.asked = asked;
        this.groups = groups;
    }

    /**
     * The places that are left out.
     *
     * @param offers what is wanted, in whatever region it is
     */
    List<Rejection> rejections(List<Offer> offers) {
        if (asked.isEmpty()) {
            return List.of();
        }
        Map<ProviderId, Set<String>> regions = new TreeMap<>(Comparator.comparing(ProviderId::value));
        offers.forEach(offer ->
                regions.computeIfAbsent(offer.target(), key -> new TreeSet<>()).add(offer.region()));
        return regions.entrySet().stream()
                .filter(place -> place.getValue().stream().noneMatch(this::isAsked))
                .map(place -> new Rejection(place.getKey(), null, reason(place.getValue()), null))
                .toList();
    }

    private boolean isAsked(String region) {
        return asked.stream().anyMatch(word -> groups.isIn(region, word));
    }

    private String reason(Set<String> own) {
        String nothing = "it has nothing in " + String.join(", ", asked) + "; ";
        Optional<String> meant = asked.stream()
                .flatMap(word -> groups.meant(word).stream())
                .filter(group -> own.stream().anyMatch(region -> groups.isIn(region, group)))
                .findFirst();
        return meant.map(group -> nothing + "--region " + group + " means its "
                        + named(own.stream()
                                .filter(region -> groups.isIn(region, group))
                                .toList()))
                .orElseGet(() -> nothing + "its regions are " + named(List.copyOf(own)));
    }

    private static String named(List<String> regions) {
        int more = regions.size() - NAMED;
        return more <= 1
                ? String.join(", ", regions)
                : String.join(", ", regions.subList(0, NAMED)) + " and " + more + " more";
    }
}
