package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why what a job says of a place leaves it no machine to train on.
 *
 * @param what it asks for, such as {@code in us-gov-west-1}
 * @param why that is not to be had
 * @param key the setting of the place that says so
 * @param isOfPlan whether the request for a plan asks for it, and no setting
 */
record UnsuitedMachine(String what, String why, String key, boolean isOfPlan) {
    /**
     * The first reason.
     *
     * @param machines what the place lets
     * @param settings of the job for that place
     * @param spot what the request for a plan says of machines that may be taken back
     */
    static Optional<UnsuitedMachine> find(
            List<MachineOffer> machines, Map<String, String> settings, OfferFilter.Spot spot) {
        String region = settings.get(PlaceSettings.REGION);
        String name = settings.get(PlaceSettings.MACHINE);
        if (region != null
                && !machines.isEmpty()
                && machines.stream().noneMatch(machine -> machine.region().equals(region))) {
            return because(
                    "in " + region, "what its machines cost in " + region + " is not known here", PlaceSettings.REGION);
        }
        boolean isSpotSaid = Boolean.parseBoolean(settings.get(PlaceSettings.SPOT));
        if ((isSpotSaid || spot == OfferFilter.Spot.ONLY)
                && !machines.isEmpty()
                && machines.stream().allMatch(machine -> machine.tier() == PurchaseTier.ON_DEMAND)) {
            return Optional.of(new UnsuitedMachine(
                    "on spot", "no machine there may be taken back", PlaceSettings.SPOT, !isSpotSaid));
        }
        return name == null
                ? Optional.empty()
                : named(machines, name, settings).flatMap(why -> because("on " + name, why, PlaceSettings.MACHINE));
    }

    private static Optional<UnsuitedMachine> because(String what, String why, String key) {
        return Optional.of(new UnsuitedMachine(what, why, key, false));
    }

    /** Why none of the machines of a name will do. */
    private static Optional<String> named(List<MachineOffer> machines, String name, Map<String, String> settings) {
        List<MachineOffer> named =
                machines.stream().filter(machine -> machine.name().equals(name)).toList();
        if (named.isEmpty()) {
            return Optional.of("no machine " + name + " is let there, as far as prices are known");
        } else if (named.stream().allMatch(machine -> machine.gpus() == null)) {
            return Optional.of(name + " has no GPU: what it would take is not estimated");
        } else if (named.stream().noneMatch(machine -> PlaceSettings.allow(settings, machine))) {
            return Optional.of(name + " is not let as the job asks for it (" + asked(settings) + ")");
        }
        return Optional.empty();
    }

    private static String asked(Map<String, String> settings) {
        return Stream.of(PlaceSettings.REGION, PlaceSettings.SPOT)
                .filter(settings::containsKey)
                .map(key -> key + ": " + settings.get(key))
                .collect(Collectors.joining(", "));
    }

    /** One thing to do. */
    String remedy(ProviderId target) {
        if (!key.equals(PlaceSettings.SPOT)) {
            return "finetune offers --target " + target;
        }
        return isOfPlan ? "finetune plan JOB --spot never" : "places." + target + ".spot: false";
    }
}
