package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Block;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.value.Kind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Machines that runs of this computer have lately left since they were not to be had: another run would wait for them in vain, too. A run
 * that had nowhere to go says nothing: what it ended of is known to be a lack of machines only to its place.
 */
final class MissedMachines {
    private static final String MOVE =
            '"' + JournalEntry.Moved.class.getAnnotation(Kind.class).value() + '"';

    private final RunStore store;
    private final Instant now;
    private final Quotas quotas;

    /** What places tell of their quotas now. */
    interface Quotas {
        /** Whether a machine is left to the account now; empty where its place does not tell. */
        Optional<Boolean> isLeft(LaunchTerms machine, FineTuneJob job);
    }

    /**
     * Those of the runs of a home.
     *
     * @param now the end of the time that is looked back
     */
    MissedMachines(RunStore store, Instant now, Quotas quotas) {
        this.store = store;
        this.now = now;
        this.quotas = quotas;
    }

    /** Ids of their plan options, each with when it was last missed. */
    Map<String, Instant> all() {
        Map<String, Instant> missed = new LinkedHashMap<>();
        for (RunFolder folder : store.changedSince(now.minus(Block.QUOTA_LASTS))) {
            if (!folder.mentions(MOVE)) {
                continue; // it has left no machine
            }
            try {
                JournalContent journal = folder.read();
                Block.of(journal).stream()
                        .filter(block -> block.isMissed(now) && !isLeftAgain(block, journal))
                        .forEach(block -> missed.merge(
                                block.asked().option(), block.at(), (one, other) -> one.isAfter(other) ? one : other));
            } catch (FineTuneException e) {
                // What a journal that cannot be read would have told is found out again, at no cost.
            }
        }
        return missed;
    }

    private boolean isLeftAgain(Block block, JournalContent journal) {
        return block.scope() == Block.Scope.QUOTA
                && block.at().plus(Block.MACHINE_LASTS).isBefore(now) // what the quota leaves may be in use just now
                && RunView.of(journal)
                        .flatMap(run -> quotas.isLeft(block.asked(), run.job()))
                        .orElse(false);
    }
}
