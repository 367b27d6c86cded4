package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.account.QuotaExamination;
import dev.finetune4j.aws.internal.RequestJson;
import dev.finetune4j.aws.internal.jobs.JobPolicies;
import dev.finetune4j.aws.internal.jobs.LaunchedJobs;
import dev.finetune4j.aws.internal.jobs.Launches;
import dev.finetune4j.aws.internal.jobs.LineReader;
import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.aws.internal.jobs.SageMakerErrors;
import dev.finetune4j.aws.internal.jobs.SageMakerStatusMapper;
import dev.finetune4j.aws.internal.jobs.StoreLayout;
import dev.finetune4j.aws.internal.jobs.TrainingJobs;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    static final Duration END = Duration.ofMinutes(5);

    /** The end, and before it the start, which may be billed and no part of the running time. */
    static final Duration WIND_DOWN = END.plus(Duration.ofMinutes(10));

    private final ProviderContext context;
    private final SageMakerSettings settings;
    private @Nullable LaunchedJobs launched;

    SageMakerProvider(ProviderContext context, Map<String, String> settings) {
        this.context = context;
        this.settings = new SageMakerSettings(settings, context.environment());
    }

    /** Connections, made when they are first needed, since wrong settings are told by {@link #refusals}. */
    private synchronized LaunchedJobs launched() {
        LaunchedJobs open = launched;
        if (open == null) {
            SageMakerSettings.Connection to = settings.connection();
            open = LaunchedJobs.open(ID, to.region(), to.store(), to.owner(), context, launch -> LineReader.WORKER);
            launched = open;
        }
        return open;
    }

    @Override
    public ProviderId id() {
        return ID;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true, true, true, Billing.TIME)
                .runningAtMost(TrainingJobMapper.LONGEST_RUN);
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

    /** A spot job that may wait for longer than is usual may be billed for all of that: each time that it gets a machine. */
    @Override
    public Duration longestBilled(Duration timeLimit) {
        Duration usual = timeLimit.plus(windDown());
        Duration longest = settings.maxWait().map(END::plus).orElse(usual);
        return longest.compareTo(usual) > 0 ? longest : usual;
    }

    @Override
    public Optional<DiskSize> disk(MachineOffer machine) {
        return settings.disk(machine.instanceType());
    }

    @Override
    public List<Problem> settingProblems() {
        return settings.problems(VendorImages.shipped());
    }

    @Override
    public List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        List<Problem> problems = new ArrayList<>(settingProblems());
        if (problems.stream().noneMatch(Problem::isError)) {
            problems.addAll(SageMakerRules.problems(settings.options(), timeLimit));
        }
        return problems.stream().anyMatch(Problem::isError)
                ? problems
                : launched().store().objections();
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        return new SageMakerSettings(proposal.job().settingsOf(ID), context.environment())
                .refusals(proposal, VendorImages.shipped());
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        SageMakerOptions options = settings.atSomeMachine().options();
        List<Problem> problems = SageMakerRules.problems(options, VendorImages.shipped());
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
        Stream<Boolean> hasGpu = settings.leavesMachineOpen() ? Stream.of(true, false) : Stream.of(settings.hasGpu());
        List<String> images = hasGpu.map(gpu -> image(options, gpu)).distinct().toList();
        boolean mayNeedDisk = settings.leavesMachineOpen() || !new MachineKind(options.machine()).hasOwnDisk();
        JobPolicies.Bounds bounds = new JobPolicies.Bounds(
                options.role(),
                options.region(),
                options.store(),
                options.kmsKey(),
                mayNeedDisk,
                !options.keepAlive().isZero(),
                options.subnets(),
                options.securityGroups(),
                images);
        return new JobPolicies(bounds, null, runs).all();
    }

    private static String image(SageMakerOptions options, boolean hasGpu) {
        return options.image() != null
                ? options.image()
                : VendorImages.shipped().image(options.region(), hasGpu).orElseThrow();
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        SageMakerOptions options = settings.options().holding(submission.diskBytes());
        List<DescribeTrainingJobResponse> launches = new ArrayList<>(launched().launches(submission.id()));
        if (!launches.isEmpty()) {
            TrainingJobs.refuseOther(launches.get(0), submission.order().digest());
        }
        if (launches.isEmpty() || isToFollow(launches.get(launches.size() - 1), submission, options)) {
            SageMakerOptions left = options.after(billedTime(launches), submission.timeLimit());
            launches.add(launched().submit(request(submission, launches.size() + 1, left)));
        }
        return launched().snapshot(submission.id(), launches);
    }

    private Duration billedTime(List<DescribeTrainingJobResponse> launches) {
        return launches.stream()
                .map(launch ->
                        SageMakerStatusMapper.billedTime(launch, context.clock().instant()))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Whether a launch is the failed one that another is to follow, or got no machine and the settings name another one. */
    private boolean isToFollow(DescribeTrainingJobResponse last, Submission submission, SageMakerOptions options) {
        return LaunchedJobs.isToFollow(last, submission.after())
                || launched().isToMove(last, options.machine(), options.isSpot());
    }

    @Override
    public MachineVerdict machineVerdict(Problem problem) {
        return LaunchedJobs.machineVerdict(problem);
    }

    @Override
    public Optional<Boolean> isMachineAllowed() {
        SageMakerOptions options = settings.options();
        return new QuotaExamination(options.region(), context)
                .ofMachine(options.machine(), options.isSpot())
                .isFree();
    }

    @Override
    public List<PlannedCall> plannedCalls(Submission submission) {
        SageMakerOptions options = settings.options().holding(submission.diskBytes());
        Submission sent = sent(submission, options);
        Staging staging = new Staging(launched().store());
        CreateTrainingJobRequest request = request(staging.planned(sent, 1), options);
        List<PlannedCall> calls = new ArrayList<>(staging.calls(sent));
        calls.add(new PlannedCall("sagemaker:CreateTrainingJob", request.trainingJobName(), RequestJson.of(request)));
        return calls;
    }

    private CreateTrainingJobRequest request(Submission submission, int launch, SageMakerOptions options) {
        Submission sent = sent(submission, options);
        Staging staging = new Staging(launched().store());
        refuse(staging.outlined(sent, launch), options); // before a model is sent for nothing
        return request(staging.stage(sent, launch), options);
    }

    /** Without the worker where the image brings one. */
    private static Submission sent(Submission submission, SageMakerOptions options) {
        if (!options.bringsWorker()) {
            return submission;
        }
        Map<String, Path> channels = new LinkedHashMap<>(submission.channels());
        channels.remove(WorkOrder.WORKER_CHANNEL);
        return new Submission(
                submission.id(),
                submission.model(),
                submission.order(),
                channels,
                submission.labels(),
                submission.timeLimit(),
                submission.diskBytes(),
                submission.after());
    }

    private static void refuse(StagedJob job, SageMakerOptions options) {
        List<Problem> problems = SageMakerRules.problems(job, options, VendorImages.shipped());
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
    }

    private static CreateTrainingJobRequest request(StagedJob job, SageMakerOptions options) {
        refuse(job, options);
        String image = image(options, new MachineKind(options.machine()).hasGpu());
        return new TrainingJobMapper(options).request(job, image);
    }

    @Override
    public JobSnapshot resume(RunId id) {
        List<DescribeTrainingJobResponse> launches = launched().existing(id);
        DescribeTrainingJobResponse last = launches.get(launches.size() - 1);
        RunState state = launched().snapshot(id, launches).state();
        if (state != RunState.STOPPED && state != RunState.FAILED) {
            throw SageMakerErrors.wrongState(
                    id, state, state.isTerminal() ? "it has nothing left to do" : "it still runs");
        }
        Duration left = Duration.ofSeconds(last.stoppingCondition().maxRuntimeInSeconds())
                .minus(SageMakerStatusMapper.billedTime(last, context.clock().instant()))
                .minus(SageMakerStatusMapper.keptTime(
                        last)); // the limit leaves room for one machine that is kept, the last
        if (left.toSeconds() < 1) {
            throw SageMakerErrors.wrongState(
                    id,
                    state,
                    "nothing is left of its time limit, less the "
                            + SageMakerStatusMapper.keptTime(last).toMinutes() + " min for which its machine is kept");
        }
        List<DescribeTrainingJobResponse> all = new ArrayList<>(launches);
        String name = Launches.name(id, launches.size() + 1);
        all.add(launched().submit(Relaunch.of(last, launched().jobs().tags(last), name, left)));
        return launched().snapshot(id, all);
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        return launched().find(id);
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        return launched().events(id, cursor);
    }

    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        return Optional.of(launched().logs(id, cursor));
    }

    @Override
    public void stop(RunId id) {
        launched().stop(id);
    }

    @Override
    public Path fetch(RunId id, Path into) {
        List<DescribeTrainingJobResponse> launches = launched().existing(id);
        Path output = launched().download(launched().output(id, launches), into);
        if (launched().snapshot(id, launches).state() != RunState.SUCCEEDED) {
            launched().download(StoreLayout.CHECKPOINTS + id, into.resolve(WorkOrder.CHECKPOINTS_FOLDER));
        }
        return output;
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        return Optional.empty();
    }

    /** Inputs stay, since other jobs may have the same; what nobody needs any more is found by its age. */
    @Override
    public void delete(RunId id) {
        launched().delete(id);
    }

    @Override
    public List<UnfinishedJob> unfinished() {
        return launched().unfinished(TrainingJobs::hasWorker);
    }

    @Override
    public Optional<List<Leftover>> leftovers() {
        return Optional.of(launched().leftovers());
    }

    @Override
    public void remove(Leftover leftover) {
        launched().remove(leftover);
    }

    @Override
    public synchronized void close() {
        if (launched != null) {
            launched.close();
            launched = null;
        }
    }

    @Override
    public String toString() {
        return "SageMakerProvider[" + settings.region().orElse("no region") + "]";
    }
}
