package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.aws.internal.jobs.StoreLayout;
import dev.finetune4j.aws.internal.jobs.TrainingJobs;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.AlgorithmSpecification;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import software.amazon.awssdk.services.sagemaker.model.OutputCompressionType;
import software.amazon.awssdk.services.sagemaker.model.ResourceConfig;
import software.amazon.awssdk.services.sagemaker.model.RetryStrategy;
import software.amazon.awssdk.services.sagemaker.model.S3DataDistribution;
import software.amazon.awssdk.services.sagemaker.model.S3DataType;
import software.amazon.awssdk.services.sagemaker.model.StoppingCondition;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.VpcConfig;

/** From a staged job to the request that launches it. Asks nobody; the same job gives the same request each time. */
final class TrainingJobMapper {
    /** What the service allows a job at most. */
    static final Duration LONGEST_RUN = Duration.ofDays(28);

    /** Channel with the worker: its jars and a Java runtime, packed since S3 keeps no file modes. */
    static final String CODE_CHANNEL = WorkOrder.WORKER_CHANNEL;

    /** By it a job that is found is known to be the one that is meant. */
    static final String DIGEST_TAG = TrainingJobs.DIGEST_TAG;

    /**
     * How long a spot job waits beyond its running time unless somebody says otherwise. A machine loads its inputs anew as often as it is
     * taken back, which is billed and is no running time: only the limit of waiting and running together bounds it. So that is what the
     * budget pays for, less what the end takes ({@link SageMakerProvider#END}).
     */
    static final Duration USUAL_WAIT = SageMakerProvider.WIND_DOWN.minus(SageMakerProvider.END);

    /**
     * The service starts a spot job's container anew after an error of its own; the worker then goes on from its checkpoint. Each start is billed
     * and is no running time, which nothing bounds on demand: there the job fails, and goes on as another launch, within what is left.
     */
    private static final int SPOT_RETRIES = 1;

    /** Unpacks the worker beside its inputs, wherever these are, and becomes it, so that signals reach it. */
    private static final String START = "d=${SAGEMAKER_BASE_DIR:-/opt/ml}; mkdir -p $d/code && tar -xzf $d/input/data/"
            + CODE_CHANNEL + "/worker.tar.gz -C $d/code && exec /bin/sh $d/code/start";

    private static final String NUMBER = "([-+0-9.eE]+)";

    private final SageMakerOptions options;
    private final MachineKind machine;

    TrainingJobMapper(SageMakerOptions options) {
        this.options = options;
        machine = new MachineKind(options.machine());
    }

    /**
     * The request.
     *
     * @param image the container's image
     */
    CreateTrainingJobRequest request(StagedJob job, String image) {
        return CreateTrainingJobRequest.builder()
                .trainingJobName(job.name())
                .roleArn(options.role())
                .algorithmSpecification(algorithm(image))
                .hyperParameters(Map.of(ContainerOrder.DIGEST_SETTING, job.digest()))
                .inputDataConfig(channels(job))
                // Packing a model takes one thread for hours.
                .outputDataConfig(output -> output.s3OutputPath(options.store() + "/" + StoreLayout.RESULTS)
                        .kmsKeyId(options.kmsKey())
                        .compressionType(OutputCompressionType.NONE))
                .checkpointConfig(checkpoints -> checkpoints.s3Uri(options.store() + "/" + checkpoints(job.id())))
                .resourceConfig(resources())
                .stoppingCondition(limits(job))
                .enableManagedSpotTraining(options.isSpot())
                .enableNetworkIsolation(options.isIsolated())
                .vpcConfig(network())
                .retryStrategy(retries())
                // The service's own profiler would start jobs of its own, which count against other quotas.
                .profilerConfig(profiler -> profiler.disableProfiler(true))
                .tags(tags(job))
                .build();
    }

    /** An image that brings the worker starts it by itself. */
    private AlgorithmSpecification algorithm(String image) {
        AlgorithmSpecification.Builder algorithm = AlgorithmSpecification.builder()
                .trainingImage(image)
                .trainingInputMode(TrainingInputMode.FILE)
                .metricDefinitions(metrics());
        return options.bringsWorker()
                ? algorithm.build()
                : algorithm
                        .containerEntrypoint("/bin/sh")
                        .containerArguments("-c", START)
                        .build();
    }

    /** Below the store: every launch of a job has the same checkpoints, so that the next goes on where the last one was. */
    static String checkpoints(RunId id) {
        return StoreLayout.CHECKPOINTS + id;
    }

    /** How long a job may run; null is for no limit. */
    static Duration runtime(@Nullable Duration timeLimit) {
        return timeLimit == null ? LONGEST_RUN : timeLimit;
    }

    /** How long a spot job may wait and run together. */
    static Duration wait(@Nullable Duration timeLimit, SageMakerOptions options) {
        return options.maxWait() == null ? runtime(timeLimit).plus(USUAL_WAIT) : options.maxWait();
    }

    /** Tags of the job by their keys. */
    static Map<String, String> tagsByKey(StagedJob job, SageMakerOptions options) {
        Map<String, String> tags = new LinkedHashMap<>(options.tags());
        tags.putAll(job.labels());
        tags.put(DIGEST_TAG, job.digest());
        return tags;
    }

    /** Figures that the service draws as curves; they stand in the lines that the worker prints. */
    private static List<MetricDefinition> metrics() {
        return List.of(
                metric("train:loss", "step", "loss"),
                metric("train:learning_rate", "step", "learningRate"),
                metric("train:tokens_per_second", "step", "tokensPerSecond"),
                metric("validation:loss", "validation", "loss"));
    }

    private static MetricDefinition metric(String name, String kind, String key) {
        return MetricDefinition.builder()
                .name(name)
                .regex(ContainerOrder.EVENT_MARK + "\\{\"kind\":\"" + kind + "\".*\"" + key + "\":" + NUMBER)
                .build();
    }

    private List<Channel> channels(StagedJob job) {
        List<Channel> channels = new ArrayList<>();
        if (!options.bringsWorker()) {
            channels.add(channel(CODE_CHANNEL, job.codePrefix()));
        }
        channels.add(channel(ContainerOrder.CHANNEL, job.orderPrefix()));
        job.channels().forEach((name, prefix) -> channels.add(channel(name, prefix)));
        return channels;
    }

    private static Channel channel(String name, String prefix) {
        return Channel.builder()
                .channelName(name)
                .dataSource(source -> source.s3DataSource(store -> store.s3DataType(S3DataType.S3_PREFIX)
                        .s3Uri(prefix)
                        .s3DataDistributionType(S3DataDistribution.FULLY_REPLICATED)))
                .build();
    }

    private ResourceConfig resources() {
        ResourceConfig.Builder resources =
                ResourceConfig.builder().instanceType(options.machine()).instanceCount(1);
        if (!machine.hasOwnDisk()) {
            resources
                    .volumeSizeInGB(options.volumeGb() == 0 ? SageMakerOptions.DEFAULT_VOLUME_GB : options.volumeGb())
                    .volumeKmsKeyId(options.kmsKey());
        }
        if (!options.keepAlive().isZero()) {
            resources.keepAlivePeriodInSeconds((int) options.keepAlive().toSeconds());
        }
        return resources.build();
    }

    private StoppingCondition limits(StagedJob job) {
        StoppingCondition.Builder limits = StoppingCondition.builder()
                .maxRuntimeInSeconds((int) runtime(job.timeLimit()).toSeconds());
        if (options.isSpot()) {
            limits.maxWaitTimeInSeconds((int) wait(job.timeLimit(), options).toSeconds());
        }
        if (options.maxPending() != null) {
            limits.maxPendingTimeInSeconds((int) options.maxPending().toSeconds());
        }
        return limits.build();
    }

    private @Nullable RetryStrategy retries() {
        return options.isSpot()
                ? RetryStrategy.builder().maximumRetryAttempts(SPOT_RETRIES).build()
                : null;
    }

    private @Nullable VpcConfig network() {
        return options.subnets().isEmpty()
                ? null
                : VpcConfig.builder()
                        .subnets(options.subnets())
                        .securityGroupIds(options.securityGroups())
                        .build();
    }

    private List<Tag> tags(StagedJob job) {
        return tagsByKey(job, options).entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
