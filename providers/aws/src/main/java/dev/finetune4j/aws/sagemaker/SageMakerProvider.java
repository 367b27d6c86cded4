package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.internal.RequestJson;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;

/**
 * SageMaker's training jobs. All that is known of a job is with the service: its state, its files in S3 and its logs, so that any process
 * with the same settings may ask. A job is launched once under its name; a resume is another training job that goes on from the same
 * checkpoints.
 */
final class SageMakerProvider implements Provider {
    static final ProviderId ID = new ProviderId("sagemaker");

    /** The container has two minutes to save; then results are taken to S3, which is billed too, as a machine is that is kept. */
    private static final Duration WIND_DOWN = Duration.ofMinutes(15);

    private final ProviderContext context;
    private final SageMakerSettings settings;
    private @Nullable Clients clients;

    SageMakerProvider(ProviderContext context, Map<String, String> settings) {
        this.context = context;
        this.settings = new SageMakerSettings(settings, context.environment());
    }

    /** Connections, made when they are first needed, since wrong settings are told by {@link #refusals}. */
    private record Clients(SageMakerOptions options, TrainingJobs jobs, ContainerLogs logs, S3Store store)
            implements AutoCloseable {
        static Clients open(SageMakerOptions options, ProviderContext context) {
            String region = options.region();
            return new Clients(
                    options,
                    TrainingJobs.open(region, context),
                    ContainerLogs.open(region, context),
                    S3Store.open(options.store(), region, context));
        }

        List<DescribeTrainingJobResponse> launches(RunId id) {
            return new Launches(jobs).of(id);
        }

        /** @throws FineTuneException with FT0848 if there is no such job */
        List<DescribeTrainingJobResponse> existing(RunId id) {
            List<DescribeTrainingJobResponse> launches = launches(id);
            if (launches.isEmpty()) {
                throw SageMakerErrors.absent(id.value(), options.region());
            }
            return launches;
        }

        @Override
        public void close() {
            jobs.close();
            logs.close();
            store.close();
        }
    }

    private Clients clients() {
        return clients(settings);
    }

    private synchronized Clients clients(SageMakerSettings connected) {
        Clients open = clients;
        if (open == null) {
            open = Clients.open(connected.options(), context);
            clients = open;
        }
        return open;
    }

    @Override
    public ProviderId id() {
        return ID;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true, true, true, Billing.TIME);
    }

    /** On GPUs transformers and PEFT train what a recipe says; the core itself, which knows no GPU, on the other machines. */
    @Override
    public Optional<String> worker() {
        return Optional.of(settings.hasGpu() ? WorkerEngine.PEFT : WorkerEngine.CORE);
    }

    @Override
    public Duration windDown() {
        return WIND_DOWN.plus(settings.keepAlive());
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        return new SageMakerSettings(proposal.job().settingsOf(ID), context.environment())
                .refusals(VendorImages.shipped());
    }

    @Override
    public List<AccessPolicy> policies(String runs) {
        SageMakerOptions options = settings.atSomeMachine().options();
        List<Problem> problems = SageMakerRules.problems(options, VendorImages.shipped());
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        Stream<Boolean> hasGpu = settings.leavesMachineOpen() ? Stream.of(true, false) : Stream.of(settings.hasGpu());
        List<String> images = hasGpu.map(gpu -> image(options, gpu)).distinct().toList();
        boolean mayNeedDisk = settings.leavesMachineOpen() || !new MachineKind(options.machine()).hasOwnDisk();
        return new JobPolicies(options, images, mayNeedDisk, runs).all();
    }

    private static String image(SageMakerOptions options, boolean hasGpu) {
        return options.image() != null
                ? options.image()
                : VendorImages.shipped().image(options.region(), hasGpu).orElseThrow();
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        List<DescribeTrainingJobResponse> launches = clients().launches(submission.id());
        if (!launches.isEmpty()) {
            TrainingJobs.refuseOther(launches.get(0), submission.order().digest());
        }
        if (launches.isEmpty() || isToMove(launches.get(launches.size() - 1))) {
            launches = new ArrayList<>(launches);
            launches.add(clients().jobs().submit(request(submission, launches.size() + 1)));
        }
        return snapshot(submission.id(), launches);
    }

    /** Whether a launch got no machine, and the settings name another one. */
    private boolean isToMove(DescribeTrainingJobResponse last) {
        SageMakerOptions options = clients().options();
        boolean isSameMachine = last.resourceConfig().instanceTypeAsString().equals(options.machine())
                && Boolean.TRUE.equals(last.enableManagedSpotTraining()) == options.isSpot();
        return !isSameMachine
                && TrainingJobs.hasEnded(last)
                && SageMakerStatusMapper.failure(last)
                        .filter(this::isLackOfMachine)
                        .isPresent();
    }

    @Override
    public boolean isLackOfMachine(Problem problem) {
        return problem.kind().equals(SageMakerProblems.NO_CAPACITY)
                || problem.kind().equals(SageMakerProblems.QUOTA);
    }

    @Override
    public List<PlannedCall> plannedCalls(Submission submission) {
        Staging staging = new Staging(clients().store());
        CreateTrainingJobRequest request = request(staging.planned(submission, 1));
        List<PlannedCall> calls = new ArrayList<>(staging.calls(submission));
        calls.add(new PlannedCall("sagemaker:CreateTrainingJob", request.trainingJobName(), RequestJson.of(request)));
        return calls;
    }

    private CreateTrainingJobRequest request(Submission submission, int launch) {
        return request(new Staging(clients().store()).stage(submission, launch));
    }

    private CreateTrainingJobRequest request(StagedJob job) {
        SageMakerOptions options = clients().options();
        List<Problem> problems = SageMakerRules.problems(job, options, VendorImages.shipped());
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        String image = image(options, new MachineKind(options.machine()).hasGpu());
        return new TrainingJobMapper(options).request(job, image);
    }

    @Override
    public JobSnapshot resume(RunId id) {
        List<DescribeTrainingJobResponse> launches = clients().existing(id);
        DescribeTrainingJobResponse last = launches.get(launches.size() - 1);
        RunState state = snapshot(id, launches).state();
        if (state != RunState.STOPPED && state != RunState.FAILED) {
            throw SageMakerErrors.wrongState(
                    id, state, state.isTerminal() ? "it has nothing left to do" : "it still runs");
        }
        Duration left = Duration.ofSeconds(last.stoppingCondition().maxRuntimeInSeconds())
                .minus(SageMakerStatusMapper.billedTime(last, now()));
        if (left.toSeconds() < 1) {
            throw SageMakerErrors.wrongState(id, state, "nothing is left of its time limit");
        }
        List<DescribeTrainingJobResponse> all = new ArrayList<>(launches);
        String name = Launches.name(id, launches.size() + 1);
        all.add(clients().jobs().submit(Relaunch.of(last, clients().jobs().tags(last), name, left)));
        return snapshot(id, all);
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        List<DescribeTrainingJobResponse> launches = clients().launches(id);
        return launches.isEmpty() ? Optional.empty() : Optional.of(snapshot(id, launches));
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        return new JobEvents(clients().logs(), context.clock())
                .after(id, clients().existing(id), cursor);
    }

    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        return Optional.of(new JobLogs(clients().logs()).after(id, clients().existing(id), cursor));
    }

    @Override
    public void stop(RunId id) {
        List<DescribeTrainingJobResponse> launches = clients().existing(id);
        clients().jobs().stop(launches.get(launches.size() - 1).trainingJobName());
    }

    @Override
    public Path fetch(RunId id, Path into) {
        List<DescribeTrainingJobResponse> launches = clients().existing(id);
        RunState state = snapshot(id, launches).state();
        if (!state.isTerminal()) {
            throw SageMakerErrors.wrongState(id, state, "its output is not complete");
        }
        String name = launches.get(launches.size() - 1).trainingJobName();
        String output = TrainingJobMapper.output(name);
        return clients().store().list(output).isEmpty()
                ? emptied(into)
                : clients().store().download(output, into);
    }

    /** A job that ended before its worker had anything to leave. */
    private static Path emptied(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        return Optional.empty();
    }

    /** Inputs stay, since other jobs may have the same; what nobody needs any more is found by its age. */
    @Override
    public void delete(RunId id) {
        List<DescribeTrainingJobResponse> launches = clients().launches(id);
        if (launches.isEmpty()) {
            return;
        }
        RunState state = snapshot(id, launches).state();
        if (!state.isTerminal()) {
            throw SageMakerErrors.wrongState(id, state, "it still runs");
        }
        clients().store().delete(TrainingJobMapper.checkpoints(id));
        clients().store().delete(Staging.orders(id));
        // The first record goes last, so that a deletion that is cut short can be found and repeated.
        for (int i = launches.size() - 1; i >= 0; i--) {
            String name = launches.get(i).trainingJobName();
            clients().store().delete(TrainingJobMapper.outputs(name));
            clients().jobs().delete(name);
        }
    }

    @Override
    public Optional<List<Leftover>> leftovers() {
        return Optional.of(stored().all());
    }

    @Override
    public void remove(Leftover leftover) {
        stored().remove(leftover);
    }

    private StoredJobs stored() {
        Clients open = clients(settings.atSomeMachine());
        return new StoredJobs(open.store(), new Launches(open.jobs()), now());
    }

    @Override
    public synchronized void close() {
        if (clients != null) {
            clients.close();
            clients = null;
        }
    }

    @Override
    public String toString() {
        return "SageMakerProvider[" + settings.region().orElse("no region") + "]";
    }

    private JobSnapshot snapshot(RunId id, List<DescribeTrainingJobResponse> launches) {
        return SageMakerStatusMapper.snapshot(id, launches, now());
    }

    private Instant now() {
        return context.clock().instant();
    }
}
