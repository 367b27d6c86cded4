package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobRefusals;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.regex.Pattern;

/** From what Microsoft's client throws to what a person can mend. */
final class AzureOpenAiErrors {
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(10);
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(30);
    private static final Duration READING_PAUSE = Duration.ofMinutes(1);
    private static final Pattern QUOTA =
            Pattern.compile("(?i)quota|(?<!size )(limit|maximum)(?! (file )?size).*(job|file|reached|exceeded)");
    private static final Pattern NOT_TUNABLE =
            Pattern.compile("(?i)does not support fine.?tuning|model.*not (available|supported)");
    private static final Pattern OF_A_FILE = Pattern.compile("(?i)(training|validation).?file|file.?size|jsonl");

    private AzureOpenAiErrors() {}

    /** What a failed call means for a job, or what else has a name. */
    static FineTuneException told(RuntimeException failure, String name, AzureOpenAiOptions options) {
        String reason = AzureFailure.reason(failure);
        Problem.Builder problem = switch (AzureFailure.of(failure)) {
            case DENIED ->
                AzureOpenAiProblems.DENIED
                        .error("the caller may not do that with " + name + " at " + options.account())
                        .remedy("finetune policy JOB --for caller");
            case CREDENTIALS ->
                AzureOpenAiProblems.NO_CREDENTIALS
                        .error(options.endpoint() + " does not accept the credentials")
                        .remedy("az login");
            case BUSY ->
                AzureOpenAiProblems.UNREACHABLE
                        .error("Azure OpenAI asks to come less often")
                        .retry(Retry.after(AzureFailure.pause(failure).orElse(BUSY_PAUSE)));
            case OUTAGE ->
                AzureOpenAiProblems.UNREACHABLE
                        .error("Azure OpenAI at " + options.endpoint() + " does not answer for " + name)
                        .retry(Retry.after(OUTAGE_PAUSE));
            case REFUSED -> refused(reason, name, options);
        };
        return problem.because(reason).asException(failure);
    }

    private static Problem.Builder refused(String reason, String name, AzureOpenAiOptions options) {
        if (NOT_TUNABLE.matcher(reason).find()) {
            return AzureOpenAiProblems.NOT_TUNABLE
                    .error("Azure OpenAI does not tune " + options.serviceModel() + " at " + options.account() + " ("
                            + options.trainingType() + ")")
                    .remedy("finetune offers --target azure-openai");
        }
        if (QUOTA.matcher(reason).find()) {
            return AzureOpenAiProblems.QUOTA
                    .error("the limits of " + options.account() + " leave no place for " + name)
                    .remedy("finetune gc JOB");
        }
        return OF_A_FILE.matcher(reason).find()
                ? AzureOpenAiProblems.DATA_REFUSED.error("Azure OpenAI does not take the rows of " + name)
                : AzureOpenAiProblems.REFUSED.error("Azure OpenAI does not do that with " + name);
    }

    /** The run has a job of another order. */
    static FineTuneException taken(RunId run, TuningJob job, String found, String digest) {
        return AzureOpenAiProblems.NAME_TAKEN
                .error(run + " belongs to another job")
                .because("the digest of " + job.id() + " is " + found + ", the new one's is " + digest)
                .asException();
    }

    static FineTuneException absent(RunId id, AzureOpenAiOptions options) {
        return AzureOpenAiProblems.NO_SUCH_JOB
                .error("there is no job of " + id + " at " + options.account())
                .asException();
    }

    static FineTuneException wrongState(RunId id, RunState state, String why) {
        return JobRefusals.wrongState(AzureOpenAiProblems.WRONG_STATE, id, state, why);
    }

    static FineTuneException foreignCursor(RunId id, String cursor) {
        return JobRefusals.foreignCursor(AzureOpenAiProblems.WRONG_STATE, id, cursor);
    }

    /** The service does nothing of the kind. */
    static FineTuneException unable(RunId id, String what, String reason) {
        return AzureOpenAiProblems.UNABLE
                .error("Azure OpenAI does not " + what + ", as " + id + " asks")
                .because(reason)
                .asException();
    }

    /** A file took longer to be read than anybody waits. */
    static FineTuneException notProcessed(TuningFile file, Duration waited) {
        return AzureOpenAiProblems.NOT_PROCESSED
                .error("Azure OpenAI has not read " + file.name() + " in " + waited.toMinutes() + " min")
                .because(file.id() + " is " + file.status())
                .retry(Retry.after(READING_PAUSE))
                .asException();
    }

    /** The service read a file and does not take it. */
    static FineTuneException unusable(TuningFile file) {
        return AzureOpenAiProblems.DATA_REFUSED
                .error("Azure OpenAI does not take " + file.name())
                .because(file.details().isEmpty() ? "it gives no reason for " + file.id() : file.details())
                .asException();
    }

    /** The service took something and does not show it. */
    static FineTuneException hidden(String name) {
        return AzureOpenAiProblems.UNREACHABLE
                .error("Azure OpenAI took " + name + " and does not show it")
                .retry(Retry.after(OUTAGE_PAUSE))
                .asException();
    }
}
