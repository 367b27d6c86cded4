package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.HubContentType;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;

/** Looks whether SageMaker's public hub shows an account a model. */
final class HubExamination {
    private static final String NAME = "model";
    private static final String HUB = "SageMakerPublicHub";

    private final String region;
    private final ProviderContext context;

    HubExamination(String region, ProviderContext context) {
        this.region = region;
        this.context = context;
    }

    /** The diagnosis of a model by its id. */
    Diagnosis of(String model) {
        String commandOfHub = " --region " + region + " --hub-name " + HUB + " --hub-content-type Model";
        try (SageMakerClient client =
                AwsConnection.brief(region, "SAGEMAKER").open(SageMakerClient.builder(), context)) {
            String version = client.describeHubContent(request -> request.hubName(HUB)
                            .hubContentType(HubContentType.MODEL)
                            .hubContentName(model))
                    .hubContentVersion();
            return Diagnosis.ok(NAME, "the hub in " + region + " has " + model + ", version " + version);
        } catch (ResourceNotFoundException e) {
            return Diagnosis.fail(
                    NAME,
                    "the hub in " + region + " has no model " + model,
                    "aws sagemaker list-hub-contents" + commandOfHub);
        } catch (SdkException e) {
            return Diagnosis.unknown(
                    NAME,
                    AwsConnection.reason(e),
                    "aws sagemaker describe-hub-content" + commandOfHub + " --hub-content-name " + model);
        }
    }
}
