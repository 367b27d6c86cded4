package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.StagedOrder;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingJob;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/**
 * Jobs that were launched as SageMaker's training jobs: found, followed, stopped, fetched and removed. All that is known of a job is with
 * the service: its state, its files in S3 and its logs. Safe for use by several threads.
 */
public final class LaunchedJobs implements AutoCloseable {
    /** A search does not know at once what was launched or has ended. */
    private static final Duration MOMENT = Duration.ofMinutes(1);

    private final ProviderId place;
    private final String region;
    private final Clock clock;
    private final TrainingJobs jobs;
    private final ContainerLogs logs;
    private final S3Store store;
    private final Function<DescribeTrainingJobResponse, LineReader> lines;
    private volatile @Nullable Search search;

    private LaunchedJobs(
            ProviderId place,
            String region,
            Clock clock,
            TrainingJobs jobs,
            ContainerLogs logs,
            S3Store store,
            Function<DescribeTrainingJobResponse, LineReader> lines) {
        this.place = place;
        this.region = region;
        this.clock = clock;
        this.jobs = jobs;
        this.logs = logs;
        this.store = store;
        this.lines = lines;
    }

    /**
     * Jobs of a region. Asks nothing yet.
     *
     * @param place the target that they are jobs of
     * @param store where their files lie: {@code s3://BUCKET/PREFIX}
     * @param owner whose that bucket must be
     * @param lines what the lines of a launch tell
     */
    public static LaunchedJobs open(
            ProviderId place,
            String region,
            String store,
            BucketOwner owner,
            ProviderContext context,
            Function<DescribeTrainingJobResponse, LineReader> lines) {
        return new LaunchedJobs(
                place,
                region,
                context.clock(),
                TrainingJobs.open(region, context),
                ContainerLogs.open(region, context),
                S3Store.open(store, region, owner, context),
                lines);
    }

    /** Where their files lie. */
    public S3Store store() {
        return store;
    }

    /** The jobs by SageMaker's names. */
    public TrainingJobs jobs() {
        return jobs;
    }

    /** The launches of a job, first to last; empty where the service answered that there is none. */
    public List<DescribeTrainingJobResponse> launches(RunId id) {
        return new Launches(jobs).of(id);
    }

    /**
     * The launches of a job that is there.
     *
     * @throws FineTuneException with FT0848 if there is no such job
     */
    public List<DescribeTrainingJobResponse> existing(RunId id) {
        List<DescribeTrainingJobResponse> launches = launches(id);
        if (launches.isEmpty()) {
            throw SageMakerErrors.absent(id.value(), region);
        }
        return launches;
    }

    /** Launches a job unless it is there; see {@link TrainingJobs#submit}. */
    public DescribeTrainingJobResponse submit(CreateTrainingJobRequest request) {
        return jobs.submit(request);
    }

    /** A job as it is now. */
    public JobSnapshot snapshot(RunId id, List<DescribeTrainingJobResponse> launches) {
        return SageMakerStatusMapper.snapshot(id, launches, place, now());
    }

    /** See {@link dev.finetune4j.spi.Provider#find}. */
    public Optional<JobSnapshot> find(RunId id) {
        List<DescribeTrainingJobResponse> launches = launches(id);
        return launches.isEmpty() ? Optional.empty() : Optional.of(snapshot(id, launches));
    }

    /** See {@link dev.finetune4j.spi.Provider#events}. */
    public EventPage events(RunId id, String cursor) {
        List<DescribeTrainingJobResponse> launches = existing(id);
        return new JobEvents(logs, lines.apply(launches.get(launches.size() - 1)), clock).after(id, launches, cursor);
    }

    /** See {@link dev.finetune4j.spi.Provider#logs}. */
    public LogPage logs(RunId id, String cursor) {
        return new JobLogs(logs).after(id, existing(id), cursor);
    }

    /** See {@link dev.finetune4j.spi.Provider#stop}. */
    public void stop(RunId id) {
        List<DescribeTrainingJobResponse> launches = existing(id);
        jobs.stop(launches.get(launches.size() - 1).trainingJobName());
    }

    /**
     * Whether a launch is the failed one that another is to follow.
     *
     * @param after the reference of that; null where none is
     */
    public static boolean isToFollow(DescribeTrainingJobResponse last, @Nullable String after) {
        return last.trainingJobArn().equals(after) && last.trainingJobStatus() == TrainingJobStatus.FAILED;
    }

    /**
     * Whether a launch got no machine, and another one is asked for now.
     *
     * @param machine type of the machine that is asked for
     * @param isSpot whether it may be taken back
     */
    public boolean isToMove(DescribeTrainingJobResponse last, String machine, boolean isSpot) {
        boolean isSameMachine = last.resourceConfig().instanceTypeAsString().equals(machine)
                && Boolean.TRUE.equals(last.enableManagedSpotTraining()) == isSpot;
        return !isSameMachine
                && TrainingJobs.hasEnded(last)
                && SageMakerStatusMapper.failure(last, place)
                        .filter(problem -> machineVerdict(problem) != MachineVerdict.UNRELATED)
                        .isPresent();
    }

    /** See {@link dev.finetune4j.spi.Provider#machineVerdict}. */
    public static MachineVerdict machineVerdict(Problem problem) {
        if (problem.kind().equals(SageMakerProblems.QUOTA)) {
            return MachineVerdict.NOT_ALLOWED;
        }
        return problem.kind().equals(SageMakerProblems.NO_CAPACITY)
                ? MachineVerdict.NOT_FREE
                : MachineVerdict.UNRELATED;
    }

    /**
     * Where the last launch of a job that has ended left its result, below the store.
     *
     * @param launches its launches as {@link #existing} tells them
     * @throws FineTuneException if it still runs
     */
    public String output(RunId id, List<DescribeTrainingJobResponse> launches) {
        RunState state = snapshot(id, launches).state();
        if (!state.isTerminal()) {
            throw SageMakerErrors.wrongState(id, state, "its output is not complete");
        }
        return StoreLayout.output(launches.get(launches.size() - 1).trainingJobName());
    }

    /** Brings what lies below a prefix into a folder, which is empty where nothing does. */
    public Path download(String prefix, Path into) {
        return store.list(prefix).isEmpty() ? emptied(into) : store.download(prefix, into);
    }

    /** A job that ended before its worker had anything to leave. */
    private static Path emptied(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** See {@link dev.finetune4j.spi.Provider#delete}. Inputs stay, since other jobs may have the same. */
    public void delete(RunId id) {
        List<DescribeTrainingJobResponse> launches = launches(id);
        if (launches.isEmpty()) {
            return;
        }
        RunState state = snapshot(id, launches).state();
        if (!state.isTerminal()) {
            throw SageMakerErrors.wrongState(id, state, "it still runs");
        }
        launches.forEach(jobs::giveMachineBack);
        store.delete(StoreLayout.CHECKPOINTS + id);
        store.delete(StagedOrder.FOLDER + id + "/");
        // The first record goes last, so that a deletion that is cut short can be found and repeated.
        for (int i = launches.size() - 1; i >= 0; i--) {
            String name = launches.get(i).trainingJobName();
            store.delete(StoreLayout.outputs(name));
            jobs.delete(name);
        }
    }

    /**
     * See {@link dev.finetune4j.spi.Provider#unfinished}. What {@link #leftovers} has found a moment ago is not searched for again.
     *
     * @param isOwn which of finetune4j's training jobs are meant
     */
    public List<UnfinishedJob> unfinished(Predicate<TrainingJob> isOwn) {
        Search last = search;
        List<TrainingJob> found =
                last != null && last.at().plus(MOMENT).isAfter(now()) ? last.found() : jobs.unfinished();
        return found.stream().filter(isOwn).map(this::unfinished).toList();
    }

    /** What was found, and when. */
    private record Search(List<TrainingJob> found, Instant at) {}

    /** Searches anew each time, since files are removed by it. */
    private List<TrainingJob> searched() {
        Search anew = new Search(jobs.unfinished(), now());
        search = anew;
        return anew.found();
    }

    private UnfinishedJob unfinished(TrainingJob job) {
        return new UnfinishedJob(
                TrainingJobs.run(job),
                job.trainingJobArn(),
                region,
                job.resourceConfig().instanceTypeAsString(),
                Boolean.TRUE.equals(job.enableManagedSpotTraining()),
                job.creationTime());
    }

    /** See {@link dev.finetune4j.spi.Provider#leftovers}. */
    public List<Leftover> leftovers() {
        return stored().all(this::searched);
    }

    /** See {@link dev.finetune4j.spi.Provider#remove}. */
    public void remove(Leftover leftover) {
        stored().remove(leftover);
    }

    private StoredJobs stored() {
        return new StoredJobs(store, jobs, now());
    }

    private Instant now() {
        return clock.instant();
    }

    @Override
    public void close() {
        jobs.close();
        logs.close();
        store.close();
    }
}
