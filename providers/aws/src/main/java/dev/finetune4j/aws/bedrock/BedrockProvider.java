package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.RequestJson;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.EventPage;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;

/**
 * Bedrock's customization jobs. The service sells tokens: it trains and nothing else, bills no time, keeps the tuned model, and tells the steps
 * once a job has succeeded. All that is known of a job is with the service and in S3, so that any process with the same settings may ask.
 */
final class BedrockProvider implements Provider {
    static final ProviderId ID = new ProviderId("bedrock");

    /** Where the model does not matter. */
    private static final ModelRef ANY_MODEL = new ModelRef("any");

    private final ProviderContext context;
    private final BedrockSettings settings;
    private @Nullable BedrockClients clients;

    BedrockProvider(ProviderContext context, Map<String, String> settings) {
        this.context = context;
        this.settings = new BedrockSettings(settings, context.environment());
    }

    /** Connections, made when they are first needed, since wrong settings are told by {@link #refusals}. */
    private synchronized BedrockClients clients() {
        BedrockClients open = clients;
        if (open == null) {
            open = BedrockClients.open(settings.options(ANY_MODEL), settings.owner(), context);
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
        return new Capabilities(false, true, true, false, false, Billing.TOKENS);
    }

    /** Another model, trained by the service's own rules: the role, the region and where files lie change nothing of it. */
    @Override
    public Map<String, String> variation() {
        return settings.variation();
    }

    @Override
    public List<Problem> settingProblems() {
        List<Problem> problems = new ArrayList<>(settings.problems());
        if (problems.isEmpty()) {
            problems.addAll(BedrockRules.problems(settings.options(settings.someModel())));
        }
        return problems;
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        BedrockSettings said = new BedrockSettings(proposal.job().settingsOf(ID), context.environment());
        List<Problem> problems = new ArrayList<>(said.problems());
        if (problems.isEmpty()) {
            problems.addAll(
                    BedrockRules.problems(proposal, said.options(proposal.job().model())));
        }
        return problems;
    }

    @Override
    public List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        BedrockSettings said = new BedrockSettings(job.settingsOf(ID), context.environment());
        List<Problem> problems = new ArrayList<>(said.problems());
        if (problems.isEmpty()) {
            problems.addAll(BedrockRules.problems(job, said.options(job.model())));
        }
        return problems.stream().anyMatch(Problem::isError)
                ? problems
                : clients().store().objections();
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        return ofModel(runs, model).all();
    }

    private BedrockPolicies ofModel(String runs, ModelRef model) {
        BedrockOptions options = settings.options(model);
        List<Problem> problems = BedrockRules.problems(options);
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new BedrockPolicies(options, runs);
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        Optional<GetModelCustomizationJobResponse> there =
                clients().jobs().find(submission.id().value());
        if (there.isPresent()) {
            return snapshot(
                    submission.id(),
                    CustomizationJobs.own(
                            submission.id(), there.get(), submission.order().digest()));
        }
        WorkStep.Train train = onlyTraining(submission);
        BedrockOptions options = settings.options(submission.model());
        StagedTuning job = new TuningStage(clients().store(), options).stage(submission, train);
        return snapshot(submission.id(), clients().jobs().submit(new CustomizationMapper(options).request(job)));
    }

    @Override
    public List<PlannedCall> plannedCalls(Submission submission) {
        BedrockOptions options = settings.options(submission.model());
        StagedTuning job = new TuningStage(clients().store(), options).planned(submission, onlyTraining(submission));
        List<PlannedCall> calls = new ArrayList<>();
        calls.add(new PlannedCall(
                "s3:PutObject", job.trainingUri(), "the rows as records of the model, if not there yet"));
        if (job.validationUri() != null) {
            calls.add(new PlannedCall("s3:PutObject", job.validationUri(), "the same of the validation rows"));
        }
        calls.add(new PlannedCall(
                "bedrock:CreateModelCustomizationJob",
                submission.id().value(),
                RequestJson.of(new CustomizationMapper(options).request(job))));
        return calls;
    }

    private static WorkStep.Train onlyTraining(Submission submission) {
        if (submission.timeLimit() != null) {
            throw BedrockErrors.unable(
                    submission.id(), "keep a time limit", "it bills the tokens of the rows, which are counted before");
        }
        if (submission.order().steps().size() == 1
                && submission.order().steps().get(0) instanceof WorkStep.Train train) {
            return train;
        }
        throw BedrockErrors.unable(submission.id(), "do other work than training", "it runs no worker");
    }

    @Override
    public JobSnapshot resume(RunId id) {
        clients().existing(id);
        throw BedrockErrors.unable(id, "go on with a job", "it keeps no checkpoint and runs no name twice");
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        return clients().jobs().find(id.value()).map(job -> snapshot(id, job));
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        GetModelCustomizationJobResponse job = clients().existing(id);
        TuningOutput output = clients().output(job);
        return JobHistory.after(id, job, snapshot(id, job), output::figures, cursor);
    }

    /** The service keeps no lines: what it tells of the job stands for them. */
    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        EventPage told = events(id, cursor);
        return Optional.of(
                new LogPage(told.events().stream().map(HistoryLines::line).toList(), told.next()));
    }

    @Override
    public void stop(RunId id) {
        clients().jobs().stop(id.value());
    }

    @Override
    public Path fetch(RunId id, Path into) {
        GetModelCustomizationJobResponse job = clients().existing(id);
        RunState state = snapshot(id, job).state();
        if (!state.isTerminal()) {
            throw BedrockErrors.wrongState(id, state, "its output is not complete");
        }
        if (state == RunState.SUCCEEDED && !clients().jobs().hasModel(job)) {
            throw BedrockErrors.wrongState(id, state, "its tuned model was deleted");
        }
        return clients().output(job).fetch(into);
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        return Optional.empty();
    }

    @Override
    public Optional<Hosting> hosting() {
        return Optional.of(new BedrockHosting(
                this::clients,
                () -> settings.options(ANY_MODEL),
                (runs, model) -> ofModel(runs, model).ofHosting()));
    }

    /** Inputs stay, since other jobs may have the same, and so does the job's record, which the service keeps for ever. */
    @Override
    public void delete(RunId id) {
        Optional<GetModelCustomizationJobResponse> job = clients().jobs().find(id.value());
        if (job.isEmpty()) {
            return;
        }
        JobSnapshot snapshot = snapshot(id, job.get());
        if (snapshot.digest().isEmpty()) {
            throw BedrockErrors.taken(id.value(), snapshot.reference(), "", "known");
        }
        if (!snapshot.state().isTerminal()) {
            throw BedrockErrors.wrongState(id, snapshot.state(), "it still runs");
        }
        clients().jobs().deleteModel(job.get().outputModelName());
        clients().output(job.get()).delete();
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
        return new StoredTunings(
                clients().jobs(),
                clients().hosted().imports(),
                clients().store(),
                context.clock().instant());
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
        return "BedrockProvider[" + settings.region().orElse("no region") + "]";
    }

    private static JobSnapshot snapshot(RunId id, GetModelCustomizationJobResponse job) {
        return BedrockStatusMapper.snapshot(id, job);
    }
}
