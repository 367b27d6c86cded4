package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.ConflictException;
import software.amazon.awssdk.services.bedrock.model.CreateCustomModelDeploymentRequest;
import software.amazon.awssdk.services.bedrock.model.CreateProvisionedModelThroughputRequest;
import software.amazon.awssdk.services.bedrock.model.CustomModelDeploymentStatus;
import software.amazon.awssdk.services.bedrock.model.GetCustomModelDeploymentResponse;
import software.amazon.awssdk.services.bedrock.model.GetProvisionedModelThroughputResponse;
import software.amazon.awssdk.services.bedrock.model.ProvisionedModelStatus;
import software.amazon.awssdk.services.bedrock.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrock.model.Tag;

/** Bedrock's calls for deployments and provisioned throughput of custom models. Safe for use by several threads. */
final class HostedCalls implements AutoCloseable {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(60);

    private final BedrockClient client;
    private final String region;

    private HostedCalls(BedrockClient client, String region) {
        this.client = client;
        this.region = region;
    }

    /** Calls of a region, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    static HostedCalls open(String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "BEDROCK", CustomizationJobs.ATTEMPTS, LONGEST_CALL);
        return new HostedCalls(connection.open(BedrockClient.builder(), context), region);
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
        boolean isDeployment() {
            return way.equals(HostingWays.ON_DEMAND);
        }
    }

    /** Models that were trained elsewhere. */
    ModelImports imports() {
        return new ModelImports(client, region);
    }

    String region() {
        return region;
    }

    void create(CreateCustomModelDeploymentRequest request) {
        client.createCustomModelDeployment(request);
    }

    void create(CreateProvisionedModelThroughputRequest request) {
        client.createProvisionedModelThroughput(request);
    }

    /** A deployment by its name or ARN; empty only where the service answered that there is none. */
    Optional<Found> deployment(String nameOrArn) {
        return asked(
                nameOrArn,
                () -> found(client.getCustomModelDeployment(
                        request -> request.customModelDeploymentIdentifier(nameOrArn))));
    }

    /** Provisioned throughput by its name or ARN; empty only where the service answered that there is none. */
    Optional<Found> throughput(String nameOrArn) {
        return asked(
                nameOrArn,
                () -> found(client.getProvisionedModelThroughput(request -> request.provisionedModelId(nameOrArn))));
    }

    /** Both, of the whole account. */
    List<Found> all() {
        return told(
                "what is hosted",
                () -> Stream.concat(
                                client
                                        .listCustomModelDeploymentsPaginator(request -> {})
                                        .modelDeploymentSummaries()
                                        .stream()
                                        .map(one -> new Found(
                                                one.customModelDeploymentArn(),
                                                one.modelArn(),
                                                HostingWays.ON_DEMAND,
                                                1,
                                                state(one.status()),
                                                one.createdAt(),
                                                null,
                                                one.failureMessage())),
                                client
                                        .listProvisionedModelThroughputsPaginator(request -> {})
                                        .provisionedModelSummaries()
                                        .stream()
                                        .map(one -> new Found(
                                                one.provisionedModelArn(),
                                                one.modelArn(),
                                                HostingWays.provisioned(one.commitmentDuration()),
                                                one.modelUnits(),
                                                state(one.status()),
                                                one.creationTime(),
                                                one.commitmentExpirationTime(),
                                                null)))
                        .toList());
    }

    /** Tags of what hosts a model, by their keys; none where it is gone. */
    Map<String, String> tags(String arn) {
        return asked(
                        arn,
                        () -> client.listTagsForResource(request -> request.resourceARN(arn)).tags().stream()
                                .collect(Collectors.toMap(Tag::key, Tag::value)))
                .orElse(Map.of());
    }

    /**
     * Ends what hosts a model; without effect where it is gone.
     *
     * @throws FineTuneException with FT0903 if it is paid for until later
     */
    void end(Found hosted) {
        try {
            asked(
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

    private <T> Optional<T> asked(String what, Supplier<T> question) {
        return told(what, () -> {
            try {
                return Optional.of(question.get());
            } catch (ResourceNotFoundException e) {
                return Optional.empty();
            }
        });
    }

    private <T> T told(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (SdkException e) {
            throw BedrockErrors.told(e, what, region);
        }
    }

    private static Found found(GetCustomModelDeploymentResponse one) {
        return new Found(
                one.customModelDeploymentArn(),
                one.modelArn(),
                HostingWays.ON_DEMAND,
                1,
                state(one.status()),
                one.createdAt(),
                null,
                one.failureMessage());
    }

    private static Found found(GetProvisionedModelThroughputResponse one) {
        return new Found(
                one.provisionedModelArn(),
                one.modelArn(),
                HostingWays.provisioned(one.commitmentDuration()),
                one.modelUnits(),
                state(one.status()),
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

    @Override
    public void close() {
        client.close();
    }
}
