package dev.finetune4j.json;

import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What a worker in a cloud's container prints: lines of events, and what its libraries say. */
public final class WorkerLines {
    private WorkerLines() {}

    /** Whether a line is an event, whatever it tells. */
    public static boolean isEvent(String line) {
        return line.startsWith(ContainerOrder.EVENT_MARK);
    }

    /**
     * The event that a line tells.
     *
     * @return empty where it tells none of a kind that is known, or a state, which the place tells
     */
    public static Optional<RunEvent> event(String line) {
        if (!isEvent(line)) {
            return Optional.empty();
        }
        try {
            RunEvent event = Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class);
            return event instanceof RunEvent.StateChanged ? Optional.empty() : Optional.of(event);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
