package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.aws.internal.jobs.StoreLayout;
import dev.finetune4j.aws.internal.jobs.TrainingJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelAccessConfig;
import software.amazon.awssdk.services.sagemaker.model.OutputCompressionType;
import software.amazon.awssdk.services.sagemaker.model.ResourceConfig;
import software.amazon.awssdk.services.sagemaker.model.S3DataDistribution;
import software.amazon.awssdk.services.sagemaker.model.S3DataType;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.TrainingInputMode;
import software.amazon.awssdk.services.sagemaker.model.VpcConfig;

/**
 * From a staged job and its model's document to the request that launches it. Asks nobody; the same job gives the same request each time. The
 * image's own toolkit starts the script, from where the document's hyperparameters for the container say.
 */
final class JumpStartMapper {
    /** What the service allows a job at most. */
    static final Duration LONGEST_RUN = Duration.ofDays(28);

    private static final int USUAL_VOLUME_GB = 256;
    private static final int MOST_METRICS = 40;
    private static final int LONGEST_METRIC_NAME = 255;
    private static final int LONGEST_METRIC_PATTERN = 500;
    private static final String MODEL_TYPE = "application/x-sagemaker-model";
    private static final String MODEL_TAG = "sagemaker-sdk:jumpstart-model-id";
    private static final String VERSION_TAG = "sagemaker-sdk:jumpstart-model-version";
    private static final String DIGEST_TAG = "finetune4j-digest";

    /** The toolkit's own settings, where a document leaves them out. */
    private static final Map<String, String> TOOLKIT = new TreeMap<>(Map.of(
            "sagemaker_program", "transfer_learning.py",
            "sagemaker_submit_directory", "/opt/ml/input/data/code/sourcedir.tar.gz"));

    private final JumpStartOptions options;
    private final HubDocument document;
    private final String machine;

    JumpStartMapper(JumpStartOptions options, HubDocument document) {
        this.options = options;
        this.document = document;
        machine = options.machineFor(document);
    }

    CreateTrainingJobRequest request(StagedLearning job) {
        Map<String, String> hyperParameters = new LinkedHashMap<>(job.hyperParameters());
        TOOLKIT.forEach(hyperParameters::putIfAbsent);
        Map<String, String> environment = new LinkedHashMap<>(document.environment(machine));
        if (document.fetchesModel() && options.acceptsLicence()) {
            environment.put("accept_eula", "true"); // there is no channel to accept it with
        }
        // A script may refuse a hyperparameter that it does not have.
        environment.put(TrainingJobs.DIGEST_VARIABLE, job.digest());
        return CreateTrainingJobRequest.builder()
                .trainingJobName(job.name())
                .roleArn(options.role())
                .algorithmSpecification(algorithm -> algorithm
                        .trainingImage(document.image(machine))
                        .trainingInputMode(TrainingInputMode.FILE)
                        .metricDefinitions(metrics()))
                .hyperParameters(hyperParameters)
                .environment(environment)
                .inputDataConfig(channels(job))
                // Packing a model takes one thread for hours.
                .outputDataConfig(output -> output.s3OutputPath(options.store() + "/" + StoreLayout.RESULTS)
                        .kmsKeyId(options.kmsKey())
                        .compressionType(OutputCompressionType.NONE))
                .resourceConfig(resources())
                .stoppingCondition(
                        limits -> limits.maxRuntimeInSeconds((int) runtime(job).toSeconds()))
                .enableNetworkIsolation(document.isIsolated())
                .enableInterContainerTrafficEncryption(document.encryptsTraffic())
                .vpcConfig(network())
                .profilerConfig(profiler -> profiler.disableProfiler(true))
                .tags(tags(job))
                .build();
    }

    private static Duration runtime(StagedLearning job) {
        Duration limit = job.timeLimit();
        return limit == null || limit.compareTo(LONGEST_RUN) > 0 ? LONGEST_RUN : limit;
    }

    private List<MetricDefinition> metrics() {
        return document.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().length() <= LONGEST_METRIC_NAME
                        && metric.getValue().length() <= LONGEST_METRIC_PATTERN)
                .limit(MOST_METRICS)
                .map(metric -> MetricDefinition.builder()
                        .name(metric.getKey())
                        .regex(metric.getValue())
                        .build())
                .toList();
    }

    private List<Channel> channels(StagedLearning job) {
        List<Channel> channels = new ArrayList<>();
        channels.add(channel("training", job.trainingPrefix(), null).build());
        if (job.validationPrefix() != null) {
            channels.add(channel("validation", job.validationPrefix(), null).build());
        }
        if (document.fetchesModel()) {
            channels.add(channel("code", document.script(), null).build());
            return channels;
        }
        ModelAccessConfig access = document.isGated() && options.acceptsLicence()
                ? ModelAccessConfig.builder().acceptEula(true).build()
                : null;
        channels.add(channel("model", document.artifact(machine), access)
                .inputMode(TrainingInputMode.FILE)
                .contentType(MODEL_TYPE)
                .build());
        channels.add(channel("code", document.script(), null).build());
        return channels;
    }

    private static Channel.Builder channel(String name, String prefix, @Nullable ModelAccessConfig access) {
        return Channel.builder()
                .channelName(name)
                .dataSource(source -> source.s3DataSource(store -> store.s3DataType(S3DataType.S3_PREFIX)
                        .s3Uri(prefix)
                        .s3DataDistributionType(S3DataDistribution.FULLY_REPLICATED)
                        .modelAccessConfig(access)));
    }

    private ResourceConfig resources() {
        ResourceConfig.Builder resources =
                ResourceConfig.builder().instanceType(machine).instanceCount(1);
        if (!new MachineKind(machine).hasOwnDisk()) {
            resources
                    .volumeSizeInGB(document.volumeGb() == 0 ? USUAL_VOLUME_GB : document.volumeGb())
                    .volumeKmsKeyId(options.kmsKey());
        }
        return resources.build();
    }

    private @Nullable VpcConfig network() {
        return options.subnets().isEmpty()
                ? null
                : VpcConfig.builder()
                        .subnets(options.subnets())
                        .securityGroupIds(options.securityGroups())
                        .build();
    }

    private List<Tag> tags(StagedLearning job) {
        Map<String, String> tags = new LinkedHashMap<>(options.tags());
        tags.putAll(job.labels());
        tags.put(DIGEST_TAG, job.digest());
        tags.put(MODEL_TAG, document.id());
        tags.put(VERSION_TAG, document.version());
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
