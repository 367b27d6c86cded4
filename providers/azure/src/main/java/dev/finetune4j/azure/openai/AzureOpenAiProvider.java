package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.RoleAssignments;
import dev.finetune4j.azure.openai.TuningJobs.Launched;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Azure OpenAI's fine-tuning jobs. The service sells tokens: it trains and nothing else, bills no time, keeps the tuned model, and tells the
 * steps once a job has succeeded. All that is known of a job is with the service, so that any process with the same settings may ask. It has no
 * name for a job that is not there yet: at most one job of a launch survives ({@link TuningJobs}).
 */
final class AzureOpenAiProvider implements Provider {
    static final ProviderId ID = TunableModels.AZURE_OPENAI;

    private static final Set<ProblemKind> DENIED =
            Set.of(AzureOpenAiProblems.DENIED, AzureOpenAiProblems.MAY_NOT_DEPLOY);

    private final ProviderContext context;
    private final AzureOpenAiSettings settings;
    private final Consumer<Duration> pause;
    private @Nullable OpenResource site;

    /** @param pause waits for what the service takes a while to do */
    AzureOpenAiProvider(ProviderContext context, Map<String, String> settings, Consumer<Duration> pause) {
        this.context = context;
        this.settings = new AzureOpenAiSettings(settings, context.environment());
        this.pause = pause;
    }

    /** Connections are made when they are first needed, since wrong settings are told by {@link #refusals}. */
    private synchronized OpenResource site() {
        OpenResource open = site;
        if (open == null) {
            AzureOpenAiOptions options = settings.options(settings.someModel());
            AzureConnection connection = connection(options);
            OpenAiCalls calls = new OpenAiCalls(options, connection, pause);
            TuningFiles files = new TuningFiles(calls, options, pause);
            open = new OpenResource(
                    options,
                    calls,
                    files,
                    new TuningJobs(calls, files, options, pause),
                    new Deployments(options, connection, context.clock()));
            site = open;
        }
        return open;
    }

    private AzureConnection connection(AzureOpenAiOptions options) {
        try {
            return AzureConnection.open(settings.all(), context);
        } catch (RuntimeException e) {
            throw AzureOpenAiErrors.told(e, options.account(), options);
        }
    }

    @Override
    public ProviderId id() {
        return ID;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(false, true, true, false, false, Billing.TOKENS)
                .launchingAtLeastOnce()
                .learningPreferences();
    }

    /** Another model, trained by the service's own rules: the resource, the region and the scope change nothing of it. */
    @Override
    public Map<String, String> variation() {
        return settings.variation();
    }

    @Override
    public List<Problem> settingProblems() {
        List<Problem> problems = new ArrayList<>(settings.problems());
        settings.readable(settings.someModel()).map(AzureOpenAiRules::problems).ifPresent(problems::addAll);
        return problems;
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        AzureOpenAiSettings said = said(proposal.job());
        List<Problem> problems = new ArrayList<>(said.problems());
        said.readable(proposal.job().model().value())
                .map(options -> AzureOpenAiRules.problems(proposal, options))
                .ifPresent(problems::addAll);
        return problems;
    }

    @Override
    public List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        AzureOpenAiSettings said = said(job);
        List<Problem> problems = new ArrayList<>(said.problems());
        said.readable(job.model().value())
                .map(options -> AzureOpenAiRules.problems(job, options))
                .ifPresent(problems::addAll);
        return problems;
    }

    private AzureOpenAiSettings said(FineTuneJob job) {
        return new AzureOpenAiSettings(job.settingsOf(ID), context.environment());
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        AzureOpenAiOptions options = settings.options(settings.someModel());
        List<Problem> problems = AzureOpenAiRules.problems(options);
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
        return AzureOpenAiRoles.of(options);
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        try {
            return submitted(submission);
        } catch (FineTuneException e) {
            throw withRoleAwaited(e);
        }
    }

    private FineTuneException withRoleAwaited(FineTuneException refusal) {
        return RoleAssignments.awaited(
                refusal, DENIED, this::roles, context.clock().instant());
    }

    /** Those at the resource; empty where nobody knows its subscription, or may look for it there. */
    private Optional<RoleAssignments> roles() {
        OpenResource open = site();
        try {
            return Optional.of(new RoleAssignments(
                    connection(open.options()), open.deployments().accountPath()));
        } catch (FineTuneException e) {
            return Optional.empty(); // what is told is what was refused
        }
    }

    private JobSnapshot submitted(Submission submission) {
        OpenResource open = site();
        RunId id = submission.id();
        String digest = submission.order().digest();
        Optional<Launched> there = open.jobs().find(id);
        if (there.isPresent()) {
            return snapshot(id, TuningJobs.own(id, there.get(), digest));
        }
        WorkStep.Train train = onlyTraining(submission);
        AzureOpenAiOptions options = settings.options(submission.model().value());
        AzureOpenAiErrors.refuseOtherRegion(options, open.deployments().region());
        TuningStage stage = new TuningStage(options);
        AtomicBoolean isSentBefore = new AtomicBoolean();
        TuningStage.Sent sent = stage.send(submission, train, (name, content) -> {
            TuningFiles.Ready file = open.files().ready(name, content);
            isSentBefore.compareAndSet(false, file.file().isTraining() && !file.isNew());
            return file.file().id();
        });
        return snapshot(id, open.jobs().submit(id, digest, isSentBefore.get(), () -> stage.body(id, train, sent)));
    }

    @Override
    public Optional<Hosting> hosting() {
        return Optional.of(new AzureOpenAiHosting(
                this::site, () -> settings.options(settings.someModel()), this::withRoleAwaited));
    }

    @Override
    public List<PlannedCall> plannedCalls(Submission submission) {
        WorkStep.Train train = onlyTraining(submission);
        TuningStage stage = new TuningStage(settings.options(submission.model().value()));
        List<PlannedCall> calls = new ArrayList<>();
        TuningStage.Sent sent = stage.send(submission, train, (name, content) -> {
            calls.add(new PlannedCall("POST files", name, "the rows as conversations, if not there yet"));
            return name;
        });
        calls.add(new PlannedCall(
                "POST fine_tuning/jobs",
                submission.id().value(),
                Json.pretty(stage.body(submission.id(), train, sent))));
        return calls;
    }

    private static WorkStep.Train onlyTraining(Submission submission) {
        if (submission.timeLimit() != null) {
            throw AzureOpenAiErrors.unable(
                    submission.id(), "keep a time limit", "it bills the tokens of the rows, which are counted before");
        }
        if (submission.order().steps().size() == 1
                && submission.order().steps().get(0) instanceof WorkStep.Train train) {
            return train;
        }
        throw AzureOpenAiErrors.unable(submission.id(), "do other work than training", "it runs no worker");
    }

    @Override
    public JobSnapshot resume(RunId id) {
        var unused = existing(id);
        throw AzureOpenAiErrors.unable(
                id, "go on with a job", "its checkpoints are models to deploy, from which no job goes on");
    }

    private Launched existing(RunId id) {
        OpenResource open = site();
        return open.jobs().find(id).orElseThrow(() -> AzureOpenAiErrors.absent(id, open.options()));
    }

    private JobSnapshot snapshot(RunId id, Launched launched) {
        return AzureOpenAiStatusMapper.snapshot(id, launched, site().options());
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        return site().jobs().find(id).map(launched -> snapshot(id, launched));
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        Launched launched = existing(id);
        TuningJobs jobs = site().jobs();
        TunedModel model = new TunedModel(jobs, site().files(), launched.job());
        return JobHistory.after(
                id,
                launched,
                snapshot(id, launched),
                jobs.events(launched.job()),
                model::figures,
                site().options().hostingScope(),
                cursor);
    }

    /** The service keeps no lines: what it tells of the job stands for them. */
    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        EventPage told = events(id, cursor);
        return Optional.of(
                new LogPage(told.events().stream().map(JobHistory::line).toList(), told.next()));
    }

    @Override
    public void stop(RunId id) {
        site().jobs().cancel(existing(id));
    }

    @Override
    public Path fetch(RunId id, Path into) {
        Launched launched = existing(id);
        RunState state = launched.job().state();
        if (!state.isTerminal()) {
            throw AzureOpenAiErrors.wrongState(id, state, "its output is not complete");
        }
        return new TunedModel(site().jobs(), site().files(), launched.job()).fetch(into);
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        return Optional.empty();
    }

    /**
     * The tuned model stays, which costs nothing while it is not deployed; of one that is, nothing is removed by which it would be known. The training
     * file goes last: by it the rest is found again.
     */
    @Override
    public void delete(RunId id) {
        OpenResource open = site();
        Optional<Launched> launched = open.jobs().find(id);
        List<TuningJob> jobs = new ArrayList<>();
        launched.ifPresent(there -> {
            jobs.add(there.job());
            jobs.addAll(there.twins());
        });
        for (TuningJob job : jobs) {
            if (!job.hasEnded()) {
                throw AzureOpenAiErrors.wrongState(id, job.state(), "it still runs");
            }
        }
        if (jobs.stream().anyMatch(job -> job.tunedModel() != null)) {
            refuseHosted(id);
        }
        for (TuningJob job : jobs) {
            job.resultFiles().forEach(open.files()::delete);
            open.jobs().delete(job);
        }
        List<TuningFile> files = open.files().all().stream()
                .filter(file -> file.run().equals(Optional.of(id)))
                .sorted(Comparator.comparing(TuningFile::isTraining))
                .toList();
        files.forEach(file -> open.files().delete(file.id()));
    }

    /** Whoever may not look at deployments, or says nothing of the subscription, has none from here. */
    private void refuseHosted(RunId id) {
        List<HostedModel> hosted;
        try {
            hosted = hosting().orElseThrow().find(id);
        } catch (FineTuneException e) {
            if (e.problems().stream().allMatch(problem -> problem.retry().equals(Retry.NEVER))) {
                return;
            }
            throw e;
        }
        if (!hosted.isEmpty()) {
            throw AzureOpenAiErrors.stillHosted(id);
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

    private StoredTunings stored() {
        OpenResource open = site();
        return new StoredTunings(open.jobs(), open.files(), context.clock().instant());
    }

    @Override
    public void close() {
        // its connections keep no thread
    }

    @Override
    public String toString() {
        return "AzureOpenAiProvider["
                + settings.all()
                        .getOrDefault(
                                AzureOpenAiSettings.RESOURCE,
                                settings.all().getOrDefault(AzureOpenAiSettings.ENDPOINT, "no resource"))
                + "]";
    }
}
