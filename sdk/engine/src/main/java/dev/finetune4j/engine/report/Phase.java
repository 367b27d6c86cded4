package dev.finetune4j.engine.report;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time that a run spent in one state.
 *
 * @param state the state
 * @param from when it began
 * @param duration how long it lasted
 */
public record Phase(RunState state, Instant from, Duration duration) {
    /** The phases of a run, in order; states that lasted no time are left out, and so is the time
     * between a success and what comes after it on this machine. The last phase ends with the last event. */
    public static List<Phase> of(List<RunEvent> events) {
        List<Phase> phases = new ArrayList<>();
        RunEvent.StateChanged open = null;
        for (RunEvent event : events) {
            if (event instanceof RunEvent.StateChanged next && (open == null || next.state() != open.state())) {
                close(phases, open, next.at());
                open = next;
            }
        }
        if (open != null && !open.state().isTerminal()) {
            close(phases, open, events.get(events.size() - 1).at());
        }
        return phases;
    }

    private static void close(List<Phase> phases, RunEvent.@Nullable StateChanged open, Instant end) {
        if (open != null && open.state() != RunState.SUCCEEDED && end.isAfter(open.at())) {
            phases.add(new Phase(open.state(), open.at(), Duration.between(open.at(), end)));
        }
    }
}
