package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsCreateOnce;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.ConflictException;
import software.amazon.awssdk.services.bedrock.model.CreateModelCustomizationJobRequest;
import software.amazon.awssdk.services.bedrock.model.CustomModelSummary;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobStatus;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobSummary;
import software.amazon.awssdk.services.bedrock.model.ResourceNotFoundException;

/**
 * Bedrock's customization jobs, of which there is one for a name for ever. Every failure is a {@link FineTuneException} that says whether the
 * same call may succeed later. Safe for use by several threads.
 */
final class CustomizationJobs {
    private final BedrockCalls calls;
    private final BedrockClient client;

    CustomizationJobs(BedrockCalls calls) {
        this.calls = calls;
        this.client = calls.client();
    }

    /**
     * Launches a job unless it is there, in whatever state; see {@link AwsCreateOnce}.
     *
     * @return the job as it is now
     * @throws FineTuneException with FT0895 if a name belongs to another job or model, or with why the service does not take it
     */
    GetModelCustomizationJobResponse submit(CreateModelCustomizationJobRequest request) {
        RunId id = new RunId(request.jobName());
        return calls.new Once<GetModelCustomizationJobResponse>(request.jobName(), request.roleArn()) {
            @Override
            protected Optional<GetModelCustomizationJobResponse> find() {
                return CustomizationJobs.this.find(request.jobName());
            }

            @Override
            protected void create(AwsRequestOverrideConfiguration oneTry) {
                client.createModelCustomizationJob(
                        request.toBuilder().overrideConfiguration(oneTry).build());
            }

            @Override
            protected FineTuneException told(SdkException failure) {
                if (failure instanceof ConflictException) { // told only where no job of this name is found
                    return BedrockErrors.modelTaken(failure, request.customModelName(), calls.region());
                }
                return BedrockErrors.isOfRole(failure)
                        ? super.told(failure)
                        : BedrockErrors.told(failure, request.jobName(), calls.region(), request.baseModelIdentifier());
            }

            @Override
            protected GetModelCustomizationJobResponse own(GetModelCustomizationJobResponse found) {
                return CustomizationJobs.own(id, found, StagedTuning.digestIn(id, request.clientRequestToken()));
            }
        }.make();
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
        return calls.ifThere(name, () -> client.getModelCustomizationJob(request -> request.jobIdentifier(name)));
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
            GetModelCustomizationJobResponse job =
                    find(name).orElseThrow(() -> BedrockErrors.absent(name, calls.region()));
            if (!hasEnded(job)) {
                throw BedrockErrors.told(e, name, calls.region());
            }
        }
    }

    /** Whether the model that came of a job is there. */
    boolean hasModel(GetModelCustomizationJobResponse job) {
        String arn = job.outputModelArn();
        return arn != null
                && calls.ifThere(arn, () -> client.getCustomModel(request -> request.modelIdentifier(arn)))
                        .isPresent();
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
            throw BedrockErrors.told(e, modelName, calls.region());
        }
    }

    /** Tuned models of the account, whoever made them. */
    List<CustomModelSummary> models() {
        return calls.told(
                "its models",
                () -> client.listCustomModelsPaginator(request -> request.isOwned(true)).modelSummaries().stream()
                        .toList());
    }

    /** Jobs of the account, whoever launched them. */
    List<ModelCustomizationJobSummary> jobs() {
        return calls.told(
                "its jobs",
                () ->
                        client
                                .listModelCustomizationJobsPaginator(request -> {})
                                .modelCustomizationJobSummaries()
                                .stream()
                                .toList());
    }

    /** S3 addresses of what a job reads. */
    static List<String> inputs(GetModelCustomizationJobResponse job) {
        List<String> inputs = new ArrayList<>();
        inputs.add(job.trainingDataConfig().s3Uri());
        if (job.validationDataConfig() != null) {
            job.validationDataConfig().validators().forEach(validator -> inputs.add(validator.s3Uri()));
        }
        return inputs;
    }

    /** Tags of a job or model by their keys; none where it is gone. */
    Map<String, String> tags(String arn) {
        return calls.tags(arn);
    }

    static boolean hasEnded(GetModelCustomizationJobResponse job) {
        ModelCustomizationJobStatus status = job.status();
        return status == ModelCustomizationJobStatus.COMPLETED
                || status == ModelCustomizationJobStatus.FAILED
                || status == ModelCustomizationJobStatus.STOPPED;
    }
}
