package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.openai.TuningJobs.Launched;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From what the service tells of a job to what everybody is told. Survives states that the service adds later. */
final class AzureOpenAiStatusMapper {
    private static final Duration PLATFORM_PAUSE = Duration.ofMinutes(1);
    private static final Pattern OF_THE_DATA = Pattern.compile(
            "(?is).*(training.?file|validation.?file|jsonl|example|moderation|harmful|content filter).*");
    private static final Pattern OF_THE_SERVICE =
            Pattern.compile("(?is).*(internal|server.?error|try again|timed? ?out|capacity).*");
    private static final Pattern INTERNAL = Pattern.compile("(?i)internal.?(server|service)?.?error|server.?error");
    private static final int MILLION_DIGITS = 6;
    private static final int CENT_DIGITS = 4;

    private AzureOpenAiStatusMapper() {}

    /** A job as it is now. Azure OpenAI bills tokens and no time, and tells how many at the end. */
    static JobSnapshot snapshot(RunId id, Launched launched, AzureOpenAiOptions options) {
        TuningJob job = launched.job();
        RunState state = job.state();
        return new JobSnapshot(
                id,
                launched.digest(),
                job.id(),
                state,
                job.createdAt(),
                endOf(job),
                state == RunState.FAILED ? failure(id, job) : null,
                Duration.ZERO,
                spend(launched, options),
                Duration.ZERO,
                null);
    }

    /** When a job ended, or null; where Azure does not tell it, its begin, since nothing else stays the same. */
    static @Nullable Instant endOf(TuningJob job) {
        Instant told = job.finishedAt();
        return job.hasEnded() ? (told == null ? job.createdAt() : told) : null;
    }

    /** By the price of the region and scope; null while the tokens are not told, or where no price is known. */
    private static @Nullable Money spend(Launched launched, AzureOpenAiOptions options) {
        return launched.trainedTokens()
                .flatMap(tokens -> TunableModels.offer(launched.job().model(), options.region(), options.scope())
                        .flatMap(offer -> offer.price())
                        .map(price -> new Money(
                                price.amount()
                                        .amount()
                                        .multiply(BigDecimal.valueOf(tokens))
                                        .movePointLeft(MILLION_DIGITS)
                                        .setScale(CENT_DIGITS, RoundingMode.UP),
                                price.amount().currency())))
                .orElse(null);
    }

    private static Problem failure(RunId id, TuningJob job) {
        String reason = job.errorMessage().isEmpty()
                ? "no reason is told" + (job.errorCode().isEmpty() ? "" : " but " + job.errorCode())
                : (job.errorCode().isEmpty() ? "" : job.errorCode() + ": ") + job.errorMessage();
        // What breaks while the service reads the files names them as well.
        if (OF_THE_DATA.matcher(reason).matches() && !INTERNAL.matcher(reason).find()) {
            return AzureOpenAiProblems.DATA_REFUSED
                    .error("Azure OpenAI does not take the rows of " + id)
                    .because(reason)
                    .remedy("finetune logs " + id)
                    .build();
        }
        Problem.Builder problem = AzureOpenAiProblems.JOB_FAILED
                .error("Azure OpenAI could not run " + id)
                .because(reason)
                .remedy("finetune logs " + id);
        return (OF_THE_SERVICE.matcher(reason).matches() ? problem.retry(Retry.after(PLATFORM_PAUSE)) : problem)
                .build();
    }
}
