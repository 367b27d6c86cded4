package dev.finetune4j.offlinecloud.container;

import java.time.Instant;
import java.util.Collection;
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

    /** When machines of some types can be had that are wanted together from some time on; empty as long as one of them is not free. */
    public Optional<Instant> readyAt(Collection<String> instanceTypes, Instant wanted) {
        Instant last = wanted;
        for (String type : instanceTypes) {
            Optional<Instant> ready = readyAt(type, wanted);
            if (ready.isEmpty()) {
                return ready;
            }
            last = ready.get().isAfter(last) ? ready.get() : last;
        }
        return Optional.of(last);
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
