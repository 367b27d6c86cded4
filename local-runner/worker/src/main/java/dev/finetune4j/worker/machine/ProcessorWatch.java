package dev.finetune4j.worker.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long the threads of this process waited for processors that other programs had, since the watch began. Threads that have ended are
 * forgotten by the system, so each counts as it was last seen: look before threads that compute end.
 */
public final class ProcessorWatch {
    private final Machine machine;
    private final Map<String, ProcessorTime> seen = new HashMap<>();
    private final ProcessorTime before;
    private final Optional<MachineTime> machineBefore;

    /** A watch that begins now. */
    public ProcessorWatch(Machine machine) {
        this.machine = machine;
        look();
        this.before = all();
        this.machineBefore = machine.time();
    }

    /** Sees how far each thread is. */
    public void look() {
        seen.putAll(machine.processorTimes());
    }

    /**
     * Share of the time in which threads could have computed that they waited for other programs: what they waited, but no more than the share of
     * all processors that others had, since threads of one process wait for each other, too, above all while it starts. Empty if the system does
     * not tell.
     */
    public Optional<Double> waitingShare() {
        look();
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        ProcessorTime now = all();
        double waited = now.waitingShareSince(before);
        return Optional.of(machineBefore
                .flatMap(earlier ->
                        machine.time().map(time -> time.othersShareSince(earlier, now.had() - before.had())))
                .map(others -> Math.min(waited, others))
                .orElse(waited));
    }

    private ProcessorTime all() {
        return seen.values().stream().reduce(new ProcessorTime(0, 0), ProcessorTime::plus);
    }
}
