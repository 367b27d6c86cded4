package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Durations;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;
import software.amazon.awssdk.services.sagemaker.model.StoppingCondition;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.WarmPoolResourceStatus;
import software.amazon.awssdk.services.sagemaker.model.WarmPoolStatus;

/** From what the service tells of a job to what everybody is told. Survives states that the service adds later. */
public final class SageMakerStatusMapper {
    private static final Duration PLATFORM_PAUSE = Duration.ofMinutes(1);

    /** Whom the service blames where the container failed. */
    private static final String ALGORITHM = "AlgorithmError";

    private static final Pattern BLAMED = Pattern.compile("(\\w+Error): (.*)", Pattern.DOTALL);
    private static final Pattern EXIT_CODE = Pattern.compile("(.*), exit code: (\\d{1,3})", Pattern.DOTALL);
    private static final Pattern REMEDY = Pattern.compile("(.*); try: (.*)", Pattern.DOTALL);

    /** What a machine is paid for, which it is from the image on and not while a spot job waits. */
    private static final Set<SecondaryStatus> BILLED = Set.of(
            SecondaryStatus.DOWNLOADING,
            SecondaryStatus.DOWNLOADING_TRAINING_IMAGE,
            SecondaryStatus.TRAINING,
            SecondaryStatus.STOPPING,
            SecondaryStatus.UPLOADING,
            SecondaryStatus.UPDATING);

    private SageMakerStatusMapper() {}

    /**
     * A job as it is now.
     *
     * @param launches its launches, first to last; one at least
     * @param place the target that launched it, which remedies name
     */
    public static JobSnapshot snapshot(
            RunId id, List<DescribeTrainingJobResponse> launches, ProviderId place, Instant now) {
        DescribeTrainingJobResponse job = launches.get(launches.size() - 1);
        RunState state = state(job);
        Duration billed =
                launches.stream().map(launch -> billedTime(launch, now)).reduce(Duration.ZERO, Duration::plus);
        Duration kept = launches.stream().map(SageMakerStatusMapper::keptTime).reduce(Duration.ZERO, Duration::plus);
        return new JobSnapshot(
                id,
                TrainingJobs.digest(job),
                job.trainingJobArn(),
                state,
                launches.get(0).creationTime(),
                state.isTerminal() ? endOf(job) : null,
                state == RunState.FAILED ? failure(job, place).orElse(null) : null,
                billed,
                null,
                kept,
                state == RunState.FAILED ? exitCode(job) : null);
    }

    private static Instant endOf(DescribeTrainingJobResponse job) {
        if (job.trainingEndTime() != null) {
            return job.trainingEndTime();
        }
        return job.lastModifiedTime() == null ? job.creationTime() : job.lastModifiedTime();
    }

    private static RunState state(DescribeTrainingJobResponse job) {
        return job.secondaryStatus() == SecondaryStatus.UNKNOWN_TO_SDK_VERSION
                ? stateInGeneral(job)
                : state(job.secondaryStatus());
    }

    /** What everybody calls a state of the service; one that it added later is taken for training. */
    public static RunState state(SecondaryStatus status) {
        return switch (status) {
            case PENDING -> RunState.QUEUED;
            case STARTING, LAUNCHING_ML_INSTANCES, PREPARING_TRAINING_STACK -> RunState.STARTING;
            case DOWNLOADING, DOWNLOADING_TRAINING_IMAGE -> RunState.DOWNLOADING;
            case TRAINING, UPDATING, UNKNOWN_TO_SDK_VERSION -> RunState.TRAINING;
            case INTERRUPTED, RESTARTING -> RunState.INTERRUPTED;
            case UPLOADING -> RunState.UPLOADING;
            case STOPPING -> RunState.STOPPING;
            case COMPLETED -> RunState.SUCCEEDED;
            // A spot job that waited in vain; nobody asked it to stop.
            case FAILED, MAX_WAIT_TIME_EXCEEDED -> RunState.FAILED;
            case STOPPED, MAX_RUNTIME_EXCEEDED -> RunState.STOPPED;
        };
    }

    private static RunState stateInGeneral(DescribeTrainingJobResponse job) {
        return switch (job.trainingJobStatus()) {
            case COMPLETED -> RunState.SUCCEEDED;
            case FAILED -> RunState.FAILED;
            case STOPPED, DELETING -> RunState.STOPPED;
            case STOPPING -> RunState.STOPPING;
            case IN_PROGRESS, UNKNOWN_TO_SDK_VERSION -> RunState.TRAINING;
        };
    }

    /** As the service says once the job has ended; before, the time in which a machine was there. */
    public static Duration billedTime(DescribeTrainingJobResponse job, Instant now) {
        if (job.billableTimeInSeconds() != null) {
            return Duration.ofSeconds(job.billableTimeInSeconds());
        }
        Duration total = Duration.ZERO;
        for (SecondaryStatusTransition transition : job.secondaryStatusTransitions()) {
            if (BILLED.contains(transition.status())) {
                Instant end = transition.endTime() == null ? now : transition.endTime();
                total = total.plus(Duration.between(transition.startTime(), end));
            }
        }
        return total.isNegative() ? Duration.ZERO : total;
    }

    /**
     * How long the machine of a job is kept after it, and paid for: as the service says once that is over. Until then as long as was asked
     * for, since nobody knows when the next job comes.
     */
    public static Duration keptTime(DescribeTrainingJobResponse job) {
        if (!TrainingJobs.hasEnded(job) || job.trainingStartTime() == null) {
            return Duration.ZERO;
        }
        WarmPoolStatus pool = job.warmPoolStatus();
        Duration told = seconds(pool == null ? null : pool.resourceRetainedBillableTimeInSeconds());
        boolean isOver = pool != null
                && (pool.status() == WarmPoolResourceStatus.TERMINATED
                        || pool.status() == WarmPoolResourceStatus.REUSED);
        Duration asked = seconds(
                job.resourceConfig() == null ? null : job.resourceConfig().keepAlivePeriodInSeconds());
        return isOver || told.compareTo(asked) > 0 ? told : asked;
    }

    private static Duration seconds(@Nullable Integer told) {
        return told == null ? Duration.ZERO : Duration.ofSeconds(told);
    }

    /**
     * Why a job failed; empty where it did not.
     *
     * @param place the target that launched it, which remedies name
     */
    public static Optional<Problem> failure(DescribeTrainingJobResponse job, ProviderId place) {
        if (job.secondaryStatus() == SecondaryStatus.MAX_WAIT_TIME_EXCEEDED) {
            return Optional.of(waitedTooLong(job, place));
        }
        return job.trainingJobStatus() == TrainingJobStatus.FAILED
                ? Optional.of(toldReason(job, place))
                : Optional.empty();
    }

    /** A spot job waits anew each time that its machine is taken back, so that it may have run, and be billed for that. */
    private static Problem waitedTooLong(DescribeTrainingJobResponse job, ProviderId place) {
        String name = job.trainingJobName();
        if (!Boolean.TRUE.equals(job.enableManagedSpotTraining())) {
            return SageMakerProblems.NO_CAPACITY
                    .error("no " + machine(job) + " was free for " + name + " in the time that it may wait")
                    .because(longestWait(job))
                    .remedy(otherMachines(place))
                    .build();
        }
        Duration ran = seconds(job.trainingTimeInSeconds());
        Problem.Builder problem = ran.isZero()
                ? SageMakerProblems.NO_CAPACITY.error(
                        "no spot " + machine(job) + " was free for " + name + " in the time that it may wait")
                : SageMakerProblems.NO_CAPACITY
                        .error(name + " waited for spot " + machine(job) + " and ran for all of its time")
                        .because("it had machines for " + Durations.format(ran)
                                + ", and is billed for them; what it trained up to its last checkpoint is kept");
        return problem.because(longestWait(job))
                .remedy("places." + place + ".spot: false")
                .build();
    }

    private static String longestWait(DescribeTrainingJobResponse job) {
        StoppingCondition limits = job.stoppingCondition();
        if (limits != null && limits.maxWaitTimeInSeconds() != null) {
            return "it may wait and run " + Durations.format(seconds(limits.maxWaitTimeInSeconds()));
        }
        return limits == null || limits.maxPendingTimeInSeconds() == null
                ? "how long that is was not told"
                : "it may wait " + Durations.format(seconds(limits.maxPendingTimeInSeconds()));
    }

    private static String otherMachines(ProviderId place) {
        return "finetune offers --target " + place;
    }

    private static String machine(DescribeTrainingJobResponse job) {
        return job.resourceConfig() == null ? "machine" : job.resourceConfig().instanceTypeAsString();
    }

    /** The service puts who is to blame in front, and the worker its code and what to do into the middle. */
    private static Problem toldReason(DescribeTrainingJobResponse job, ProviderId place) {
        String reason = job.failureReason() == null ? "" : job.failureReason();
        Matcher blamed = BLAMED.matcher(reason);
        String blame = blamed.matches() ? blamed.group(1) : "";
        String text = blamed.matches() ? blamed.group(2) : reason;
        return switch (blame) {
            case "CapacityError" ->
                SageMakerProblems.NO_CAPACITY
                        .error("no " + machine(job) + " was free for " + job.trainingJobName())
                        .because(text)
                        .remedy(otherMachines(place))
                        .build();
            case "InternalServerError" ->
                SageMakerProblems.PLATFORM_FAILED
                        .error("SageMaker failed in " + job.trainingJobName())
                        .because(text)
                        .retry(Retry.after(PLATFORM_PAUSE))
                        .build();
            case ALGORITHM -> workerFailed(job, text);
            default -> NeverRan.told(job, place, text);
        };
    }

    /** What the container failed with, which the service tells at the end of its reason; null where it does not. */
    private static @Nullable Integer exitCode(DescribeTrainingJobResponse job) {
        String reason = job.failureReason() == null ? "" : job.failureReason();
        Matcher blamed = BLAMED.matcher(reason);
        Matcher exit = EXIT_CODE.matcher(reason);
        return blamed.matches() && blamed.group(1).equals(ALGORITHM) && exit.matches()
                ? Integer.valueOf(exit.group(2))
                : null;
    }

    private static Problem workerFailed(DescribeTrainingJobResponse job, String text) {
        Matcher exit = EXIT_CODE.matcher(text);
        String said = exit.matches() ? exit.group(1) : text;
        @Nullable String code = exit.matches() ? exit.group(2) : null;
        Matcher remedy = REMEDY.matcher(said);
        Problem.Builder problem =
                SageMakerProblems.WORKER_FAILED.error("the worker of " + job.trainingJobName() + " failed");
        String why = remedy.matches() ? remedy.group(1) : said;
        problem.because(why.isBlank() ? "it left no reason; exit code " + code : why.strip());
        if (remedy.matches()) {
            problem.remedy(remedy.group(2).strip());
        } else {
            problem.remedy("aws logs tail /aws/sagemaker/TrainingJobs --region " + NeverRan.region(job)
                    + " --log-stream-name-prefix " + job.trainingJobName() + "/");
        }
        return problem.build();
    }
}
