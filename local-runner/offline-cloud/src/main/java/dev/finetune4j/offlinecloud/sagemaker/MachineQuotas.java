package dev.finetune4j.offlinecloud.sagemaker;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * How many machines of each type may train at once, on demand, on spot, and in warm pools. The account's have all been raised, where those
 * of a new one begin at 0 for machines with GPUs. Guarded by the service that owns it.
 */
final class MachineQuotas {
    /** What each is at first. */
    static final int RAISED = 100;

    private static final String TRAINING = " for training job usage";
    private static final String SPOT = " for spot training job usage";
    private static final String WARM_POOL = " for training warm pool usage";

    private final List<String> types;
    private final Map<String, Integer> told = new HashMap<>();

    /** @param types of all machines that train */
    MachineQuotas(List<String> types) {
        this.types = List.copyOf(types);
    }

    /** What jobs may use of a type, on demand and on spot alike. */
    void set(String instanceType, int instances) {
        told.put(instanceType + TRAINING, instances);
        told.put(instanceType + SPOT, instances);
    }

    /** @throws IllegalArgumentException if no quota has this name */
    void setNamed(String name, int instances) {
        if (!all().containsKey(name)) {
            throw new IllegalArgumentException("SageMaker has no quota \"" + name + "\"");
        }
        told.put(name, instances);
    }

    /** All quotas by their names. */
    Map<String, Integer> all() {
        Map<String, Integer> all = new TreeMap<>();
        for (String type : types) {
            for (String use : List.of(TRAINING, SPOT, WARM_POOL)) {
                all.put(type + use, RAISED);
            }
        }
        all.putAll(told);
        return all;
    }

    /**
     * Refuses a job for which a quota is too small.
     *
     * @param jobs all jobs
     * @param pools the machines that jobs kept
     */
    void check(JobRequest request, Collection<TrainingJob> jobs, WarmPools pools, Instant now) throws ServiceError {
        check(
                request,
                request.isSpot() ? SPOT : TRAINING,
                jobs,
                job -> !job.status().isTerminal() && job.request().isSpot() == request.isSpot());
        if (!request.keepAlive().isZero()) {
            check(
                    request,
                    WARM_POOL,
                    jobs,
                    job -> !job.request().keepAlive().isZero()
                            && (!job.status().isTerminal() || pools.isAvailable(job, now)));
        }
    }

    private void check(JobRequest request, String use, Collection<TrainingJob> jobs, Predicate<TrainingJob> counts)
            throws ServiceError {
        for (Map.Entry<String, Integer> asked : request.machines().entrySet()) {
            String name = asked.getKey() + use;
            int quota = told.getOrDefault(name, RAISED);
            int used = jobs.stream()
                    .filter(counts)
                    .mapToInt(job -> job.request().machines().getOrDefault(asked.getKey(), 0))
                    .sum();
            if (asked.getValue() > quota - used) {
                throw ServiceError.of(
                        "ResourceLimitExceeded",
                        "The account-level service limit '" + name + "' is " + quota
                                + " Instances, with current utilization of " + used
                                + " Instances and a request delta of " + asked.getValue()
                                + " Instances. Please use AWS Service Quotas to request an increase for this quota.");
            }
        }
    }
}
