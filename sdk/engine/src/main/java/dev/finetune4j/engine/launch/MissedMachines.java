package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.MachineVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Machines that runs of this computer have lately left since they were not to be had: another run would wait for them in vain, too. A run
 * that had nowhere to go says nothing: what it ended of is known to be a lack of machines only to its place.
 */
public final class MissedMachines {
    /** So long a machine is not asked for again while there is another. Judgement: no place says when one is free. */
    static final Duration REMEMBERED = Duration.ofMinutes(30);

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
        for (RunFolder folder : store.changedSince(now.minus(REMEMBERED))) {
            try {
                of(folder.read())
                        .forEach((option, at) ->
                                missed.merge(option, at, (one, other) -> one.isAfter(other) ? one : other));
            } catch (FineTuneException e) {
                // What a journal that cannot be read would have told is found out again, at no cost.
            }
        }
        missed.values().removeIf(at -> at.plus(REMEMBERED).isBefore(now));
        return missed;
    }

    /** What one run was told: why it moved, and whether it ended for the same reason where there was no other machine. */
    private static Map<String, Instant> of(JournalContent content) {
        Map<String, Instant> missed = new LinkedHashMap<>();
        Set<String> reasons = new HashSet<>();
        String option = null;
        for (JournalLine line : content.lines()) {
            JournalEntry entry = line.entry();
            if (entry instanceof JournalEntry.Agreed agreed) {
                option = agreed.terms().option();
            } else if (entry instanceof JournalEntry.Moved moved) {
                if (moved.verdict() == MachineVerdict.NOT_FREE) { // not that this job may have none
                    missed(missed, option, line.at());
                    reasons.add(moved.why().code());
                }
                option = moved.terms().option();
            } else if (entry instanceof JournalEntry.Closed closed && reasons.contains(code(closed.problem()))) {
                missed(missed, option, line.at());
            }
        }
        return missed;
    }

    private static void missed(Map<String, Instant> missed, @Nullable String option, Instant at) {
        if (option != null) {
            missed.put(option, at);
        }
    }

    private static String code(@Nullable Problem problem) {
        return problem == null ? "" : problem.code();
    }
}
