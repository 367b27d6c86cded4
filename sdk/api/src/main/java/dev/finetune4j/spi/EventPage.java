package dev.finetune4j.spi;

import dev.finetune4j.run.RunEvent;
import java.util.List;

/**
 * Events after a cursor.
 *
 * @param events in order; empty where there is nothing new
 * @param next the cursor for the next call; opaque, survives a restart of the client
 * @param isPending whether something that has happened is still on its way here, such as the last lines of a log: a job that has ended is
 *     not told to its end yet. Only where there are no events, and not for ever
 */
public record EventPage(List<RunEvent> events, String next, boolean isPending) {
    /** The cursor before the first event. */
    public static final String START = "";

    /** Copies the events. */
    public EventPage {
        events = List.copyOf(events);
    }

    /** A page after which nothing is known to be on its way. */
    public EventPage(List<RunEvent> events, String next) {
        this(events, next, false);
    }
}
