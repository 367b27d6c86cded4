package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.jumpstart.HubRefusals;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import java.util.List;
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

    /**
     * The diagnoses of a model: that it is there, and what its document has against the job.
     *
     * @param model its id
     */
    List<Diagnosis> of(FineTuneJob job, String model) {
        Diagnosis there = of(model);
        return there.verdict() == Diagnosis.Verdict.OK ? suited(job, there) : List.of(there);
    }

    private List<Diagnosis> suited(FineTuneJob job, Diagnosis there) {
        try {
            List<Diagnosis> wrong = HubRefusals.of(job, context).stream()
                    .filter(Problem::isError)
                    .map(problem -> Diagnosis.fail(
                            NAME,
                            problem.code() + ": " + problem.summary(),
                            problem.remedies().isEmpty()
                                    ? problem.kind().remedy()
                                    : problem.remedies().get(0)))
                    .toList();
            return wrong.isEmpty() ? List.of(there) : wrong;
        } catch (FineTuneException e) {
            Problem why = e.problems().get(0);
            return List.of(Diagnosis.unknown(
                    NAME, why.code() + ": " + why.summary(), why.kind().remedy()));
        }
    }

    private Diagnosis of(String model) {
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
