package dev.finetune4j.worker.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What all threads of this process have had of processors, and have waited for them, those included that have ended: the system forgets them, so
 * each counts as it was last seen. Look before threads that compute end.
 */
public final class ProcessorWatch {
    private final Machine machine;
    private final Map<String, ProcessorTime> seen = new HashMap<>();

    /** A watch that has seen nothing yet. */
    public ProcessorWatch(Machine machine) {
        this.machine = machine;
    }

    /** Sees how far each thread is. */
    public void look() {
        seen.putAll(machine.processorTimes());
    }

    /** What all have had, up to when each was seen last; empty if the system does not tell. */
    public Optional<ProcessorTime> seen() {
        return seen.values().stream().reduce(ProcessorTime::plus);
    }
}
