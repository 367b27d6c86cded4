package dev.finetune4j.offlinecloud.sagemaker;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which machines are free. Guarded by the service that owns it. */
final class Stock {
    private final Set<String> soldOut = new HashSet<>();
    private final Map<String, Instant> freeSince = new HashMap<>();

    void sellOut(String instanceType) {
        soldOut.add(instanceType);
    }

    void restock(String instanceType, Instant at) {
        soldOut.remove(instanceType);
        freeSince.put(instanceType, at);
    }

    /** When a machine can be had that is wanted from some time on; empty as long as none is free. */
    Optional<Instant> readyAt(String instanceType, Instant wanted) {
        if (soldOut.contains(instanceType)) {
            return Optional.empty();
        }
        Instant free = freeSince.getOrDefault(instanceType, wanted);
        return Optional.of(free.isAfter(wanted) ? free : wanted);
    }
}
