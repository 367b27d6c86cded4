package dev.finetune4j.spi;

import dev.finetune4j.run.RunEvent;
import java.util.List;

/**
 * Events after a cursor.
 *
 * @param events in order; empty where there is nothing new
 * @param next the cursor for the next call; opaque, survives a restart of the client
 */
public record EventPage(List<RunEvent> events, String next) {
    /** The cursor before the first event. */
    public static final String START = "";

    /** Copies the events. */
    public EventPage {
        events = List.copyOf(events);
    }
}
