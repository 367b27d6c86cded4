package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A container around which everything is done as the job's role: without leave for the image it never runs, without leave for the log
 * nothing of what it prints is kept.
 */
final class ContainerAsRole implements Container {
    private final Container container;
    private final JobAccesses accesses;
    private final Gate gate;
    private final String logGroup;
    private final Consumer<String> curves;

    /** @param curves opens the curves of a job, by its name */
    ContainerAsRole(Container container, JobAccesses accesses, Gate gate, String logGroup, Consumer<String> curves) {
        this.container = container;
        this.accesses = accesses;
        this.gate = gate;
        this.logGroup = logGroup;
        this.curves = curves;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        Optional<String> denial = denial(job, accesses.toStart(job));
        if (denial.isPresent()) {
            return new NeverRan(Ending.ofClient(at, denial.get()));
        }
        if (denial(job, List.of(accesses.toMeasure(logGroup))).isEmpty()) {
            curves.accept(new JobRequest(job).name()); // without them it runs all the same
        }
        boolean isLogged = denial(job, accesses.toLog(job, logGroup)).isEmpty();
        return container.start(job, at, ranBefore, isLogged ? log : line -> {});
    }

    private Optional<String> denial(ObjectNode job, List<Access> all) {
        try {
            for (Access access : all) {
                gate.admitRole(job.path("RoleArn").asText(), access);
            }
            return Optional.empty();
        } catch (ServiceError error) {
            return Optional.of(String.valueOf(error.getMessage()));
        }
    }

    private record NeverRan(Ending end) implements Running {
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
}
