package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.NeverRan;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
        return start(List.of(job), at, ranBefore, List.of(log));
    }

    @Override
    public Running start(
            List<ObjectNode> hosts, Instant at, Duration ranBefore, List<? extends Consumer<String>> logs) {
        ObjectNode job = hosts.get(0);
        Optional<String> denial = denial(job, accesses.toStart(job));
        if (denial.isPresent()) {
            return new NeverRan(Ending.ofClient(at, denial.get()));
        }
        if (denial(job, List.of(accesses.toMeasure(logGroup))).isEmpty()) {
            curves.accept(new JobRequest(job).name()); // without them it runs all the same
        }
        List<Consumer<String>> kept = new ArrayList<>();
        for (int host = 0; host < hosts.size(); host++) {
            boolean isLogged =
                    denial(job, accesses.toLog(hosts.get(host), logGroup)).isEmpty();
            kept.add(isLogged ? logs.get(host) : line -> {});
        }
        return container.start(hosts, at, ranBefore, kept);
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
}
