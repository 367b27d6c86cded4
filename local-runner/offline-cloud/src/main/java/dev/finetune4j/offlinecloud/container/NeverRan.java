package dev.finetune4j.offlinecloud.container;

import dev.finetune4j.offlinecloud.container.Container.Ending;
import dev.finetune4j.offlinecloud.container.Container.Running;
import java.time.Instant;
import java.util.Optional;

/**
 * A container that could not be started.
 *
 * @param end when, and why
 */
public record NeverRan(Ending end) implements Running {
    @Override
    public Optional<Instant> begunAt() {
        return Optional.empty();
    }

    @Override
    public Optional<Ending> ending() {
        return Optional.of(end);
    }

    @Override
    public void terminate(Instant at) {
        // there is nothing to end
    }

    @Override
    public void reclaim(Instant at) {
        // there is nothing to end
    }

    @Override
    public void kill(Instant at) {
        // there is nothing to end
    }

    @Override
    public void close() {
        // there is nothing to end
    }
}
