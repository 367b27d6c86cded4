package dev.finetune4j.aws.bedrock;

import static java.util.stream.Collectors.joining;

import dev.finetune4j.aws.account.QuotaExamination;
import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsFailure;
import dev.finetune4j.aws.internal.RoleLook;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.JobRefusals;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/** From what Amazon's client throws to what a person can mend. */
final class BedrockErrors {
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(10);
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(30);
    private static final Duration QUOTA_PAUSE = Duration.ofMinutes(10);

    private BedrockErrors() {}

    /** What a failed call means for a job or a model. */
    static FineTuneException told(SdkException failure, String name, String region) {
        return told(failure, name, region, "MODEL");
    }

    /** The same where it is known which base model is asked for. A job or model that Bedrock refuses to make is not there to be looked at. */
    static FineTuneException told(SdkException failure, String name, String region, String model) {
        String reason = AwsConnection.reason(failure);
        Problem.Builder problem = switch (AwsFailure.of(failure)) {
            case DENIED -> denied(reason, name, region, model);
            case CREDENTIALS ->
                BedrockProblems.NO_CREDENTIALS
                        .error(AwsConnection.credentialsSummary(failure))
                        .remedy(AwsConnection.credentialsRemedy(failure));
            case BUSY ->
                BedrockProblems.UNREACHABLE
                        .error("Bedrock asks to come less often")
                        .retry(Retry.after(BUSY_PAUSE));
            case OUTAGE ->
                BedrockProblems.UNREACHABLE
                        .error("Bedrock in " + region + " does not answer for " + name)
                        .retry(Retry.after(OUTAGE_PAUSE));
            case REFUSED -> refused(failure, reason, name, region);
        };
        return problem.because(reason).asException(failure);
    }

    private static Problem.Builder denied(String reason, String name, String region, String model) {
        if (reason.contains("access to the model")) {
            return BedrockProblems.NO_MODEL_ACCESS
                    .error("the account has no access to the base model of " + name + " in " + region)
                    .remedy("aws bedrock get-foundation-model-availability --region " + region + " --model-id "
                            + model.replaceFirst(":\\d+k$", "")); // without the length of its context
        }
        return BedrockProblems.DENIED
                .error("the caller may not do that with " + name)
                .remedy("finetune policy JOB --for caller");
    }

    private static Problem.Builder refused(SdkException failure, String reason, String name, String region) {
        return switch (AwsConnection.code(failure)) {
            case "ServiceQuotaExceededException" -> quota(reason, name, region);
            case "ConflictException" ->
                BedrockProblems.NAME_TAKEN
                        .error("the name " + name + " is taken at Bedrock")
                        .remedy("aws bedrock get-model-customization-job --region " + region + " --job-identifier "
                                + name);
            default ->
                reason.contains("not supported for customization")
                        ? BedrockProblems.NOT_TUNABLE
                                .error("Bedrock does not tune the base model of " + name + " in " + region)
                                .remedy(
                                        "aws bedrock list-foundation-models --by-customization-type FINE_TUNING --region "
                                                + region)
                        : BedrockProblems.REFUSED
                                .error("Bedrock does not do that with " + name)
                                .remedy("finetune doctor aws JOB");
        };
    }

    /** Bedrock tells what there is too much of, and not the quota's name: that is known of jobs alone. */
    private static Problem.Builder quota(String reason, String name, String region) {
        boolean isOfJobs = reason.contains(BedrockProviderFactory.JOBS);
        return BedrockProblems.QUOTA
                .error("the account's quota " + (isOfJobs ? "of " + BedrockProviderFactory.JOBS + " " : "") + "in "
                        + region + " leaves no place for " + name)
                .remedy(
                        isOfJobs
                                ? QuotaExamination.listing(
                                        BedrockProviderFactory.SERVICE, BedrockProviderFactory.JOBS, region)
                                : "aws service-quotas list-service-quotas --service-code "
                                        + BedrockProviderFactory.SERVICE + " --region " + region)
                .retry(Retry.after(QUOTA_PAUSE));
    }

    /** Whether something was refused since the service may not act as a role. */
    static boolean isOfRole(SdkException failure) {
        return AwsConnection.reason(failure).contains("Could not assume");
    }

    /** The service may not act as the role of a job. */
    static FineTuneException roleUnusable(SdkException failure, String name, RoleLook role, Instant now) {
        Problem.Builder problem = BedrockProblems.ROLE_UNUSABLE.error("Bedrock may not act as the role of " + name);
        return role.into(problem, now).because(AwsConnection.reason(failure)).asException(failure);
    }

    /** The name belongs to another job. */
    static FineTuneException taken(String name, String arn, String found, String digest) {
        return BedrockProblems.NAME_TAKEN
                .error("the name " + name + " belongs to another job")
                .because("the digest of " + arn + " is " + (found.isEmpty() ? "not told" : found)
                        + ", the new one's is " + digest)
                .remedy("aws bedrock get-model-customization-job --job-identifier " + name)
                .asException();
    }

    /** The name that a job's model is to have belongs to another model. */
    static FineTuneException modelTaken(SdkException failure, String model, String region) {
        return BedrockProblems.NAME_TAKEN
                .error("the name " + model + " belongs to another model")
                .because(AwsConnection.reason(failure))
                .remedy("aws bedrock get-custom-model --region " + region + " --model-identifier " + model)
                .asException(failure);
    }

    /** There is no such job. */
    static FineTuneException absent(String name, String region) {
        return BedrockProblems.NO_SUCH_JOB
                .error("there is no job " + name + " in " + region)
                .remedy("aws bedrock list-model-customization-jobs --region " + region)
                .asException();
    }

    /** A job is in a state in which that cannot be done. */
    static FineTuneException wrongState(RunId id, RunState state, String why) {
        return JobRefusals.wrongState(BedrockProblems.WRONG_STATE, id, state, why);
    }

    /** The model answers somebody, or is held ready to. */
    static FineTuneException stillHosted(String of, SdkException failure) {
        return BedrockProblems.WRONG_STATE
                .error("the tuned model of " + of + " is hosted")
                .because(AwsConnection.reason(failure))
                .remedy("finetune host " + of + " --remove")
                .asException(failure);
    }

    /** What was paid for until later. */
    static FineTuneException notToBeEnded(String arn, @Nullable Instant committedUntil, FineTuneException failure) {
        return BedrockProblems.WRONG_STATE
                .error(arn + " cannot be ended"
                        + (committedUntil == null
                                ? " yet"
                                : " before " + committedUntil + ", until when it is paid for"))
                .because(failure.problems().get(0).causes().get(0))
                .asException(failure);
    }

    /** The base model's family is not hosted so. */
    static FineTuneException noWay(String base, String way) {
        return BedrockProblems.NOT_HOSTED_SO
                .error("Bedrock does not host a model that is tuned from " + base + " " + way)
                .because("there is "
                        + HostingWays.of(base).stream().map(HostingWay::name).collect(joining(", ")))
                .remedy("leave --way out")
                .asException();
    }

    /** More units than are sold so. */
    static FineTuneException tooManyUnits(HostingOrder order, int most) {
        return BedrockProblems.NOT_HOSTED_SO
                .error("Bedrock sells " + most + " unit" + (most == 1 ? "" : "s") + " " + order.way() + ", not "
                        + order.units())
                .remedy("--units " + most)
                .asException();
    }

    /** The name is somebody else's. */
    static FineTuneException hostingTaken(String name, String region) {
        return BedrockProblems.NAME_TAKEN
                .error("the name " + name + " belongs to something that was not hosted from here")
                .remedy("aws bedrock list-custom-model-deployments --region " + region + " --name-contains " + name)
                .remedy("aws bedrock list-provisioned-model-throughputs --region " + region + " --name-contains "
                        + name)
                .asException();
    }

    /** The run's model is hosted by another order. */
    static FineTuneException hostedOtherwise(RunId run, HostedCalls.Found found) {
        return BedrockProblems.NAME_TAKEN
                .error(run + " is hosted already, by another order: " + found.way() + ", " + found.units() + " unit"
                        + (found.units() == 1 ? "" : "s"))
                .because(found.arn())
                .remedy("finetune host " + run + " --remove")
                .asException();
    }

    /** No call ends a job that brings a model in. */
    static FineTuneException stillComing(HostedModel hosted) {
        return BedrockProblems.WRONG_STATE
                .error(hosted.run() + " is about to be brought in, and no call ends that")
                .because(hosted.reference() + " since " + hosted.since())
                .remedy("finetune host " + hosted.run() + " --remove    # in some minutes")
                .asException();
    }

    /** Its base model is not at Bedrock. */
    static FineTuneException noBase(HostedModel hosted) {
        return BedrockProblems.UNABLE
                .error("Bedrock has no base model of " + hosted.run() + " to ask")
                .because("the model was trained elsewhere and brought in")
                .asException();
    }

    /** What hosts a model came to nothing. */
    static Problem hostingFailed(RunId run, HostedCalls.Found found) {
        return BedrockProblems.HOSTING_FAILED
                .error("Bedrock could not host " + run + " " + found.way())
                .because(found.failure() == null ? "it gives no reason for " + found.arn() : found.failure())
                .remedy("finetune host " + run + " --remove")
                .build();
    }

    /** Bedrock does nothing of the kind. */
    static FineTuneException unable(RunId id, String what, String reason) {
        return BedrockProblems.UNABLE
                .error("Bedrock does not " + what + ", as " + id + " asks")
                .because(reason)
                .asException();
    }

    /** A cursor that was given for no event of the job. */
    static FineTuneException foreignCursor(RunId id, String cursor) {
        return JobRefusals.foreignCursor(BedrockProblems.FOREIGN_CURSOR, id, cursor);
    }

    /** The service took a job and does not show it. */
    static FineTuneException hidden(String name) {
        return BedrockProblems.UNREACHABLE
                .error("Bedrock took " + name + " and does not show it")
                .retry(Retry.after(OUTAGE_PAUSE))
                .asException();
    }
}
