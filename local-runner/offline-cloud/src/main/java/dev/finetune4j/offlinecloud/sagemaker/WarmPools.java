package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Machines that stay for a while after jobs that asked for that, and are paid for meanwhile. The next job of the same role on the same kind of
 * machine has them at once, wherever else none is free. Guarded by the service that owns them.
 */
final class WarmPools {
    /** What must be the same for machines to suit another job. */
    private static final List<String> ALIKE = List.of(
            "/RoleArn",
            "/ResourceConfig/InstanceType",
            "/ResourceConfig/InstanceCount",
            "/ResourceConfig/InstanceGroups",
            "/ResourceConfig/VolumeSizeInGB",
            "/ResourceConfig/VolumeKmsKeyId",
            "/VpcConfig",
            "/EnableNetworkIsolation",
            "/EnableInterContainerTrafficEncryption");

    private final Map<TrainingJob, Reuse> reuses = new HashMap<>();
    private final Map<TrainingJob, Instant> releases = new HashMap<>();

    private record Reuse(String job, Instant at) {}

    /** Gives a new job machines that were kept, if some suit; says whether. */
    boolean give(Collection<TrainingJob> jobs, JobRequest to, Instant now) {
        Optional<TrainingJob> from = jobs.stream()
                .filter(job -> isAvailable(job, now) && isAlike(job.request(), to))
                .findFirst();
        from.ifPresent(job -> reuses.put(job, new Reuse(to.name(), now)));
        return from.isPresent();
    }

    private static boolean isAlike(JobRequest one, JobRequest other) {
        return !other.isSpot()
                && ALIKE.stream().allMatch(member -> said(one, member).equals(said(other, member)));
    }

    /** A switch that is off is the same as one that is not there. */
    private static String said(JobRequest request, String member) {
        JsonNode value = request.body().at(member);
        return value.isMissingNode() || (value.isBoolean() && !value.asBoolean()) ? "" : value.toString();
    }

    /** Whether a job's machines wait for another job. */
    boolean isAvailable(TrainingJob job, Instant now) {
        return of(job, now)
                .filter(pool -> pool.path("Status").asText().equals("Available"))
                .isPresent();
    }

    /** What descriptions tell of a job's machines; empty if they are not kept, or there never were any. */
    Optional<ObjectNode> of(TrainingJob job, Instant now) {
        Duration kept = job.request().keepAlive();
        if ((kept.isZero() && !releases.containsKey(job)) || job.startedAt().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(job.endedAt().map(end -> after(job, end, kept, now)).orElseGet(() -> pool("InUse")));
    }

    private ObjectNode after(TrainingJob job, Instant end, Duration kept, Instant now) {
        Reuse reuse = reuses.get(job);
        if (reuse != null) {
            return retained(pool("Reused"), end, reuse.at()).put("ReusedByJob", reuse.job());
        }
        Instant last = releases.getOrDefault(job, end.plus(kept));
        return now.isBefore(last) ? retained(pool("Available"), end, now) : retained(pool("Terminated"), end, last);
    }

    private static ObjectNode pool(String status) {
        return Json.records().createObjectNode().put("Status", status);
    }

    private static ObjectNode retained(ObjectNode pool, Instant since, Instant until) {
        return pool.put(
                "ResourceRetainedBillableTimeInSeconds",
                Duration.between(since, until).toSeconds());
    }

    /**
     * Keeps the machines of a job for another time, counted from its end; they go at once where that is over.
     *
     * @throws ServiceError if they are not kept any more, or never were to be
     */
    void keep(TrainingJob job, Duration time, Instant now) throws ServiceError {
        String status = of(job, now).map(pool -> pool.path("Status").asText()).orElse("");
        if (!status.equals("Available") && !status.equals("InUse")) {
            throw ServiceError.invalid(
                    "KeepAlivePeriodInSeconds can be updated only while the warm pool of a training job is InUse or Available");
        }
        job.request().keepAlive(time);
        job.endedAt().filter(end -> !end.plus(time).isAfter(now)).ifPresent(end -> releases.put(job, now));
    }

    /** Of a job that is deleted. */
    void forget(TrainingJob job) {
        reuses.remove(job);
        releases.remove(job);
    }
}
