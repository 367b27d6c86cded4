package dev.finetune4j.aws.bedrock;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.DataProcessingDetails;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;
import software.amazon.awssdk.services.bedrock.model.JobStatusDetails;
import software.amazon.awssdk.services.bedrock.model.StatusDetails;
import software.amazon.awssdk.services.bedrock.model.TrainingDetails;
import software.amazon.awssdk.services.bedrock.model.ValidationDetails;

/** From what the service tells of a job to what everybody is told. Survives states that the service adds later. */
final class BedrockStatusMapper {
    private static final int REGION_OF_ARN = 3;
    private static final Duration PLATFORM_PAUSE = Duration.ofMinutes(1);
    private static final Pattern OF_THE_DATA =
            Pattern.compile("(?is).*(input data|input token|record|jsonl|dataset|training data|validation data).*");
    private static final Pattern FORBIDDEN =
            Pattern.compile("(?i)access ?denied|not authorized to perform|forbidden|\\b403\\b");

    /** Who may not read the rows, and what breaks while it does, names them as well. */
    private static final Pattern BESIDE_THE_DATA = Pattern.compile(
            "(?i)access ?denied|not authorized to perform|internal.?(service|server)?.?(error|failure)");

    private static final Pattern OF_THE_SERVICE = Pattern.compile("(?is).*(internal|try again|timed? ?out).*");

    private BedrockStatusMapper() {}

    /** A job as it is now. Bedrock bills tokens and no time, and does not tell what it billed. */
    static JobSnapshot snapshot(RunId id, GetModelCustomizationJobResponse job) {
        RunState state = state(job);
        return new JobSnapshot(
                id,
                CustomizationJobs.digest(id, job),
                job.jobArn(),
                state,
                job.creationTime(),
                state.isTerminal() ? endOf(job) : null,
                state == RunState.FAILED ? failure(job) : null,
                Duration.ZERO,
                null,
                Duration.ZERO,
                null);
    }

    private static Instant endOf(GetModelCustomizationJobResponse job) {
        if (job.endTime() != null) {
            return job.endTime();
        }
        return job.lastModifiedTime() == null ? job.creationTime() : job.lastModifiedTime();
    }

    private static RunState state(GetModelCustomizationJobResponse job) {
        if (job.status() == null) {
            return RunState.QUEUED;
        }
        return switch (job.status()) {
            case IN_PROGRESS -> stateInDetail(job.statusDetails());
            case COMPLETED -> RunState.SUCCEEDED;
            case FAILED -> RunState.FAILED;
            case STOPPING -> RunState.STOPPING;
            case STOPPED -> RunState.STOPPED;
            case UNKNOWN_TO_SDK_VERSION -> RunState.TRAINING;
        };
    }

    /** The service tells of the parts of some jobs only: first it reads the rows, then it trains. */
    private static RunState stateInDetail(@Nullable StatusDetails details) {
        if (details == null) {
            return RunState.TRAINING;
        }
        TrainingDetails training = details.trainingDetails();
        DataProcessingDetails processing = details.dataProcessingDetails();
        ValidationDetails validation = details.validationDetails();
        if (training != null && isBegun(training.status())) {
            return RunState.TRAINING;
        }
        boolean isReading = (processing != null && isBegun(processing.status()))
                || (validation != null && isBegun(validation.status()));
        return isReading ? RunState.DOWNLOADING : RunState.QUEUED;
    }

    private static boolean isBegun(@Nullable JobStatusDetails status) {
        return status != null && status != JobStatusDetails.NOT_STARTED;
    }

    private static Problem failure(GetModelCustomizationJobResponse job) {
        String reason = Optional.ofNullable(job.failureMessage())
                .filter(text -> !text.isBlank())
                .orElse("no reason is told");
        boolean isOfTheData = OF_THE_DATA.matcher(reason).matches()
                && !BESIDE_THE_DATA.matcher(reason).find();
        Problem.Builder problem;
        if (reason.contains("assume")) {
            problem = BedrockProblems.ROLE_UNUSABLE
                    .error("Bedrock may not act as the role of " + job.jobName())
                    .remedy("aws iam get-role --query Role.AssumeRolePolicyDocument --role-name "
                            + String.valueOf(job.roleArn()).replaceFirst(".*/", ""));
        } else if (!isOfTheData && FORBIDDEN.matcher(reason).find()) {
            problem = BedrockProblems.JOB_FAILED
                    .error("the role of " + job.jobName() + " may not do what the job takes")
                    .remedy("finetune policy JOB --for job");
        } else if (isOfTheData) {
            problem = BedrockProblems.DATA_REFUSED
                    .error("Bedrock does not take the rows of " + job.jobName())
                    .remedy(described(job, " --query trainingDataConfig.s3Uri")
                            + "    # where the rows lie that it read");
        } else {
            problem = BedrockProblems.JOB_FAILED
                    .error("Bedrock could not run " + job.jobName())
                    .remedy(described(job, "") + "    # all that is told of it");
            if (OF_THE_SERVICE.matcher(reason).matches()) {
                problem.retry(Retry.after(PLATFORM_PAUSE));
            }
        }
        return problem.because(reason).build();
    }

    private static String described(GetModelCustomizationJobResponse job, String query) {
        String[] arn = String.valueOf(job.jobArn()).split(":", -1);
        String region = arn.length > REGION_OF_ARN ? " --region " + arn[REGION_OF_ARN] : "";
        return "aws bedrock get-model-customization-job" + region + query + " --job-identifier " + job.jobName();
    }
}
