package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.CreateOnce;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.ConflictException;
import software.amazon.awssdk.services.bedrock.model.CreateModelCustomizationJobRequest;
import software.amazon.awssdk.services.bedrock.model.CustomModelSummary;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobStatus;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobSummary;
import software.amazon.awssdk.services.bedrock.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrock.model.Tag;

/**
 * Bedrock's customization jobs, of which there is one for a name for ever. Every failure is a {@link FineTuneException} that says whether the
 * same call may succeed later. Safe for use by several threads.
 */
final class CustomizationJobs implements AutoCloseable {
    /** Tries of one call by Amazon's client. All calls may be repeated: a create carries a name and a token that are taken once. */
    static final int ATTEMPTS = 4;

    private static final Duration LONGEST_CALL = Duration.ofSeconds(60);

    private final BedrockClient client;
    private final String region;

    private CustomizationJobs(BedrockClient client, String region) {
        this.client = client;
        this.region = region;
    }

    /** Jobs of a region, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    static CustomizationJobs open(String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "BEDROCK", ATTEMPTS, LONGEST_CALL);
        return new CustomizationJobs(connection.open(BedrockClient.builder(), context), region);
    }

    /**
     * Launches a job unless it is there, in whatever state; see {@link CreateOnce}.
     *
     * @return the job as it is now
     * @throws FineTuneException with FT0895 if a name belongs to another job or model, or with why the service does not take it
     */
    GetModelCustomizationJobResponse submit(CreateModelCustomizationJobRequest request) {
        return new Launch(request).make();
    }

    private final class Launch extends CreateOnce<GetModelCustomizationJobResponse> {
        private final CreateModelCustomizationJobRequest request;

        Launch(CreateModelCustomizationJobRequest request) {
            this.request = request;
        }

        @Override
        protected Optional<GetModelCustomizationJobResponse> find() {
            return CustomizationJobs.this.find(request.jobName());
        }

        @Override
        protected void create() {
            client.createModelCustomizationJob(request);
        }

        @Override
        protected boolean isTaken(SdkException failure) {
            return failure instanceof ConflictException;
        }

        @Override
        protected FineTuneException told(SdkException failure) {
            return BedrockErrors.told(failure, request.jobName(), region);
        }

        @Override
        protected FineTuneException hidden() {
            return BedrockErrors.hidden(request.jobName());
        }

        @Override
        protected GetModelCustomizationJobResponse own(GetModelCustomizationJobResponse found) {
            RunId id = new RunId(request.jobName());
            return CustomizationJobs.own(id, found, StagedTuning.digestIn(id, request.clientRequestToken()));
        }
    }

    /**
     * A job that was found, if it is the one that is meant.
     *
     * @throws FineTuneException with FT0895 if it was launched from another order, or by somebody else
     */
    static GetModelCustomizationJobResponse own(RunId id, GetModelCustomizationJobResponse found, String wantedDigest) {
        String digest = digest(id, found);
        if (!digest.equals(wantedDigest)) {
            throw BedrockErrors.taken(id.value(), found.jobArn(), digest, wantedDigest);
        }
        return found;
    }

    /** The digest that a job was launched with; empty where somebody else launched it. */
    static String digest(RunId id, GetModelCustomizationJobResponse job) {
        return job.clientRequestToken() == null ? "" : StagedTuning.digestIn(id, job.clientRequestToken());
    }

    /** A job by its name; empty only where the service answered that there is none. */
    Optional<GetModelCustomizationJobResponse> find(String name) {
        try {
            return Optional.of(client.getModelCustomizationJob(request -> request.jobIdentifier(name)));
        } catch (ResourceNotFoundException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw BedrockErrors.told(e, name, region);
        }
    }

    /**
     * Tells a job to stop; one that has ended is left alone.
     *
     * @throws FineTuneException with FT0899 if there is no such job
     */
    void stop(String name) {
        try {
            client.stopModelCustomizationJob(request -> request.jobIdentifier(name));
        } catch (SdkException e) {
            GetModelCustomizationJobResponse job = find(name).orElseThrow(() -> BedrockErrors.absent(name, region));
            if (!hasEnded(job)) {
                throw BedrockErrors.told(e, name, region);
            }
        }
    }

    /** Whether the model that came of a job is there. */
    boolean hasModel(GetModelCustomizationJobResponse job) {
        String arn = job.outputModelArn();
        if (arn == null) {
            return false;
        }
        try {
            client.getCustomModel(request -> request.modelIdentifier(arn));
            return true;
        } catch (ResourceNotFoundException e) {
            return false;
        } catch (SdkException e) {
            throw BedrockErrors.told(e, arn, region);
        }
    }

    /**
     * Removes the model that came of a job; without effect where there is none. The job's own record stays for ever.
     *
     * @throws FineTuneException with FT0903 if it is hosted
     */
    void deleteModel(String modelName) {
        try {
            client.deleteCustomModel(request -> request.modelIdentifier(modelName));
        } catch (ResourceNotFoundException e) {
            // gone already
        } catch (ConflictException e) {
            throw BedrockErrors.stillHosted(modelName, e);
        } catch (SdkException e) {
            throw BedrockErrors.told(e, modelName, region);
        }
    }

    /** Tuned models of the account, whoever made them. */
    List<CustomModelSummary> models() {
        return asked(
                "its models",
                () -> client.listCustomModelsPaginator(request -> request.isOwned(true)).modelSummaries().stream()
                        .toList());
    }

    /** Jobs of the account, whoever launched them. */
    List<ModelCustomizationJobSummary> jobs() {
        return asked(
                "its jobs",
                () ->
                        client
                                .listModelCustomizationJobsPaginator(request -> {})
                                .modelCustomizationJobSummaries()
                                .stream()
                                .toList());
    }

    /** Tags of a job or model by their keys; none where it is gone. */
    Map<String, String> tags(String arn) {
        return asked(arn, () -> {
            try {
                return client.listTagsForResource(request -> request.resourceARN(arn)).tags().stream()
                        .collect(Collectors.toMap(Tag::key, Tag::value));
            } catch (ResourceNotFoundException e) {
                return Map.of();
            }
        });
    }

    private <T> T asked(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (SdkException e) {
            throw BedrockErrors.told(e, what, region);
        }
    }

    static boolean hasEnded(GetModelCustomizationJobResponse job) {
        ModelCustomizationJobStatus status = job.status();
        return status == ModelCustomizationJobStatus.COMPLETED
                || status == ModelCustomizationJobStatus.FAILED
                || status == ModelCustomizationJobStatus.STOPPED;
    }

    @Override
    public void close() {
        client.close();
    }
}
