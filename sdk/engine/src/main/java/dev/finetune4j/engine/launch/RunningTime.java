package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.spi.Capabilities;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long a run ran where nothing is billed, which is held against its budget's max-time. */
final class RunningTime {
    private RunningTime() {}

    /**
     * From each launch of a run to its end, over all that it was resumed: the limit of a place is one over all restarts.
     *
     * @param ended when the last launch ended, if the journal does not tell
     */
    static Duration of(JournalContent content, Instant ended) {
        Duration before = Duration.ZERO;
        Instant launched = null;
        for (JournalLine line : content.lines()) {
            JournalEntry entry = line.entry();
            if (entry instanceof JournalEntry.Submitted) {
                launched = line.at();
            } else if (entry instanceof JournalEntry.StateSeen seen
                    && seen.state().isTerminal()) {
                before = before.plus(since(launched, seen.eventAt()));
                launched = null;
            } else if (entry instanceof JournalEntry.Moved || entry instanceof JournalEntry.Renewed) {
                before = Duration.ZERO;
                launched = null;
            }
        }
        return before.plus(since(launched, ended));
    }

    /** Whether a run that its budget stopped would be stopped again as soon as it is resumed: the limit of its place counts all that ran. */
    static boolean isUsedUp(boolean byBudget, Capabilities place) {
        return byBudget && place.supportsTimeLimit() && !place.bills();
    }

    private static Duration since(@Nullable Instant launched, Instant end) {
        return launched == null || end.isBefore(launched) ? Duration.ZERO : Duration.between(launched, end);
    }
}
