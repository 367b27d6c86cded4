package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.jobs.SageMakerProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import java.util.List;

/** Looks whether SageMaker's public hub shows an account a job's model, and what the model's document has against the job. */
final class HubExamination {
    private static final String NAME = "model";

    private final String region;
    private final ProviderContext context;

    HubExamination(String region, ProviderContext context) {
        this.region = region;
        this.context = context;
    }

    List<Diagnosis> of(FineTuneJob job) {
        try {
            HubLook look = HubLook.at(job, context);
            List<Diagnosis> wrong = look.problems().stream()
                    .filter(Problem::isError)
                    .map(problem -> Diagnosis.of(NAME, problem))
                    .toList();
            String there = "the hub in " + region + " has " + look.model() + ", version " + look.version();
            return wrong.isEmpty() ? List.of(Diagnosis.ok(NAME, there)) : wrong;
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            return List.of(
                    problem.kind().equals(SageMakerProblems.NO_CREDENTIALS)
                            ? Diagnosis.of(NAME, problem)
                            : Diagnosis.unknown(NAME, problem));
        }
    }
}
