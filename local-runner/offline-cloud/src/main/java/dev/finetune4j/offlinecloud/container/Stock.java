package dev.finetune4j.offlinecloud.container;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which machines are free. Guarded by the service that owns it. */
public final class Stock {
    private final Set<String> soldOut = new HashSet<>();
    private final Map<String, Instant> freeSince = new HashMap<>();

    /** Machines of all types are free at first. */
    public Stock() {}

    /** From now on no machine of a type is free. */
    public void sellOut(String instanceType) {
        soldOut.add(instanceType);
    }

    /** From some time on there are machines of a type again. */
    public void restock(String instanceType, Instant at) {
        soldOut.remove(instanceType);
        freeSince.put(instanceType, at);
    }

    /** When a machine can be had that is wanted from some time on; empty as long as none is free. */
    public Optional<Instant> readyAt(String instanceType, Instant wanted) {
        if (soldOut.contains(instanceType)) {
            return Optional.empty();
        }
        Instant free = freeSince.getOrDefault(instanceType, wanted);
        return Optional.of(free.isAfter(wanted) ? free : wanted);
    }
}
