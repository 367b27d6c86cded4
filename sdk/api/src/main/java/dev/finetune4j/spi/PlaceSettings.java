package dev.finetune4j.spi;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.TokenOffer;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /** Whether settings leave open, or name, this machine. */
    public static boolean allow(Map<String, String> settings, MachineOffer machine) {
        Map<String, String> named = with(Map.of(), machine);
        return named.entrySet().stream()
                .allMatch(one ->
                        settings.getOrDefault(one.getKey(), one.getValue()).equals(one.getValue()));
    }
}
