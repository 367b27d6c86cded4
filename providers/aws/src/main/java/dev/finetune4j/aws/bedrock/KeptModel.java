package dev.finetune4j.aws.bedrock;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;

/** What is said of a tuned model that the service keeps: nothing asks it, so nothing is compared, until a person pays for its hosting. */
final class KeptModel {
    private KeptModel() {}

    /** Empty where the job made no model. */
    static Optional<RunEvent> notice(GetModelCustomizationJobResponse job, Instant at) {
        return Optional.ofNullable(job.outputModelArn())
                .map(model -> new RunEvent.Noticed(at, problem(job.jobName()), RunEvent.Noticed.Subject.COMPARISON));
    }

    private static Problem problem(String name) {
        return BedrockProblems.NOT_COMPARED
                .warning("base and tuned model of " + name + " were not compared")
                .because(
                        "Bedrock keeps the tuned model and lets it answer only once it is hosted, which a person has to ask for")
                .because("keeping it is paid by the month until it is deleted")
                .remedy("finetune host " + name + "    # shows what that costs, and asks")
                .remedy("finetune clean " + name + "    # deletes the model")
                .build();
    }
}
