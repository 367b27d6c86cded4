package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsFailure;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.GetFoundationModelAvailabilityResponse;
import software.amazon.awssdk.services.bedrock.model.ResourceNotFoundException;

/** Looks whether an account may use a base model of Bedrock's. */
final class ModelExamination {
    private static final String NAME = "model";

    private final String region;
    private final ProviderContext context;

    ModelExamination(String region, ProviderContext context) {
        this.region = region;
        this.context = context;
    }

    /**
     * The diagnosis.
     *
     * @param tuned id of the model for tuning, which ends with the length of its context; access is given to all lengths at once
     */
    Diagnosis of(String tuned) {
        String model = tuned.replaceFirst(":\\d+k$", "");
        try (BedrockClient client = AwsConnection.brief(region, "BEDROCK").open(BedrockClient.builder(), context)) {
            Map<String, String> missing =
                    missing(client.getFoundationModelAvailability(request -> request.modelId(model)));
            return missing.isEmpty()
                    ? Diagnosis.ok(NAME, "the account has access to " + model + " in " + region)
                    : Diagnosis.fail(
                            NAME,
                            "the account has no access to " + model + " in " + region + ": " + missing,
                            "aws bedrock list-foundation-model-agreement-offers --region " + region + " --model-id "
                                    + model);
        } catch (ResourceNotFoundException e) {
            return Diagnosis.fail(
                    NAME,
                    "Bedrock has no model " + model + " in " + region,
                    "aws bedrock list-foundation-models --by-customization-type FINE_TUNING --region " + region);
        } catch (SdkException e) {
            return AwsFailure.unseen(
                    NAME,
                    e,
                    "aws bedrock get-foundation-model-availability --region " + region + " --model-id " + model);
        }
    }

    /** What is not as it must be, in Bedrock's words. */
    private static Map<String, String> missing(GetFoundationModelAvailabilityResponse told) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "agreement", String.valueOf(told.agreementAvailability().statusAsString()),
                "authorization", String.valueOf(told.authorizationStatusAsString()),
                "entitlement", String.valueOf(told.entitlementAvailabilityAsString()),
                "region", String.valueOf(told.regionAvailabilityAsString())));
        all.values().removeIf(status -> status.equals("AVAILABLE") || status.equals("AUTHORIZED"));
        return all;
    }
}
