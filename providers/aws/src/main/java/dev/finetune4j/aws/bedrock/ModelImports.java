package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsCreateOnce;
import dev.finetune4j.spi.HostedModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.CreateModelImportJobRequest;
import software.amazon.awssdk.services.bedrock.model.GetImportedModelResponse;
import software.amazon.awssdk.services.bedrock.model.GetModelImportJobResponse;
import software.amazon.awssdk.services.bedrock.model.ModelImportJobStatus;
import software.amazon.awssdk.services.bedrock.model.ModelImportJobSummary;
import software.amazon.awssdk.services.bedrock.model.SortOrder;
import software.amazon.awssdk.services.bedrock.model.Tag;

/** Jobs that bring in models which were trained elsewhere, and the models that come of them. A job stays for ever, whatever became of it. */
final class ModelImports {
    /** On a job that failed: whoever asked for it has seen that, and wants to hear no more of it. */
    private static final String SEEN_TAG = "finetune4j-ended";

    private final BedrockCalls calls;
    private final BedrockClient client;

    ModelImports(BedrockCalls calls) {
        this.calls = calls;
        this.client = calls.client();
    }

    /**
     * Brings a model in unless its job is there, in whatever state; see {@link AwsCreateOnce}.
     *
     * @param isOurs whether the tags of a job that was found are those of the order
     */
    HostedCalls.Found bringIn(CreateModelImportJobRequest request, Predicate<String> isOurs) {
        AwsCreateOnce<GetModelImportJobResponse> once = calls.new Once<>(request.jobName(), request.roleArn()) {
            @Override
            protected Optional<GetModelImportJobResponse> find() {
                return job(request.jobName());
            }

            @Override
            protected void create(AwsRequestOverrideConfiguration oneTry) {
                client.createModelImportJob(
                        request.toBuilder().overrideConfiguration(oneTry).build());
            }

            @Override
            protected GetModelImportJobResponse own(GetModelImportJobResponse found) {
                if (!isOurs.test(found.jobArn())) {
                    throw BedrockErrors.hostingTaken(request.jobName(), calls.region());
                }
                return found;
            }
        };
        return found(once.make());
    }

    private Optional<GetModelImportJobResponse> job(String nameOrArn) {
        return calls.ifThere(nameOrArn, () -> client.getModelImportJob(job -> job.jobIdentifier(nameOrArn)));
    }

    /** The model of a name, or the job that is about to bring it in or failed to, the newest; empty where there is none of them. */
    Optional<HostedCalls.Found> find(String modelName) {
        return model(modelName)
                .or(() -> newest(modelName))
                .or(() -> model(modelName)); // its job may end between the two
    }

    private Optional<HostedCalls.Found> model(String name) {
        return calls.ifThere(name, () -> found(client.getImportedModel(model -> model.modelIdentifier(name))));
    }

    /** Models that were brought in, whoever did. */
    List<HostedCalls.Found> all() {
        return calls.ifThere(
                        "what was brought in",
                        () -> client.listImportedModelsPaginator(models -> {}).modelSummaries().stream()
                                .map(model -> HostedCalls.Found.imported(
                                        model.modelArn(), model.modelName(), model.creationTime()))
                                .toList())
                .orElse(List.of());
    }

    /** S3 addresses of what jobs read that have not ended, whoever asked for them. */
    List<String> unfinishedInputs() {
        return calls
                .told(
                        "imports of models",
                        () -> client
                                .listModelImportJobsPaginator(
                                        jobs -> jobs.statusEquals(ModelImportJobStatus.IN_PROGRESS))
                                .modelImportJobSummaries()
                                .stream()
                                .toList())
                .stream()
                .flatMap(job -> job(job.jobArn()).stream())
                .map(job -> job.modelDataSource().s3DataSource().s3Uri())
                .toList();
    }

    private Optional<HostedCalls.Found> newest(String modelName) {
        return calls.ifThere(
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
        return calls.tags(job.jobArn()).containsKey(SEEN_TAG);
    }

    /** Removes the model; of a job that failed, that it is told. One that goes on cannot be ended. */
    void end(HostedModel hosted) {
        if (hosted.state() == HostedModel.State.ACTIVE) {
            calls.ifThere(
                    hosted.reference(),
                    () -> client.deleteImportedModel(model -> model.modelIdentifier(hosted.reference())));
        } else if (hosted.state() == HostedModel.State.FAILED) {
            calls.ifThere(
                    hosted.reference(),
                    () -> client.tagResource(tags -> tags.resourceARN(hosted.reference())
                            .tags(Tag.builder().key(SEEN_TAG).value("seen").build())));
        } else {
            throw BedrockErrors.stillComing(hosted);
        }
    }

    private static HostedCalls.Found found(GetImportedModelResponse model) {
        return HostedCalls.Found.imported(model.modelArn(), model.modelName(), model.creationTime());
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
