package dev.finetune4j.azure.ml;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From what the service tells of a job to what everybody is told. Survives states that the service adds later. */
final class AzureMlStatusMapper {
    private static final Duration PLATFORM_PAUSE = Duration.ofMinutes(1);
    private static final Pattern REMEDY = Pattern.compile("(.*); try: (.*)", Pattern.DOTALL);
    private static final Pattern EXIT_CODE = Pattern.compile("exited with (?:status )?code (\\d{1,3})\\b");
    private static final Pattern QUOTA = Pattern.compile("(?i)quota");
    private static final Pattern TIME_LIMIT = Pattern.compile("(?i)time.?out|time.?limit|maximum.*duration");
    private static final Pattern CAPACITY =
            Pattern.compile("(?i)allocationfailed|skunotavailable|insufficientcapacity|overconstrained|outofcapacity");

    /**
     * A launch of a job.
     *
     * @param details what the run history tells of it; null while that does not know it
     * @param waited how long it waited for another machine after its own was taken back, as far as that was seen
     */
    record Launch(AzureJob job, @Nullable RunDetails details, Duration waited) {
        /** One that did not wait. */
        Launch(AzureJob job, @Nullable RunDetails details) {
            this(job, details, Duration.ZERO);
        }

        /** Whether its machine was taken back and no other is there yet: the next one is billed from when it begins to be made ready. */
        boolean isWaiting() {
            return begunAt().isPresent() && AzureMlStatusMapper.state(job.status()) == RunState.QUEUED;
        }

        /** Whether it runs, as far as is known, and its machine tells nothing. */
        boolean isSilent() {
            return job.status().equals("NotResponding");
        }

        Optional<Instant> begunAt() {
            return details == null ? Optional.empty() : details.begunAt();
        }

        /** When it ended, as far as that is told. */
        Instant endedAt() {
            return Optional.ofNullable(details)
                    .flatMap(RunDetails::endedAt)
                    .or(this::begunAt)
                    .orElse(job.createdAt());
        }
    }

    private AzureMlStatusMapper() {}

    /**
     * A job as it is now.
     *
     * @param launches its launches, first to last; one at least
     * @param failure what the worker left of why it failed; empty if nothing
     */
    static JobSnapshot snapshot(RunId id, List<Launch> launches, String failure, Instant now) {
        Launch last = launches.get(launches.size() - 1);
        RunState state = state(last);
        return new JobSnapshot(
                id,
                last.job().digest(),
                last.job().reference(),
                state,
                launches.get(0).job().createdAt(),
                state.isTerminal() ? last.endedAt() : null,
                state == RunState.FAILED ? failure(last, failure) : null,
                billedTime(launches, now),
                null,
                Duration.ZERO,
                state == RunState.FAILED ? exitCode(last) : null);
    }

    /** A job that its time limit ended did not fail. */
    static RunState state(Launch launch) {
        if (launch.isWaiting()) {
            return RunState.INTERRUPTED; // the service has no word of its own for it
        }
        RunState state = state(launch.job().status());
        return state == RunState.FAILED && isAtLimit(launch) ? RunState.STOPPED : state;
    }

    /** As the service tells it; by the time that it ran where it tells nothing. */
    private static boolean isAtLimit(Launch launch) {
        Duration limit = launch.job().timeLimit();
        RunDetails details = launch.details();
        if (limit == null || details == null) {
            return false;
        }
        boolean isOver = launch.begunAt()
                .filter(begun -> Duration.between(begun, launch.endedAt()).compareTo(limit) >= 0)
                .isPresent();
        return isOver
                && (details.errorCode().isEmpty()
                        || TIME_LIMIT.matcher(details.errorCode()).find()
                        || (exitCode(launch) == null
                                && TIME_LIMIT.matcher(details.errorMessage()).find()));
    }

    private static RunState state(String status) {
        return switch (status) {
            case "NotStarted", "Queued" -> RunState.QUEUED;
            case "Starting", "Provisioning", "Preparing" -> RunState.STARTING;
            case "Finalizing" -> RunState.UPLOADING;
            case "CancelRequested" -> RunState.STOPPING;
            case "Completed" -> RunState.SUCCEEDED;
            case "Failed" -> RunState.FAILED;
            case "Canceled" -> RunState.STOPPED;
            default ->
                RunState.TRAINING; // Running, and what does not answer or is new: it goes on until its end is told
        };
    }

    /** That of all launches of a run: of those whose records are gone, what the next one tells of them. */
    static Duration billedTime(List<Launch> launches, Instant now) {
        Duration billed = Duration.ZERO;
        for (Launch launch : launches) {
            Duration told = launch.job().billedBefore();
            billed = (told.compareTo(billed) > 0 ? told : billed).plus(billedTime(launch, now));
        }
        return billed;
    }

    /**
     * The time since its container first began, without waits for another machine as far as they were seen. What a machine took to come is billed,
     * too, and is told by nobody; nor is when one was taken back, so that a wait that nobody saw counts: told too high, never too low. Nothing where
     * a launch is not known to have begun, or nobody tells when it ended.
     */
    static Duration billedTime(Launch launch, Instant now) {
        Instant end = launch.job().hasEnded() ? launch.endedAt() : now;
        // A fine-tuning job is a parent of others, and waits between them while a machine of one is billed.
        Duration waited = launch.job().isTuning() ? Duration.ZERO : launch.waited();
        return billedFrom(launch)
                .map(begun -> Duration.between(begun, end).minus(waited))
                .filter(time -> !time.isNegative())
                .orElse(Duration.ZERO);
    }

    /**
     * When a launch began to be billed, as far as it did. Nothing but this ends a fine-tuning job in time, so that one that tells no start counts from
     * when it was made, unless it has had no machine yet, or failed for want of one.
     */
    private static Optional<Instant> billedFrom(Launch launch) {
        return launch.begunAt()
                .or(() -> launch.job().isTuning() && hasHadMachine(launch)
                        ? Optional.of(launch.job().createdAt()).filter(Instant.EPOCH::isBefore)
                        : Optional.empty());
    }

    private static boolean hasHadMachine(Launch launch) {
        return switch (state(launch.job().status())) {
            case QUEUED, STARTING -> false;
            case FAILED -> !isUnplaced(launch);
            default -> true;
        };
    }

    /** Whether it failed since there was no machine for it. */
    private static boolean isUnplaced(Launch launch) {
        RunDetails details = launch.details();
        String code = details == null ? "" : details.errorCode();
        return launch.begunAt().isEmpty() && (QUOTA.matcher(code).find() || isOfCapacity(code));
    }

    private static boolean isOfCapacity(String code) {
        return CAPACITY.matcher(code.replaceAll("[^A-Za-z]", "")).find();
    }

    /** What the worker failed with, which the service tells in its words; null where it does not. */
    private static @Nullable Integer exitCode(Launch launch) {
        RunDetails details = launch.details();
        Matcher exit = EXIT_CODE.matcher(details == null ? "" : details.errorMessage());
        return launch.begunAt().isPresent() && exit.find() ? Integer.valueOf(exit.group(1)) : null;
    }

    private static Problem failure(Launch launch, String left) {
        String name = launch.job().name();
        RunDetails details = launch.details();
        String code = details == null ? "" : details.errorCode();
        String message = details == null ? "" : details.errorMessage();
        String reason = message.isEmpty() ? "no reason is told" : message;
        if (!left.isBlank()) {
            return workerFailed(name, left.strip());
        }
        boolean hasRun = launch.begunAt().isPresent();
        boolean isOfService = code.startsWith("ServiceError");
        if (!hasRun && QUOTA.matcher(code).find()) {
            return AzureMlProblems.QUOTA
                    .error("the subscription's quota leaves no " + launch.job().machine() + " for " + name)
                    .because(reason)
                    .build();
        }
        // One whose machine was taken back has run, and there is no other one.
        if ((!hasRun || isOfService) && isOfCapacity(code)) {
            return AzureMlProblems.NO_CAPACITY
                    .error("no " + launch.job().machine() + " was free for " + name)
                    .because(reason)
                    .build();
        }
        if (isOfService) {
            return AzureMlProblems.PLATFORM_FAILED
                    .error("Azure ML failed in " + name)
                    .because(reason)
                    .retry(Retry.after(PLATFORM_PAUSE))
                    .build();
        }
        return hasRun && code.startsWith("UserError") && !launch.job().isTuning()
                ? workerFailed(name, reason)
                : NeverRan.told(launch.job(), code, reason);
    }

    private static Problem workerFailed(String name, String said) {
        Matcher remedy = REMEDY.matcher(said);
        Problem.Builder problem = AzureMlProblems.WORKER_FAILED
                .error("the worker of " + name + " failed")
                .because(remedy.matches() ? remedy.group(1) : said);
        return (remedy.matches() ? problem.remedy(remedy.group(2).strip()) : problem.remedy("finetune logs " + name))
                .build();
    }
}
