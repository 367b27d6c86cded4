package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.json.WorkerLines;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.Optional;

/** What a line of a container tells of its training. */
public interface LineReader {
    /** Lines of finetune4j's own worker, which hold whole events. States are told by the service. */
    LineReader WORKER = (line, at, steps) -> WorkerLines.event(line);

    /**
     * The event that a line tells.
     *
     * @param at when the service took the line
     * @param steps how many steps earlier lines of the container told
     * @return empty where it tells no event of a kind that is known
     */
    Optional<RunEvent> event(String line, Instant at, int steps);
}
