package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsFailure;
import dev.finetune4j.aws.internal.RoleLook;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobRefusals;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;

/** From what Amazon's client throws to what a person can mend. */
public final class SageMakerErrors {
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(10);
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(30);
    private static final int REGION_OF_ARN = 3;
    private static final Pattern QUOTA = Pattern.compile("service limit '([^']+)' is (\\d+)");

    private SageMakerErrors() {}

    /** What a failed call about a job means. */
    public static FineTuneException told(SdkException failure, String name, String region) {
        return told(failure, name, region, describe(name, region));
    }

    /**
     * What a failed call means.
     *
     * @param what what it is about, for a person
     * @param look the command that shows more where the service refuses the call
     */
    public static FineTuneException told(SdkException failure, String what, String region, String look) {
        return problem(
                        failure,
                        what,
                        region,
                        reason -> SageMakerProblems.REFUSED
                                .error("SageMaker does not do that with " + what)
                                .because(reason)
                                .remedy(look)
                                .build())
                .asException(failure);
    }

    /** What it means that a job could not be launched. */
    static FineTuneException notLaunched(SdkException failure, CreateTrainingJobRequest job, String region) {
        return problem(failure, job.trainingJobName(), region, reason -> NeverRan.refused(job, reason))
                .asException(failure);
    }

    private static Problem problem(
            SdkException failure, String name, String region, Function<String, Problem> refused) {
        String reason = AwsConnection.reason(failure);
        return switch (AwsFailure.of(failure)) {
            case DENIED ->
                SageMakerProblems.DENIED
                        .error("the caller may not do that with " + name)
                        .because(reason)
                        .remedy("finetune policy JOB --for caller")
                        .build();
            case CREDENTIALS ->
                SageMakerProblems.NO_CREDENTIALS
                        .error(AwsConnection.credentialsSummary(failure))
                        .because(reason)
                        .remedy(AwsConnection.credentialsRemedy(failure))
                        .build();
            case BUSY ->
                SageMakerProblems.UNREACHABLE
                        .error("SageMaker asks to come less often")
                        .because(reason)
                        .retry(Retry.after(BUSY_PAUSE))
                        .build();
            case OUTAGE ->
                SageMakerProblems.UNREACHABLE
                        .error("SageMaker in " + region + " does not answer for " + name)
                        .because(reason)
                        .retry(Retry.after(OUTAGE_PAUSE))
                        .build();
            case REFUSED ->
                AwsConnection.code(failure).equals("ResourceLimitExceeded")
                        ? quota(reason, name, region)
                        : refused.apply(reason);
        };
    }

    /** The region in an ARN. */
    static String region(String arn) {
        return arn.split(":", -1)[REGION_OF_ARN];
    }

    /** The command that shows a job. */
    static String describe(String name, String region) {
        return "aws sagemaker describe-training-job --region " + region + " --training-job-name " + name;
    }

    /** Whether a job was refused since the service may not act as its role. */
    static boolean isOfRole(SdkException failure) {
        return AwsConnection.reason(failure).contains("Could not assume role");
    }

    /** The service may not act as a job's role. */
    static FineTuneException roleUnusable(SdkException failure, String name, RoleLook role, Instant now) {
        Problem.Builder problem = SageMakerProblems.ROLE_UNUSABLE
                .error("SageMaker may not act as the role of " + name)
                .because(AwsConnection.reason(failure));
        return role.into(problem, now).asException(failure);
    }

    private static Problem quota(String reason, String name, String region) {
        Problem.Builder problem = SageMakerProblems.QUOTA.error("the account's quota leaves no machine for " + name);
        Matcher quota = QUOTA.matcher(reason);
        if (!quota.find()) {
            return problem.because(reason).build();
        }
        return problem.because("the quota \"" + quota.group(1) + "\" in " + region + " is " + quota.group(2))
                .remedy("aws service-quotas list-service-quotas --service-code sagemaker --region " + region
                        + " --query \"Quotas[?QuotaName=='" + quota.group(1) + "']\"")
                .build();
    }

    /** The name belongs to another job. */
    public static FineTuneException taken(String name, String arn, String found, String digest) {
        return SageMakerProblems.NAME_TAKEN
                .error("the name " + name + " belongs to another job")
                .because("the digest of " + arn + " is " + (found.isEmpty() ? "not told" : found)
                        + ", the new one's is " + digest)
                .remedy(describe(name, region(arn)))
                .asException();
    }

    /** There is no such job. */
    public static FineTuneException absent(String name, String region) {
        return SageMakerProblems.NO_SUCH_JOB
                .error("there is no job " + name + " in " + region)
                .asException();
    }

    /** A reader asks for what comes after a place that the job does not have. */
    public static FineTuneException foreignCursor(RunId id, String cursor) {
        return JobRefusals.foreignCursor(SageMakerProblems.WRONG_STATE, id, cursor);
    }

    /** The job would have to be in another state. */
    public static FineTuneException wrongState(RunId id, RunState state, String why) {
        return JobRefusals.wrongState(SageMakerProblems.WRONG_STATE, id, state, why);
    }

    /** The service keeps the record of a job as long as it keeps its machine. */
    public static FineTuneException keptMachine(String name) {
        return SageMakerProblems.WRONG_STATE
                .error("the machine of " + name + " is being given back, and its record stays until it is")
                .because("the job asked for it to be kept for other jobs (keep-alive)")
                .remedy("run the same command again in a minute")
                .retry(Retry.after(OUTAGE_PAUSE))
                .asException();
    }

    /** The service took a job and does not show it. */
    public static FineTuneException hidden(String name) {
        return SageMakerProblems.UNREACHABLE
                .error("SageMaker took " + name + " and does not show it")
                .retry(Retry.after(OUTAGE_PAUSE))
                .asException();
    }
}
