package dev.finetune4j.aws.bedrock;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.HostedModel;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.CommitmentDuration;
import software.amazon.awssdk.services.bedrock.model.ConflictException;
import software.amazon.awssdk.services.bedrock.model.CreateCustomModelDeploymentRequest;
import software.amazon.awssdk.services.bedrock.model.CreateProvisionedModelThroughputRequest;
import software.amazon.awssdk.services.bedrock.model.CustomModelDeploymentStatus;
import software.amazon.awssdk.services.bedrock.model.GetCustomModelDeploymentResponse;
import software.amazon.awssdk.services.bedrock.model.GetProvisionedModelThroughputResponse;
import software.amazon.awssdk.services.bedrock.model.ProvisionedModelStatus;

/** Bedrock's calls for deployments and provisioned throughput of custom models. Safe for use by several threads. */
final class HostedCalls {
    private final BedrockCalls calls;
    private final BedrockClient client;

    HostedCalls(BedrockCalls calls) {
        this.calls = calls;
        this.client = calls.client();
    }

    /**
     * What hosts a model.
     *
     * @param arn its ARN, by which it is asked
     * @param model ARN of the model
     * @param way how it is hosted
     * @param units how many units; 1 of a deployment
     * @param state where it stands
     * @param since when it was made
     * @param committedUntil until when it cannot be given back, or null
     * @param failure why it failed, or null where the service does not tell
     */
    record Found(
            String arn,
            String model,
            String way,
            int units,
            HostedModel.State state,
            Instant since,
            @Nullable Instant committedUntil,
            @Nullable String failure) {
        static Found deployment(
                String arn,
                String model,
                @Nullable CustomModelDeploymentStatus status,
                Instant since,
                @Nullable String failure) {
            return new Found(arn, model, HostingWays.ON_DEMAND, 1, HostedCalls.state(status), since, null, failure);
        }

        static Found throughput(
                String arn,
                String model,
                @Nullable CommitmentDuration commitment,
                int units,
                @Nullable ProvisionedModelStatus status,
                Instant since,
                @Nullable Instant committedUntil,
                @Nullable String failure) {
            String way = HostingWays.provisioned(commitment);
            return new Found(arn, model, way, units, HostedCalls.state(status), since, committedUntil, failure);
        }

        /** A model that was trained elsewhere, which is there. */
        static Found imported(String arn, String name, Instant since) {
            return new Found(arn, name, HostingWays.IMPORT, 1, HostedModel.State.ACTIVE, since, null, null);
        }

        boolean isDeployment() {
            return way.equals(HostingWays.ON_DEMAND);
        }
    }

    /** Models that were trained elsewhere. */
    ModelImports imports() {
        return new ModelImports(calls);
    }

    /** The service that they are made of. */
    BedrockCalls service() {
        return calls;
    }

    void create(CreateCustomModelDeploymentRequest request, AwsRequestOverrideConfiguration oneTry) {
        client.createCustomModelDeployment(
                request.toBuilder().overrideConfiguration(oneTry).build());
    }

    void create(CreateProvisionedModelThroughputRequest request, AwsRequestOverrideConfiguration oneTry) {
        client.createProvisionedModelThroughput(
                request.toBuilder().overrideConfiguration(oneTry).build());
    }

    /** A deployment by its name or ARN; empty only where the service answered that there is none. */
    Optional<Found> deployment(String nameOrArn) {
        return calls.ifThere(
                nameOrArn,
                () -> found(client.getCustomModelDeployment(
                        request -> request.customModelDeploymentIdentifier(nameOrArn))));
    }

    /** Provisioned throughput by its name or ARN; empty only where the service answered that there is none. */
    Optional<Found> throughput(String nameOrArn) {
        return calls.ifThere(
                nameOrArn,
                () -> found(client.getProvisionedModelThroughput(request -> request.provisionedModelId(nameOrArn))));
    }

    /** Both, of the whole account. */
    List<Found> all() {
        return calls.told(
                "what is hosted",
                () -> Stream.concat(deployments(), throughputs()).toList());
    }

    private Stream<Found> deployments() {
        return client.listCustomModelDeploymentsPaginator(request -> {}).modelDeploymentSummaries().stream()
                .map(one -> Found.deployment(
                        one.customModelDeploymentArn(),
                        one.modelArn(),
                        one.status(),
                        one.createdAt(),
                        one.failureMessage()));
    }

    private Stream<Found> throughputs() {
        return client.listProvisionedModelThroughputsPaginator(request -> {}).provisionedModelSummaries().stream()
                .map(one -> Found.throughput(
                        one.provisionedModelArn(),
                        one.modelArn(),
                        one.commitmentDuration(),
                        one.modelUnits(),
                        one.status(),
                        one.creationTime(),
                        one.commitmentExpirationTime(),
                        null));
    }

    /** Tags of what hosts a model, by their keys; none where it is gone. */
    Map<String, String> tags(String arn) {
        return calls.tags(arn);
    }

    /**
     * Ends what hosts a model; without effect where it is gone.
     *
     * @throws FineTuneException with FT0903 if it is paid for until later
     */
    void end(Found hosted) {
        try {
            calls.ifThere(
                    hosted.arn(),
                    () -> hosted.isDeployment()
                            ? client.deleteCustomModelDeployment(
                                    request -> request.customModelDeploymentIdentifier(hosted.arn()))
                            : client.deleteProvisionedModelThroughput(
                                    request -> request.provisionedModelId(hosted.arn())));
        } catch (FineTuneException e) {
            if (e.getCause() instanceof ConflictException) {
                throw BedrockErrors.notToBeEnded(hosted.arn(), hosted.committedUntil(), e);
            }
            throw e;
        }
    }

    private static Found found(GetCustomModelDeploymentResponse one) {
        return Found.deployment(
                one.customModelDeploymentArn(), one.modelArn(), one.status(), one.createdAt(), one.failureMessage());
    }

    private static Found found(GetProvisionedModelThroughputResponse one) {
        return Found.throughput(
                one.provisionedModelArn(),
                one.modelArn(),
                one.commitmentDuration(),
                one.modelUnits(),
                one.status(),
                one.creationTime(),
                one.commitmentExpirationTime(),
                one.failureMessage());
    }

    /** A state that the service adds later is one in which nobody knows that it answers. */
    private static HostedModel.State state(@Nullable CustomModelDeploymentStatus status) {
        if (status == CustomModelDeploymentStatus.ACTIVE) {
            return HostedModel.State.ACTIVE;
        }
        return status == CustomModelDeploymentStatus.FAILED ? HostedModel.State.FAILED : HostedModel.State.CREATING;
    }

    private static HostedModel.State state(@Nullable ProvisionedModelStatus status) {
        if (status == ProvisionedModelStatus.IN_SERVICE || status == ProvisionedModelStatus.UPDATING) {
            return HostedModel.State.ACTIVE;
        }
        return status == ProvisionedModelStatus.FAILED ? HostedModel.State.FAILED : HostedModel.State.CREATING;
    }
}
