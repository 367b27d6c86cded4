package dev.finetune4j.aws.bedrock;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;

/** What is said of a tuned model that the service keeps: nothing asks it, so nothing is compared, until a person pays for its hosting. */
final class KeptModel {
    private static final int REGION_IN_ARN = 3;

    private KeptModel() {}

    /** Empty where the job made no model. */
    static Optional<RunEvent> notice(GetModelCustomizationJobResponse job, Instant at) {
        return Optional.ofNullable(job.outputModelArn())
                .map(model -> new RunEvent.Noticed(at, problem(job.jobName(), model, job.baseModelArn())));
    }

    private static Problem problem(String name, String model, String base) {
        return BedrockProblems.NOT_COMPARED
                .warning("base and tuned model of " + name + " were not compared")
                .because(
                        "Bedrock keeps the tuned model and lets it answer only once it is hosted, which a person has to ask for")
                .because("keeping it is paid by the month until it is deleted")
                .remedy(hosting(name, model, base))
                .remedy("finetune clean " + name + "    (deletes the model)")
                .build();
    }

    /** Where a family is asked on demand its hosting costs nothing while nobody asks; all others are paid by the hour. */
    private static String hosting(String name, String model, String base) {
        String region = " --region " + model.split(":", -1)[REGION_IN_ARN];
        return isAskedOnDemand(base)
                ? "aws bedrock create-custom-model-deployment" + region + " --model-deployment-name " + name
                        + " --model-arn " + model
                : "aws bedrock create-provisioned-model-throughput" + region + " --model-units 1"
                        + " --provisioned-model-name " + name + " --model-id " + model
                        + "    (paid by the hour until it is deleted)";
    }

    private static boolean isAskedOnDemand(String base) {
        return BedrockPrices.shipped().models().stream()
                .filter(sold -> base.endsWith("/" + sold.model()))
                .map(BedrockPrices.Model::hosting)
                .anyMatch(rate -> rate != null && rate.amount().signum() == 0);
    }
}
