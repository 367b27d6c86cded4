package dev.finetune4j.aws.bedrock;

import dev.finetune4j.json.Json;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.Submission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.CreateCustomModelDeploymentRequest;
import software.amazon.awssdk.services.bedrock.model.CreateModelImportJobRequest;
import software.amazon.awssdk.services.bedrock.model.CreateProvisionedModelThroughputRequest;
import software.amazon.awssdk.services.bedrock.model.Tag;

/** From an order to the request that hosts a model. Asks nobody; the same order gives the same request each time. */
final class HostingMapper {
    /** The tag by which somebody's order is known again, since the service does not tell the token. */
    static final String ORDER_TAG = "finetune4j-hosting";

    /** In front of a job's number; run ids leave room for it. */
    private static final String NUMBER = "-";

    private final HostingOrder order;
    private final String model;

    /**
     * Requests of an order.
     *
     * @param model ARN of the model, or where in S3 its folder lies
     */
    HostingMapper(HostingOrder order, String model) {
        this.order = order;
        this.model = model;
    }

    boolean isDeployment() {
        return order.way().equals(HostingWays.ON_DEMAND);
    }

    /** The service's name of it: the same for all orders of a run, so that no two are in one way hosted at once. */
    String name() {
        return StagedTuning.modelName(order.run());
    }

    /** By this token the service knows a request again that it has taken; another one after it was ended, when the old one means what is gone. */
    String token() {
        HostingOrder anywhere = new HostingOrder(order.run(), order.way(), order.units(), order.time());
        return Json.sha256(Json.line(anywhere).getBytes(StandardCharsets.UTF_8));
    }

    CreateCustomModelDeploymentRequest deployment() {
        return CreateCustomModelDeploymentRequest.builder()
                .modelDeploymentName(name())
                .modelArn(model)
                .clientRequestToken(token())
                .tags(tags())
                .build();
    }

    CreateProvisionedModelThroughputRequest throughput() {
        return CreateProvisionedModelThroughputRequest.builder()
                .provisionedModelName(name())
                .modelId(model)
                .modelUnits(order.units())
                .commitmentDuration(HostingWays.commitment(order.way()))
                .clientRequestToken(token())
                .tags(tags())
                .build();
    }

    /** A job's name stays taken when what it brought in is gone. */
    String jobName() {
        return order.time() == 1 ? name() : name() + NUMBER + order.time();
    }

    CreateModelImportJobRequest bringingIn(String role, @Nullable String kmsKey) {
        return CreateModelImportJobRequest.builder()
                .jobName(jobName())
                .importedModelName(name())
                .importedModelKmsKeyId(kmsKey)
                .roleArn(role)
                .modelDataSource(source -> source.s3DataSource(files -> files.s3Uri(model)))
                .clientRequestToken(token())
                .jobTags(tags())
                .importedModelTags(tags())
                .build();
    }

    private List<Tag> tags() {
        return List.of(
                Tag.builder()
                        .key(Submission.RUN_LABEL)
                        .value(order.run().value())
                        .build(),
                Tag.builder().key(ORDER_TAG).value(token()).build());
    }
}
