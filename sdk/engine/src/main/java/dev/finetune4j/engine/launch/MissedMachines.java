package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Block;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.error.FineTuneException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Machines that runs of this computer have lately left since they were not to be had: another run would wait for them in vain, too. A run
 * that had nowhere to go says nothing: what it ended of is known to be a lack of machines only to its place.
 */
public final class MissedMachines {
    private final RunStore store;
    private final Instant now;

    /**
     * Those of the runs of a home.
     *
     * @param now the end of the time that is looked back
     */
    public MissedMachines(RunStore store, Instant now) {
        this.store = store;
        this.now = now;
    }

    /** Ids of their plan options, each with when it was last missed. */
    public Map<String, Instant> all() {
        Map<String, Instant> missed = new LinkedHashMap<>();
        for (RunFolder folder : store.changedSince(now.minus(Block.MACHINE_LASTS))) {
            try {
                Block.of(folder.read()).stream()
                        .filter(block -> block.scope() == Block.Scope.MACHINE)
                        .forEach(block -> missed.merge(
                                block.asked().option(), block.at(), (one, other) -> one.isAfter(other) ? one : other));
            } catch (FineTuneException e) {
                // What a journal that cannot be read would have told is found out again, at no cost.
            }
        }
        missed.values().removeIf(at -> at.plus(Block.MACHINE_LASTS).isBefore(now));
        return missed;
    }
}
