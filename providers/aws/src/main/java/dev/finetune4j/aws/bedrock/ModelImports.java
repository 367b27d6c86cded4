package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.CreateOnce;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.HostedModel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.ConflictException;
import software.amazon.awssdk.services.bedrock.model.CreateModelImportJobRequest;
import software.amazon.awssdk.services.bedrock.model.GetImportedModelResponse;
import software.amazon.awssdk.services.bedrock.model.GetModelImportJobResponse;
import software.amazon.awssdk.services.bedrock.model.ModelImportJobStatus;
import software.amazon.awssdk.services.bedrock.model.ModelImportJobSummary;
import software.amazon.awssdk.services.bedrock.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrock.model.SortOrder;
import software.amazon.awssdk.services.bedrock.model.Tag;

/** Jobs that bring in models which were trained elsewhere, and the models that come of them. A job stays for ever, whatever became of it. */
final class ModelImports {
    /** On a job that failed: whoever asked for it has seen that, and wants to hear no more of it. */
    private static final String SEEN_TAG = "finetune4j-ended";

    private final BedrockClient client;
    private final String region;

    ModelImports(BedrockClient client, String region) {
        this.client = client;
        this.region = region;
    }

    /**
     * Brings a model in unless its job is there, in whatever state; see {@link CreateOnce}.
     *
     * @param isOurs whether the tags of a job that was found are those of the order
     */
    HostedCalls.Found bringIn(CreateModelImportJobRequest request, Predicate<String> isOurs) {
        CreateOnce<GetModelImportJobResponse> once = new CreateOnce<>() {
            @Override
            protected Optional<GetModelImportJobResponse> find() {
                return job(request.jobName());
            }

            @Override
            protected void create() {
                client.createModelImportJob(request);
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
            protected GetModelImportJobResponse own(GetModelImportJobResponse found) {
                if (!isOurs.test(found.jobArn())) {
                    throw BedrockErrors.hostingTaken(request.jobName(), region);
                }
                return found;
            }
        };
        return found(once.make());
    }

    private Optional<GetModelImportJobResponse> job(String nameOrArn) {
        return asked(nameOrArn, () -> client.getModelImportJob(job -> job.jobIdentifier(nameOrArn)));
    }

    /** The model of a name, or the job that is about to bring it in or failed to, the newest; empty where there is none of them. */
    Optional<HostedCalls.Found> find(String modelName) {
        return model(modelName)
                .or(() -> newest(modelName))
                .or(() -> model(modelName)); // its job may end between the two
    }

    private Optional<HostedCalls.Found> model(String name) {
        return asked(name, () -> found(client.getImportedModel(model -> model.modelIdentifier(name))));
    }

    /** Models that were brought in, whoever did. */
    List<HostedCalls.Found> all() {
        return asked(
                        "what was brought in",
                        () -> client.listImportedModelsPaginator(models -> {}).modelSummaries().stream()
                                .map(model -> there(model.modelArn(), model.modelName(), model.creationTime()))
                                .toList())
                .orElse(List.of());
    }

    private Optional<HostedCalls.Found> newest(String modelName) {
        return asked(
                        modelName,
                        () -> client
                                .listModelImportJobsPaginator(
                                        jobs -> jobs.nameContains(modelName).sortOrder(SortOrder.DESCENDING))
                                .modelImportJobSummaries()
                                .stream()
                                .filter(job -> modelName.equals(job.importedModelName()))
                                .findFirst())
                .flatMap(job -> job)
                .filter(job -> job.status() != ModelImportJobStatus.COMPLETED)
                .filter(job -> !isSeen(job))
                .flatMap(job -> job(job.jobArn()))
                .map(ModelImports::found);
    }

    private boolean isSeen(ModelImportJobSummary job) {
        return asked(
                        job.jobArn(),
                        () -> client.listTagsForResource(tags -> tags.resourceARN(job.jobArn())).tags().stream()
                                .anyMatch(tag -> tag.key().equals(SEEN_TAG)))
                .orElse(false);
    }

    /** Removes the model; of a job that failed, that it is told. One that goes on cannot be ended. */
    void end(HostedModel hosted) {
        if (hosted.state() == HostedModel.State.ACTIVE) {
            asked(
                    hosted.reference(),
                    () -> client.deleteImportedModel(model -> model.modelIdentifier(hosted.reference())));
        } else if (hosted.state() == HostedModel.State.FAILED) {
            asked(
                    hosted.reference(),
                    () -> client.tagResource(tags -> tags.resourceARN(hosted.reference())
                            .tags(Tag.builder().key(SEEN_TAG).value("seen").build())));
        } else {
            throw BedrockErrors.stillComing(hosted);
        }
    }

    private <T> Optional<T> asked(String what, Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (ResourceNotFoundException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw BedrockErrors.told(e, what, region);
        }
    }

    private static HostedCalls.Found found(GetImportedModelResponse model) {
        return there(model.modelArn(), model.modelName(), model.creationTime());
    }

    private static HostedCalls.Found there(String arn, String name, Instant since) {
        return new HostedCalls.Found(arn, name, HostingWays.IMPORT, 1, HostedModel.State.ACTIVE, since, null, null);
    }

    private static HostedCalls.Found found(GetModelImportJobResponse job) {
        boolean isThere = job.status() == ModelImportJobStatus.COMPLETED && job.importedModelArn() != null;
        HostedModel.State state = job.status() == ModelImportJobStatus.FAILED
                ? HostedModel.State.FAILED
                : isThere ? HostedModel.State.ACTIVE : HostedModel.State.CREATING;
        return new HostedCalls.Found(
                isThere ? job.importedModelArn() : job.jobArn(),
                job.importedModelName(),
                HostingWays.IMPORT,
                1,
                state,
                job.creationTime(),
                null,
                job.failureMessage());
    }
}
