package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.spi.DiskSize;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a job runs on SageMaker, as a person says it. {@link SageMakerRules} tells what of it the service would refuse.
 *
 * @param role ARN of the role that the job runs as
 * @param region where it runs, which is where its files lie
 * @param store where inputs, checkpoints and results go: {@code s3://BUCKET/PREFIX}
 * @param machine type of the machine, such as {@code ml.g5.xlarge}
 * @param image the container's image in ECR, or null for Amazon's own
 * @param bringsWorker whether the image starts finetune4j's worker by itself, so that none comes with the job
 * @param volumeGb disk in GB; 0 for as much as comes with the machine, or {@link #DEFAULT_VOLUME_GB}, or more where the job needs more,
 *     where none does
 * @param isSpot whether the machine may be taken back, for a lower price
 * @param maxWait for a spot job: how long it may wait and run together, or null for as long as its budget pays for
 * @param maxPending how long a job on demand waits for a machine before it fails for want of one, or null for as long as the service lets it
 * @param kmsKey key that results, and a disk that does not come with the machine, are encrypted with; null for the account's own
 * @param subnets of the network that the container joins; empty for none
 * @param securityGroups of the container in that network; empty for none
 * @param isIsolated whether the container has no network at all
 * @param keepAlive how long the machine waits for another job, and is paid for; zero for not at all
 * @param tags tags of the job besides finetune4j's own, value by key
 */
public record SageMakerOptions(
        String role,
        String region,
        String store,
        String machine,
        @Nullable String image,
        boolean bringsWorker,
        int volumeGb,
        boolean isSpot,
        @Nullable Duration maxWait,
        @Nullable Duration maxPending,
        @Nullable String kmsKey,
        List<String> subnets,
        List<String> securityGroups,
        boolean isIsolated,
        Duration keepAlive,
        Map<String, String> tags) {
    /** Disk of a machine that comes without one, unless the job needs more: room for a model of 20 GB, an adapter of it and its checkpoints. */
    public static final int DEFAULT_VOLUME_GB = 100;

    /** Copies lists and map; a store may end with a slash. */
    public SageMakerOptions {
        store = store.endsWith("/") ? store.substring(0, store.length() - 1) : store;
        subnets = List.copyOf(subnets);
        securityGroups = List.copyOf(securityGroups);
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }

    /** Starts options with the defaults of all that has one. */
    public static Builder builder(String role, String region, String store, String machine) {
        return new Builder(role, region, store, machine);
    }

    /**
     * The same for a launch after others of the job, which do not wait and run for so long anew: all of them together may be billed for no
     * more than the first.
     *
     * @param billed how long the others were billed for
     * @param timeLimit how long the next may run, which it may wait and run for at least; null for as long as the service lets it
     */
    SageMakerOptions after(Duration billed, @Nullable Duration timeLimit) {
        if (maxWait == null || billed.isZero()) {
            return this;
        }
        Duration left = maxWait.minus(billed);
        return with(volumeGb, timeLimit != null && left.compareTo(timeLimit) < 0 ? timeLimit : left);
    }

    /**
     * The same with a disk that holds a job, where the machine comes without one and nobody has said how large it is to be.
     *
     * @param diskBytes what it must hold at most; null for as much as is usual
     */
    SageMakerOptions holding(@Nullable Long diskBytes) {
        if (diskBytes == null || volumeGb != 0 || new MachineKind(machine).hasOwnDisk()) {
            return this;
        }
        return with(Math.max(DEFAULT_VOLUME_GB, DiskSize.gigabytesFor(diskBytes)), maxWait);
    }

    private SageMakerOptions with(int otherVolumeGb, @Nullable Duration otherMaxWait) {
        return new SageMakerOptions(
                role,
                region,
                store,
                machine,
                image,
                bringsWorker,
                otherVolumeGb,
                isSpot,
                otherMaxWait,
                maxPending,
                kmsKey,
                subnets,
                securityGroups,
                isIsolated,
                keepAlive,
                tags);
    }

    /** Collects options that have defaults. */
    public static final class Builder {
        private final String role;
        private final String region;
        private final String store;
        private final String machine;
        private @Nullable String image;
        private boolean bringsWorker;
        private int volumeGb;
        private boolean isSpot;
        private @Nullable Duration maxWait;
        private @Nullable Duration maxPending;
        private @Nullable String kmsKey;
        private List<String> subnets = List.of();
        private List<String> securityGroups = List.of();
        private boolean isIsolated;
        private Duration keepAlive = Duration.ZERO;
        private Map<String, String> tags = Map.of();

        Builder(String role, String region, String store, String machine) {
            this.role = role;
            this.region = region;
            this.store = store;
            this.machine = machine;
        }

        /** See {@link SageMakerOptions#image}. */
        public Builder image(@Nullable String value) {
            image = value;
            return this;
        }

        /** See {@link SageMakerOptions#bringsWorker}. */
        public Builder bringsWorker(boolean value) {
            bringsWorker = value;
            return this;
        }

        /** See {@link SageMakerOptions#volumeGb}. */
        public Builder volumeGb(int value) {
            volumeGb = value;
            return this;
        }

        /** See {@link SageMakerOptions#isSpot}. */
        public Builder spot(boolean value) {
            isSpot = value;
            return this;
        }

        /** See {@link SageMakerOptions#maxWait}. */
        public Builder maxWait(@Nullable Duration value) {
            maxWait = value;
            return this;
        }

        /** See {@link SageMakerOptions#maxPending}. */
        public Builder maxPending(@Nullable Duration value) {
            maxPending = value;
            return this;
        }

        /** See {@link SageMakerOptions#kmsKey}. */
        public Builder kmsKey(@Nullable String value) {
            kmsKey = value;
            return this;
        }

        /** See {@link SageMakerOptions#subnets} and {@link SageMakerOptions#securityGroups}. */
        public Builder network(List<String> inSubnets, List<String> groups) {
            subnets = List.copyOf(inSubnets);
            securityGroups = List.copyOf(groups);
            return this;
        }

        /** See {@link SageMakerOptions#isIsolated}. */
        public Builder isolated(boolean value) {
            isIsolated = value;
            return this;
        }

        /** See {@link SageMakerOptions#keepAlive}. */
        public Builder keepAlive(Duration value) {
            keepAlive = value;
            return this;
        }

        /** See {@link SageMakerOptions#tags}. */
        public Builder tags(Map<String, String> value) {
            tags = value;
            return this;
        }

        /** The finished options. */
        public SageMakerOptions build() {
            return new SageMakerOptions(
                    role,
                    region,
                    store,
                    machine,
                    image,
                    bringsWorker,
                    volumeGb,
                    isSpot,
                    maxWait,
                    maxPending,
                    kmsKey,
                    subnets,
                    securityGroups,
                    isIsolated,
                    keepAlive,
                    tags);
        }
    }
}
