package dev.finetune4j.cli;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.Predicate;

/** Tells which events of a run were there before a command. A place tells all of them to whoever comes, from the first. */
final class Past implements Predicate<RunEvent> {
    private final Instant lastSeen;
    private final boolean awaitsEnd;
    private boolean isEnding;

    /**
     * A past.
     *
     * @param lastSeen up to when everything was seen, by the clock of the run's place; that of this machine may be minutes off
     * @param awaitsEnd whether all is past until the run ends or begins to, seen or not
     */
    Past(Instant lastSeen, boolean awaitsEnd) {
        this.lastSeen = lastSeen;
        this.awaitsEnd = awaitsEnd;
    }

    /** What was seen of a run until now. */
    static Past seen(RunFolder run) {
        return new Past(lastSeen(run), false);
    }

    /** The same, and what happened until the run ends. */
    static Past untilItEnds(RunFolder run) {
        return new Past(lastSeen(run), true);
    }

    @Override
    public boolean test(RunEvent event) {
        if (!event.at().isAfter(lastSeen)) {
            return true;
        }
        isEnding |= event instanceof RunEvent.StateChanged change
                && (change.state() == RunState.STOPPING || change.state().isTerminal());
        return awaitsEnd && !isEnding;
    }

    private static Instant lastSeen(RunFolder run) {
        return run.read()
                .entries()
                .filter(JournalEntry.StateSeen.class::isInstance)
                .map(entry -> ((JournalEntry.StateSeen) entry).eventAt())
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }
}
