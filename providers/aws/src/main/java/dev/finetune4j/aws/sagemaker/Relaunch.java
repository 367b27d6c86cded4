package dev.finetune4j.aws.sagemaker;

import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProfilerConfig;
import software.amazon.awssdk.services.sagemaker.model.StoppingCondition;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/** From a training job that stopped or failed to the request of one that goes on from its checkpoints. */
final class Relaunch {
    private Relaunch() {}

    /**
     * The request.
     *
     * @param last the job as the service describes it
     * @param tags its tags
     * @param name name of the new launch
     * @param left how long it may run
     */
    static CreateTrainingJobRequest of(DescribeTrainingJobResponse last, List<Tag> tags, String name, Duration left) {
        return CreateTrainingJobRequest.builder()
                .trainingJobName(name)
                .roleArn(last.roleArn())
                .algorithmSpecification(last.algorithmSpecification())
                .hyperParameters(last.hyperParameters())
                .environment(last.hasEnvironment() ? last.environment() : null)
                .inputDataConfig(last.inputDataConfig())
                .outputDataConfig(last.outputDataConfig())
                .checkpointConfig(last.checkpointConfig())
                .resourceConfig(last.resourceConfig())
                .stoppingCondition(limits(last.stoppingCondition(), left))
                .enableManagedSpotTraining(last.enableManagedSpotTraining())
                .enableNetworkIsolation(last.enableNetworkIsolation())
                .vpcConfig(last.vpcConfig())
                .retryStrategy(last.retryStrategy())
                .profilerConfig(ProfilerConfig.builder().disableProfiler(true).build())
                .tags(tags)
                .build();
    }

    /** A spot job may wait as long as before, besides. */
    private static StoppingCondition limits(StoppingCondition before, Duration left) {
        StoppingCondition.Builder limits = StoppingCondition.builder()
                .maxRuntimeInSeconds((int) left.toSeconds())
                .maxPendingTimeInSeconds(before.maxPendingTimeInSeconds());
        if (before.maxWaitTimeInSeconds() != null) {
            int waiting = before.maxWaitTimeInSeconds() - before.maxRuntimeInSeconds();
            limits.maxWaitTimeInSeconds((int) left.toSeconds() + waiting);
        }
        return limits.build();
    }
}
