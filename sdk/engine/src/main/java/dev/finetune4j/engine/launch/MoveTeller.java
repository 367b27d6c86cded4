package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.ProviderId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The moves of a run to other machines, and its restarts, as events. Only its journal knows them: no place tells that a run came from elsewhere. */
final class MoveTeller {
    private final List<RunEvent> moves = new ArrayList<>();

    MoveTeller(JournalContent content) {
        ProviderId from = null;
        for (JournalLine line : content.lines()) {
            if (line.entry() instanceof JournalEntry.Agreed agreed) {
                from = agreed.terms().target();
            } else if (line.entry() instanceof JournalEntry.Moved move) {
                moves.add(event(move, !move.terms().target().equals(from), line.at()));
                from = move.terms().target();
            }
        }
    }

    private static RunEvent event(JournalEntry.Moved move, boolean isElsewhere, Instant at) {
        return new RunEvent.StateChanged(
                at,
                RunState.QUEUED,
                (move.isRestart() ? "begun anew on " : "moved to ")
                        + move.terms().target() + " " + move.terms().name()
                        + (isElsewhere ? ", where it begins from the start: " : ": ")
                        + move.why().summary());
    }

    /** All of them, the first move first. */
    List<RunEvent> all() {
        return List.copyOf(moves);
    }

    /** The move to the machine where the run is now; empty on the first machine. */
    Optional<RunEvent> last() {
        return moves.isEmpty() ? Optional.empty() : Optional.of(moves.get(moves.size() - 1));
    }
}
