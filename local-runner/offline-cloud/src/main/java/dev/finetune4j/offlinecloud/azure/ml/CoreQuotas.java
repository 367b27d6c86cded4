package dev.finetune4j.offlinecloud.azure.ml;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many cores of each family of machines may be used at once, and how many of all together that may be taken back. All have been raised,
 * where those of a new subscription begin at 0 for machines with GPUs. Guarded by the service that owns it.
 */
final class CoreQuotas {
    /** What the pool of all machines that may be taken back is called here. */
    static final String LOW_PRIORITY = "LowPriority";

    private static final int RAISED = 1000;

    private final Map<String, Integer> told = new LinkedHashMap<>();
    private final Map<String, Instant> changed = new HashMap<>();

    /** @throws IllegalArgumentException if there is no such family */
    void set(String family, int cores, Instant at) {
        if (!all().containsKey(family)) {
            throw new IllegalArgumentException("there is no family \"" + family + "\"; there are " + all().keySet());
        }
        told.put(family, cores);
        changed.put(family, at);
    }

    /** When the limit was told last; before any time if it never was. */
    Instant changedAt(String family) {
        return changed.getOrDefault(family, Instant.MIN);
    }

    int limit(String family) {
        return told.getOrDefault(family, RAISED);
    }

    /** All by family. */
    Map<String, Integer> all() {
        Map<String, Integer> all = new LinkedHashMap<>();
        all.put(LOW_PRIORITY, limit(LOW_PRIORITY));
        VmSize.ALL.forEach(size -> all.put(size.family(), limit(size.family())));
        return all;
    }

    /** What Azure calls the quota of a family. */
    static String named(String family) {
        return family.equals(LOW_PRIORITY)
                ? "Total Cluster Low Priority Regional vCPUs"
                : "Standard " + family.replaceFirst("^standard", "").replaceFirst("Family$", "")
                        + " Family Cluster Dedicated vCPUs";
    }
}
