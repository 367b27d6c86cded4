package dev.finetune4j.aws.bedrock;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.CreateModelCustomizationJobRequest;
import software.amazon.awssdk.services.bedrock.model.CustomizationType;
import software.amazon.awssdk.services.bedrock.model.Tag;
import software.amazon.awssdk.services.bedrock.model.ValidationDataConfig;
import software.amazon.awssdk.services.bedrock.model.Validator;
import software.amazon.awssdk.services.bedrock.model.VpcConfig;

/** From a staged job to the request that launches it. Asks nobody; the same job gives the same request each time. */
final class CustomizationMapper {
    /** The tag that holds the digest of a job's order, for people and for whoever cleans up. */
    static final String DIGEST_TAG = "finetune4j-digest";

    /** Where below the store jobs leave their figures. */
    static final String OUTPUTS = "outputs";

    private final BedrockOptions options;

    CustomizationMapper(BedrockOptions options) {
        this.options = options;
    }

    /** The request. */
    CreateModelCustomizationJobRequest request(StagedTuning job) {
        return CreateModelCustomizationJobRequest.builder()
                .jobName(job.jobName())
                .customModelName(job.modelName())
                .clientRequestToken(job.token())
                .roleArn(options.role())
                .baseModelIdentifier(options.model())
                .customizationType(CustomizationType.FINE_TUNING)
                .customModelKmsKeyId(options.kmsKey())
                .trainingDataConfig(data -> data.s3Uri(job.trainingUri()))
                .validationDataConfig(validation(job))
                .outputDataConfig(output -> output.s3Uri(options.store() + "/" + OUTPUTS))
                .hyperParameters(hyperParameters(job))
                .vpcConfig(network())
                .jobTags(tags(job))
                .customModelTags(tags(job))
                .build();
    }

    /** Tags of the job and of its model, by their keys. */
    static Map<String, String> tagsByKey(StagedTuning job, BedrockOptions options) {
        Map<String, String> tags = new LinkedHashMap<>(options.tags());
        tags.putAll(job.labels());
        tags.put(DIGEST_TAG, job.digest());
        return tags;
    }

    /** Where a job leaves its figures. */
    static String figures(String outputUri, String jobArn) {
        String id = jobArn.substring(jobArn.lastIndexOf('/') + 1);
        String store = outputUri.endsWith("/") ? outputUri.substring(0, outputUri.length() - 1) : outputUri;
        return store + "/model-customization-job-" + id;
    }

    private static @Nullable ValidationDataConfig validation(StagedTuning job) {
        return job.validation()
                .map(uri -> ValidationDataConfig.builder()
                        .validators(Validator.builder().s3Uri(uri).build())
                        .build())
                .orElse(null);
    }

    private Map<String, String> hyperParameters(StagedTuning job) {
        return TunableModels.find(options.model())
                .map(model -> TuningParameters.of(job, model, options.hyperParameters())
                        .values())
                .orElse(Map.of());
    }

    private @Nullable VpcConfig network() {
        return options.subnets().isEmpty()
                ? null
                : VpcConfig.builder()
                        .subnetIds(options.subnets())
                        .securityGroupIds(options.securityGroups())
                        .build();
    }

    private List<Tag> tags(StagedTuning job) {
        return tagsByKey(job, options).entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
