package dev.finetune4j.engine.journal;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of a journal.
 *
 * @param seq number from 1, without gaps
 * @param at when it was written
 * @param kind the entry's kind
 * @param entry the entry, or null where this version does not know its kind: a newer version wrote it
 */
public record JournalLine(
        long seq, Instant at, String kind, @Nullable JournalEntry entry) {
    /** The entry, if this version knows its kind. */
    public Optional<JournalEntry> known() {
        return Optional.ofNullable(entry);
    }
}
