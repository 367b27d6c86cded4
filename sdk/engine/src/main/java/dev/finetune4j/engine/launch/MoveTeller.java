package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The moves of a run to other machines, and its restarts, as events. Only its journal knows them: no place tells that a run came from elsewhere. */
final class MoveTeller {
    private final List<RunEvent> moves;

    MoveTeller(JournalContent content) {
        this.moves = content.lines().stream()
                .filter(line -> line.entry() instanceof JournalEntry.Moved)
                .map(line -> event((JournalEntry.Moved) line.entry(), line.at()))
                .toList();
    }

    private static RunEvent event(JournalEntry.Moved move, Instant at) {
        return new RunEvent.StateChanged(
                at,
                RunState.QUEUED,
                (move.isRestart() ? "begun anew on " : "moved to ")
                        + move.terms().target() + " " + move.terms().name() + ": "
                        + move.why().summary());
    }

    /** All of them, the first move first. */
    List<RunEvent> all() {
        return moves;
    }

    /** The move to the machine where the run is now; empty on the first machine. */
    Optional<RunEvent> last() {
        return moves.isEmpty() ? Optional.empty() : Optional.of(moves.get(moves.size() - 1));
    }
}
