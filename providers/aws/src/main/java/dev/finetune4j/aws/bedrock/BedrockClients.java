package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.RunId;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;

/**
 * Connections of a place.
 *
 * @param calls to the service
 * @param store to its files
 * @param context for further connections
 */
record BedrockClients(BedrockCalls calls, S3Store store, ProviderContext context) implements AutoCloseable {
    /** SageMaker's jobs may have their files in the same store: neither service's callers need to ask the other what it reads. */
    private static final String STAGED = "bedrock";

    /**
     * Opens them; asks nothing yet.
     *
     * @param owner whose the store's bucket must be
     */
    static BedrockClients open(BedrockOptions options, BucketOwner owner, ProviderContext context) {
        return new BedrockClients(
                BedrockCalls.open(options.region(), context),
                S3Store.open(options.store(), options.region(), owner, context).stagingApart(STAGED),
                context);
    }

    /** Its customization jobs. */
    CustomizationJobs jobs() {
        return new CustomizationJobs(calls);
    }

    /** What hosts their models. */
    HostedCalls hosted() {
        return new HostedCalls(calls);
    }

    /** @throws FineTuneException with FT0899 if there is no such job */
    GetModelCustomizationJobResponse existing(RunId id) {
        return jobs().find(id.value()).orElseThrow(() -> BedrockErrors.absent(id.value(), calls.region()));
    }

    TuningOutput output(GetModelCustomizationJobResponse job) {
        return new TuningOutput(store, job);
    }

    /**
     * ARN of the model that came of a run's job.
     *
     * @throws FineTuneException with FT0899 if there is no such job, FT0895 if it is somebody else's, FT0903 if it made no model or the
     *     model was deleted
     */
    String model(RunId id) {
        GetModelCustomizationJobResponse job = existing(id);
        if (CustomizationJobs.digest(id, job).isEmpty()) {
            throw BedrockErrors.taken(id.value(), job.jobArn(), "", "known");
        }
        RunState state = BedrockStatusMapper.snapshot(id, job).state();
        if (state != RunState.SUCCEEDED) {
            throw BedrockErrors.wrongState(id, state, "it has made no model");
        }
        if (!jobs().hasModel(job)) {
            throw BedrockErrors.wrongState(id, state, "its tuned model was deleted");
        }
        return job.outputModelArn();
    }

    /** The id for tuning of the base model of a run's job. */
    String base(RunId id) {
        return baseOf(existing(id).baseModelArn());
    }

    /** The id for tuning of a base model, which stands in its own ARN and in those of models that were tuned from it. */
    static String baseOf(String arn) {
        String[] parts = arn.split("/", -1);
        return parts.length > 1 ? parts[1] : arn;
    }

    /** A dialogue with a hosted model and its base model. */
    Dialogue converse(HostedModel hosted) {
        if (hosted.way().name().equals(HostingWays.IMPORT)) {
            throw BedrockErrors.noBase(hosted);
        }
        String base = base(hosted.run());
        return HostedDialogue.open(
                hosted.reference(), base.substring(0, base.lastIndexOf(':')), calls.region(), context);
    }

    @Override
    public void close() {
        calls.close();
        store.close();
    }
}
