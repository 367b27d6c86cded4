package dev.finetune4j.spi;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.TokenOffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings that places have under the same name, so that a plan can say what was chosen of a place's machines or models. */
public final class PlaceSettings {
    /** The place's name of the region. */
    public static final String REGION = "region";

    /** The place's name of the machine. */
    public static final String MACHINE = "machine";

    /** {@code true} for a machine that may be taken back. */
    public static final String SPOT = "spot";

    /** The place's name of the model that it tunes, where it keeps the models itself; meant instead of the job's own. */
    public static final String MODEL = "model";

    /** Where a service may work on the data and on which terms, in the place's words: {@link TokenOffer#scope}. */
    public static final String SCOPE = "scope";

    private PlaceSettings() {}

    /** Settings with what was chosen for them. */
    public static Map<String, String> with(Map<String, String> settings, Offer chosen) {
        return chosen instanceof MachineOffer machine ? with(settings, machine) : with(settings, (TokenOffer) chosen);
    }

    private static Map<String, String> with(Map<String, String> settings, MachineOffer machine) {
        Map<String, String> chosen = new LinkedHashMap<>(settings);
        chosen.put(REGION, machine.region());
        chosen.put(MACHINE, machine.instanceType());
        chosen.put(SPOT, Boolean.toString(machine.tier() != PurchaseTier.ON_DEMAND));
        return chosen;
    }

    private static Map<String, String> with(Map<String, String> settings, TokenOffer service) {
        Map<String, String> chosen = new LinkedHashMap<>(settings);
        chosen.put(REGION, service.region());
        chosen.put(MODEL, service.model());
        chosen.put(SCOPE, service.scope());
        return chosen;
    }

    /** The tags of a setting, a text such as {@code team=search, cost-centre=4711}; what has no {@code =} is a key without a value. */
    public static Map<String, String> tags(String setting) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String part : setting.split(",", -1)) {
            if (!part.isBlank()) {
                String[] pair = part.split("=", 2);
                tags.put(pair[0].strip(), pair.length == 1 ? "" : pair[1].strip());
            }
        }
        return tags;
    }

    /**
     * Of each setting that a place does not have, that it has none.
     *
     * @param kind of the problems
     * @param service what the place is called
     * @param prefix in front of a setting's name in a job file
     * @param names of the settings that there are no such ones of
     * @param known names that there are
     * @param besides what else may be set, in words that follow a list; empty if nothing
     */
    public static List<Problem> unknown(
            ProblemKind kind,
            String service,
            String prefix,
            Collection<String> names,
            Set<String> known,
            String besides) {
        return names.stream()
                .map(name -> kind.error(service + " has no setting " + name)
                        .at(Location.ofKey(prefix + name))
                        .because("there are " + String.join(", ", known) + besides)
                        .remedy(Spelling.nearest(name, known)
                                .map(near -> "rename " + name + " to " + near)
                                .orElse("leave " + prefix + name + " out"))
                        .build())
                .toList();
    }

    /** Whether a setting is there, or one that is no setting and was most likely meant as it: to ask for it besides would mislead. */
    public static boolean isMeant(String setting, Map<String, String> settings, Set<String> known) {
        return settings.containsKey(setting)
                || settings.keySet().stream()
                        .filter(name -> !known.contains(name))
                        .anyMatch(name -> Spelling.nearest(name, known)
                                .filter(setting::equals)
                                .isPresent());
    }

    /** Whether settings leave open, or name, this machine. */
    public static boolean allow(Map<String, String> settings, MachineOffer machine) {
        Map<String, String> named = with(Map.of(), machine);
        return named.entrySet().stream()
                .allMatch(one ->
                        settings.getOrDefault(one.getKey(), one.getValue()).equals(one.getValue()));
    }
}
