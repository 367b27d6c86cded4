package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.blob.AzureStoreProblems;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.RoleAssignments;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Dialogue;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Azure Machine Learning's command jobs. All that is known of a job is with the service: its state, its files in blob storage and its log, so
 * that any process with the same settings may ask. A job is launched once under its name; a resume is another job that goes on from the same
 * checkpoints.
 */
class AzureMlProvider implements Provider {
    static final ProviderId ID = MachinePrices.AZURE_ML;

    /**
     * Beside the time that a limit counts: Azure brings the machine and its image, which takes up to a quarter of an hour, waits for what the job
     * wrote to be in the store, and gives the machine back some minutes later.
     */
    private static final Duration WIND_DOWN = Duration.ofMinutes(30);

    /** Of that for the machine: one that is taken back shortly before the limit may be followed by another, which is brought, too. */
    private static final Duration BRINGING = Duration.ofMinutes(15);

    private static final Set<ProblemKind> DENIED = Set.of(AzureMlProblems.DENIED, AzureStoreProblems.DENIED);
    private static final String FAILURE = "failure";

    private final ProviderContext context;
    private final AzureMlSettings settings;
    private @Nullable Site site;

    AzureMlProvider(ProviderContext context, Map<String, String> settings) {
        this.context = context;
        this.settings = new AzureMlSettings(settings, context.environment());
    }

    /** Connections, made when they are first needed, since wrong settings are told by {@link #refusals}. */
    record Site(
            AzureMlOptions options,
            CommandJobs jobs,
            LaunchWalk walk,
            BlobStore store,
            @Nullable DataRegistry registry) {
        JobFiles files() {
            return new JobFiles(store, registry);
        }
    }

    final synchronized Site site() {
        Site open = site;
        if (open == null) {
            AzureMlOptions options = settings.options();
            AzureConnection connection = connection(options);
            CommandJobs jobs = new CommandJobs(options, connection);
            open = new Site(
                    options,
                    jobs,
                    new LaunchWalk(jobs, context.clock()),
                    jobs.store(connection),
                    DataRegistry.of(options, connection).orElse(null));
            site = open;
        }
        return open;
    }

    private AzureConnection connection(AzureMlOptions options) {
        try {
            return AzureConnection.open(settings.all(), context);
        } catch (RuntimeException e) {
            throw AzureMlErrors.told(e, options.workspace(), options);
        }
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
        return settings.isSpot() ? WIND_DOWN.plus(BRINGING) : WIND_DOWN;
    }

    /** What a launch takes beside its container is billed, and told by nobody. */
    @Override
    public Duration untoldTime() {
        return WIND_DOWN;
    }

    @Override
    public List<Problem> settingProblems() {
        return settings.problems();
    }

    /** Azure would take a job whose machine the quota does not leave, and never give it one. */
    @Override
    public List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        List<Problem> problems = new ArrayList<>(settingProblems());
        if (problems.stream().anyMatch(Problem::isError)) {
            return problems;
        }
        try {
            refuseOtherTerms(site());
        } catch (FineTuneException e) {
            e.problems().stream()
                    .filter(problem -> AzureMlProblems.OF_WORKSPACE.contains(problem.kind()))
                    .forEach(problems::add); // whether the caller is let in, and Azure answers, is told by the launch
            return problems;
        }
        quota().filter(told -> told.verdict() == Diagnosis.Verdict.FAIL)
                .map(AzureMlErrors::noQuota)
                .ifPresent(problems::add);
        return problems;
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        return new AzureMlSettings(proposal.job().settingsOf(ID), context.environment()).problems();
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        refuseSettings();
        return AzureMlRoles.of(settings.options());
    }

    private void refuseSettings() {
        List<Problem> problems = settings.problems();
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        try {
            return submitted(submission);
        } catch (FineTuneException e) {
            throw awaited(e);
        }
    }

    /**
     * What a launch was refused with, and where a role is on its way, the advice to come again. Whoever owns the group sees all roles there; whom {@code
     * bootstrap} let launch sees those at the identity that jobs act as, of which one came with the others. A registry may be in another group.
     */
    private FineTuneException awaited(FineTuneException refusal) {
        AzureMlOptions options = settings.options();
        String group = "/subscriptions/" + options.subscription() + "/resourceGroups/" + options.resourceGroup();
        List<Supplier<Optional<RoleAssignments>>> places = List.of(
                () -> Optional.of(roles(group)),
                () -> Optional.ofNullable(options.dataRegistry())
                        .filter(registry -> !registry.group().equalsIgnoreCase(group))
                        .map(registry -> roles(registry.path())),
                () -> identity().map(this::roles));
        for (Supplier<Optional<RoleAssignments>> place : places) {
            FineTuneException told = RoleAssignments.awaited(refusal, DENIED, place, now());
            if (told != refusal) {
                return told;
            }
        }
        return refusal;
    }

    private RoleAssignments roles(String place) {
        return new RoleAssignments(connection(settings.options()), place);
    }

    /** Path of an identity of the workspace; empty where it has none, or the caller may not see it. */
    private Optional<String> identity() {
        try {
            return site().jobs().identities().keySet().stream().findFirst();
        } catch (FineTuneException e) {
            return Optional.empty(); // what is wrong is told by what was refused
        }
    }

    private JobSnapshot submitted(Submission submission) {
        List<Launch> launches = new ArrayList<>(site().walk().now(submission.id()));
        if (!launches.isEmpty()) {
            var unused =
                    CommandJobs.own(launches.get(0).job(), submission.order().digest());
        }
        Launch last = launches.isEmpty() ? null : launches.get(launches.size() - 1);
        if (last == null || isToFollow(last, submission.after()) || isToMove(last)) {
            launches.add(launch(submission, launches));
        }
        return snapshot(submission.id(), launches);
    }

    private Launch launch(Submission submission, List<Launch> before) {
        refuseSettings();
        refuse(submission);
        Site open = site();
        refuseOtherTerms(open); // before a model is sent for nothing
        open.jobs().refuseOtherStore();
        int launch = open.walk().nextNumber(submission.id(), before);
        ObjectNode body = body(open, submission, launch, open.files()::stage);
        open.walk().forget();
        AzureJob job = open.jobs()
                .submit(
                        LaunchWalk.name(submission.id(), launch),
                        after(before, body),
                        submission.order().digest());
        return new Launch(job, null);
    }

    /** Refuses what jobs of this kind do not do; nothing where they run the worker. */
    void refuse(Submission submission) {}

    /** The machines that the job would get, and where, are those that it is planned on, and there is a place for its rows. */
    private static void refuseOtherTerms(Site open) {
        open.jobs().refuseOtherRegion();
        Optional.ofNullable(open.options().compute()).ifPresent(open.jobs()::cluster);
        Optional.ofNullable(open.registry()).ifPresent(DataRegistry::refuseAbsent);
    }

    /**
     * What launches a job.
     *
     * @param launch which of its launches, from 1
     * @param send brings the channels of a submission to where jobs read them, or tells where they would be, as {@link JobFiles#stage} does
     */
    ObjectNode body(Site open, Submission submission, int launch, Function<Submission, Map<String, String>> send) {
        return new CommandJobMapper(open.options())
                .body(
                        submission.id(),
                        submission.order().digest(),
                        send.apply(submission),
                        submission.labels(),
                        submission.timeLimit());
    }

    /** Whether a launch is the failed one that another is to follow. */
    private static boolean isToFollow(Launch last, @Nullable String after) {
        return last.job().reference().equals(after) && AzureMlStatusMapper.state(last) == RunState.FAILED;
    }

    /** Whether a launch got no machine, and the settings name another one. */
    private boolean isToMove(Launch last) {
        AzureMlOptions options = settings.options();
        boolean isSame =
                last.job().machine().equals(options.machine()) && last.job().isSpot() == options.isSpot();
        return !isSame
                && options.compute() == null
                && AzureMlStatusMapper.state(last) == RunState.FAILED
                && machineVerdict(AzureMlStatusMapper.snapshot(
                                        new RunId(last.job().name()), List.of(last), "", now())
                                .failure()
                                .orElseThrow())
                        != MachineVerdict.UNRELATED;
    }

    @Override
    public MachineVerdict machineVerdict(Problem problem) {
        if (problem.kind().equals(AzureMlProblems.QUOTA)) {
            return MachineVerdict.NOT_ALLOWED;
        }
        if (problem.kind().equals(AzureMlProblems.OTHER_REGION)) {
            return MachineVerdict.NOT_SUITED;
        }
        return problem.kind().equals(AzureMlProblems.NO_CAPACITY) ? MachineVerdict.NOT_FREE : MachineVerdict.UNRELATED;
    }

    @Override
    public Optional<Boolean> isMachineAllowed() {
        return quotas().flatMap(quotas -> quotas.diagnosis().isFree());
    }

    @Override
    public Map<String, Diagnosis> quotas(List<MachineOffer> machines) {
        if (settings.problems().stream().anyMatch(Problem::isError)) {
            return Map.of();
        }
        Map<String, Diagnosis> told = new HashMap<>();
        quotas().ifPresent(quotas -> machines.stream()
                .filter(machine -> machine.region().equals(settings.options().region()))
                .forEach(machine -> told.put(
                        machine.id(),
                        quotas.diagnosis(machine.instanceType(), machine.tier() != PurchaseTier.ON_DEMAND))));
        return told;
    }

    /** Machines of a cluster count as those of whoever made it. */
    private Optional<MachineQuota> quotas() {
        AzureMlOptions options = settings.options();
        return options.compute() == null
                ? Optional.of(new MachineQuota(options, site().jobs()::ofRegionOnce))
                : Optional.empty();
    }

    /** Whoever may launch jobs need not be let see the quotas of a region. */
    private Optional<Diagnosis> quota() {
        try {
            return quotas().map(MachineQuota::diagnosis);
        } catch (FineTuneException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<PlannedCall> plannedCalls(Submission submission) {
        refuse(submission);
        Site open = site();
        JobFiles files = open.files();
        List<PlannedCall> calls = new ArrayList<>();
        ObjectNode body = body(open, submission, 1, sent -> {
            calls.addAll(files.calls(sent));
            return files.planned(sent);
        });
        calls.add(new PlannedCall(
                "Microsoft.MachineLearningServices/workspaces/jobs/write",
                open.options().workspacePath() + "/jobs/" + LaunchWalk.name(submission.id(), 1),
                Json.pretty(body)));
        return calls;
    }

    @Override
    public JobSnapshot resume(RunId id) {
        List<Launch> launches = new ArrayList<>(existing(id));
        Launch last = launches.get(launches.size() - 1);
        RunState state = AzureMlStatusMapper.state(last);
        if (state != RunState.STOPPED && state != RunState.FAILED) {
            throw AzureMlErrors.wrongState(
                    id, state, state.isTerminal() ? "it has nothing left to do" : "it still runs");
        }
        if (last.details() == null) {
            throw AzureMlErrors.wrongState(id, state, "how long it ran is not told yet");
        }
        Duration limit = last.job().timeLimit();
        Duration left = limit == null
                ? null
                : limit.minus(AzureMlStatusMapper.billedTime(last, now())).minus(untoldTime());
        if (left != null && left.toSeconds() < 1) {
            throw AzureMlErrors.wrongState(
                    id,
                    state,
                    "nothing is left of its time limit, less the "
                            + untoldTime().toMinutes() + " min that its machine may have been billed for besides");
        }
        site().walk().forget();
        String name = LaunchWalk.name(id, site().walk().nextNumber(id, launches));
        AzureJob again = site().jobs()
                .submit(
                        name,
                        after(launches, CommandJobMapper.again(last.job(), left)),
                        last.job().digest());
        launches.add(new Launch(again, null));
        return snapshot(id, launches);
    }

    /** The body of a launch that comes after others: their records may be removed, which were billed. */
    private ObjectNode after(List<Launch> before, ObjectNode body) {
        return before.isEmpty() ? body : CommandJobMapper.after(AzureMlStatusMapper.billedTime(before, now()), body);
    }

    /** The launches of a job that is there, as they are now. */
    final List<Launch> existing(RunId id) {
        return told(id, site().walk().now(id));
    }

    private List<Launch> recent(RunId id) {
        return told(id, site().walk().recent(id));
    }

    private List<Launch> told(RunId id, List<Launch> launches) {
        if (launches.isEmpty()) {
            throw AzureMlErrors.absent(id, settings.options());
        }
        return launches;
    }

    private JobSnapshot snapshot(RunId id, List<Launch> launches) {
        Launch last = launches.get(launches.size() - 1);
        String left = AzureMlStatusMapper.state(last) == RunState.FAILED ? leftByWorker(id, last) : "";
        return AzureMlStatusMapper.snapshot(id, launches, left, now());
    }

    /** What the worker of a launch left of why it failed; that of an earlier launch lies there, too. */
    private String leftByWorker(RunId id, Launch launch) {
        String folder = JobFiles.written(id) + "output/";
        Instant begun = launch.begunAt().orElse(Instant.MAX).truncatedTo(ChronoUnit.SECONDS); // as storage tells times
        boolean isOfLaunch = site().store().list(folder).stream()
                .anyMatch(
                        file -> file.name().equals(FAILURE) && !file.modified().isBefore(begun));
        return isOfLaunch ? site().store().read(folder + FAILURE).orElse("") : "";
    }

    private Instant now() {
        return context.clock().instant();
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        List<Launch> launches = site().walk().now(id);
        return launches.isEmpty() ? Optional.empty() : Optional.of(snapshot(id, launches));
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        return new JobReading(site().jobs()).events(id, recent(id), cursor, now(), launch -> lastWord(id, launch));
    }

    /** Why a launch compared nothing, told before its end; empty where a worker answers the held-out rows. */
    Optional<Problem> lastWord(RunId id, Launch launch) {
        return Optional.empty();
    }

    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        return Optional.of(new JobReading(site().jobs()).logs(id, recent(id), cursor));
    }

    @Override
    public void stop(RunId id) {
        List<Launch> launches = existing(id);
        AzureJob last = launches.get(launches.size() - 1).job();
        if (!last.hasEnded()) {
            site().walk().forget();
            site().jobs().cancel(last.name());
        }
    }

    @Override
    public Path fetch(RunId id, Path into) {
        RunState state = AzureMlStatusMapper.state(ended(id));
        Path output = download(JobFiles.written(id) + "model/", into);
        if (state != RunState.SUCCEEDED) {
            var unused = download(JobFiles.written(id) + "checkpoints/", into.resolve(WorkOrder.CHECKPOINTS_FOLDER));
        }
        return output;
    }

    /** The last launch of a job, which has ended. */
    final Launch ended(RunId id) {
        List<Launch> launches = existing(id);
        Launch last = launches.get(launches.size() - 1);
        RunState state = AzureMlStatusMapper.state(last);
        if (!state.isTerminal()) {
            throw AzureMlErrors.wrongState(id, state, "its output is not complete");
        }
        return last;
    }

    /** A job that ended before its worker had anything to leave has an empty folder. */
    private Path download(String folder, Path into) {
        BlobStore store = site().store();
        if (!store.list(folder).isEmpty()) {
            return store.download(folder, into);
        }
        try {
            return Files.createDirectories(into);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        return Optional.empty();
    }

    @Override
    public void delete(RunId id) {
        List<Launch> launches = site().walk().now(id);
        if (launches.isEmpty()) {
            return;
        }
        RunState state = AzureMlStatusMapper.state(launches.get(launches.size() - 1));
        if (!state.isTerminal()) {
            throw AzureMlErrors.wrongState(id, state, "it still runs");
        }
        site().walk().forget();
        site().files().delete(id);
        stored().removeInputs(id, launches.stream().map(Launch::job).toList());
        // The first record goes last, so that a deletion that is cut short can be found and repeated.
        for (int i = launches.size() - 1; i >= 0; i--) {
            site().jobs().remove(launches.get(i).job());
        }
    }

    @Override
    public List<UnfinishedJob> unfinished() {
        Site open = site();
        return open.jobs().unfinished().stream()
                .flatMap(job -> job.run().stream()
                        .map(run -> new UnfinishedJob(
                                run,
                                job.reference(),
                                open.options().region(),
                                job.machine(),
                                job.isSpot(),
                                job.createdAt())))
                .toList();
    }

    private StoredJobs stored() {
        Site open = site();
        return new StoredJobs(open.options(), open.store(), open.jobs(), open.walk(), now());
    }

    @Override
    public Optional<List<Leftover>> leftovers() {
        return Optional.of(stored().all());
    }

    @Override
    public void remove(Leftover leftover) {
        RunId run = leftover.run();
        List<Launch> launches = run == null ? List.of() : site().walk().now(run);
        stored().remove(leftover, launches.stream().map(Launch::job).toList());
    }

    @Override
    public void close() {
        // its connections keep no thread
    }

    @Override
    public String toString() {
        return "AzureMlProvider[" + settings.all().getOrDefault(AzureMlSettings.WORKSPACE, "no workspace") + "]";
    }
}
