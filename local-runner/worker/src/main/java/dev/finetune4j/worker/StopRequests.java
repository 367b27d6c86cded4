package dev.finetune4j.worker;

import dev.finetune4j.json.Durations;
import dev.finetune4j.training.loop.StopSignal;
import dev.finetune4j.worker.folder.JobFolder;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All ways in which a worker is told to stop: the termination signal, the stop file of its folder, its time limit. */
final class StopRequests implements StopSignal {
    private final JobFolder folder;
    private final Clock clock;
    private final @Nullable Duration limit;
    private final @Nullable Instant deadline;
    private volatile boolean terminated;

    /**
     * Watches a folder.
     *
     * @param limit limit of running time over all restarts, or null for none
     * @param ranBefore running time of earlier restarts
     */
    StopRequests(JobFolder folder, Clock clock, @Nullable Duration limit, Duration ranBefore) {
        this.folder = folder;
        this.clock = clock;
        this.limit = limit;
        deadline = limit == null ? null : clock.instant().plus(limit).minus(ranBefore);
    }

    /** The process got a termination signal. Safe to call from any thread. */
    void terminate() {
        terminated = true;
    }

    /** Whether the time is up. */
    boolean isOverTime() {
        return deadline != null && !clock.instant().isBefore(deadline);
    }

    @Override
    public Optional<String> reason() {
        if (limit != null && isOverTime()) {
            return Optional.of("the time limit of " + Durations.format(limit) + " is used up");
        }
        if (Files.exists(folder.stopRequest())) {
            return Optional.of("it was told to stop");
        }
        return terminated ? Optional.of("the process was told to end") : Optional.empty();
    }
}
