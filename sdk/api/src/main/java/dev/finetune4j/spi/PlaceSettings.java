package dev.finetune4j.spi;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PurchaseTier;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings that every place which lets machines has under the same name, so that a plan can say which one was chosen. */
public final class PlaceSettings {
    /** The place's name of the region. */
    public static final String REGION = "region";

    /** The place's name of the machine. */
    public static final String MACHINE = "machine";

    /** {@code true} for a machine that may be taken back. */
    public static final String SPOT = "spot";

    private PlaceSettings() {}

    /** Settings with a machine that was chosen for them. */
    public static Map<String, String> with(Map<String, String> settings, MachineOffer machine) {
        Map<String, String> chosen = new LinkedHashMap<>(settings);
        chosen.put(REGION, machine.region());
        chosen.put(MACHINE, machine.instanceType());
        chosen.put(SPOT, Boolean.toString(machine.tier() != PurchaseTier.ON_DEMAND));
        return chosen;
    }

    /** Whether settings leave open, or name, this machine. */
    public static boolean allow(Map<String, String> settings, MachineOffer machine) {
        Map<String, String> named = with(Map.of(), machine);
        return named.entrySet().stream()
                .allMatch(one ->
                        settings.getOrDefault(one.getKey(), one.getValue()).equals(one.getValue()));
    }
}
