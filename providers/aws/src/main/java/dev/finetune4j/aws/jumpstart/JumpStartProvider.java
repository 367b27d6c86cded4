package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.account.QuotaExamination;
import dev.finetune4j.aws.internal.RequestJson;
import dev.finetune4j.aws.internal.jobs.JobPolicies;
import dev.finetune4j.aws.internal.jobs.LaunchedJobs;
import dev.finetune4j.aws.internal.jobs.MachineKind;
import dev.finetune4j.aws.internal.jobs.TrainingJobs;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
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
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;

/**
 * Models of JumpStart's hub, tuned by the hub's own scripts as SageMaker's training jobs. What a job can be told stands in the document of its
 * model. The scripts train and do nothing else, and begin anew where they were stopped.
 */
final class JumpStartProvider implements Provider {
    static final ProviderId ID = new ProviderId("jumpstart");

    /** Where the model does not matter. */
    private static final ModelRef ANY_MODEL = new ModelRef("any");

    /** A script that is stopped leaves nothing; what one that has ended leaves is taken to S3, which is billed too. */
    private static final Duration WIND_DOWN = Duration.ofMinutes(15);

    private final ProviderContext context;
    private final JumpStartSettings settings;
    private @Nullable LaunchedJobs launched;
    private @Nullable HubModels hub;

    JumpStartProvider(ProviderContext context, Map<String, String> settings) {
        this.context = context;
        this.settings = new JumpStartSettings(settings, context.environment());
    }

    /** Connections, made when they are first needed, since wrong settings are told by {@link #refusals}. */
    private synchronized LaunchedJobs launched() {
        LaunchedJobs open = launched;
        if (open == null) {
            String store = settings.store();
            open = LaunchedJobs.open(ID, settings.region().orElse(""), store, settings.owner(), context, LossLines::of);
            launched = open;
        }
        return open;
    }

    private synchronized HubDocument document(JumpStartOptions options) {
        HubModels open = hub;
        if (open == null) {
            open = HubModels.open(options.region(), context);
            hub = open;
        }
        return open.document(options.model(), options.version());
    }

    @Override
    public ProviderId id() {
        return ID;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(false, true, true, false, true, true, Billing.TIME)
                .runningAtMost(JumpStartMapper.LONGEST_RUN);
    }

    @Override
    public Duration windDown() {
        return WIND_DOWN;
    }

    /** Another model, trained by another script: the role, the region and where files lie change nothing of it. */
    @Override
    public Map<String, String> variation() {
        return settings.variation();
    }

    @Override
    public List<Problem> settingProblems() {
        List<Problem> problems = new ArrayList<>(settings.problems());
        if (problems.isEmpty()) {
            problems.addAll(JumpStartRules.problems(settings.options(ANY_MODEL)));
        }
        return problems;
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        return look(proposal.job()).problems();
    }

    /** Not every machine that a plan may choose is one that the model's script is made for. */
    @Override
    public List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        List<Problem> problems = look(job).problems();
        return problems.stream().anyMatch(Problem::isError)
                ? problems
                : launched().store().objections();
    }

    /** What the hub has for a job, and against it, whatever its rows; it is not asked for settings that are wrong. */
    HubLook look(FineTuneJob job) {
        JumpStartSettings said = new JumpStartSettings(job.settingsOf(ID), context.environment());
        List<Problem> problems = new ArrayList<>(said.problems());
        if (!problems.isEmpty()) {
            return new HubLook(job.model().value(), null, problems);
        }
        JumpStartOptions options = said.options(job.model());
        problems.addAll(JumpStartRules.problems(options));
        problems.addAll(JumpStartRules.problems(options, job.budget()));
        if (!problems.isEmpty()) {
            return new HubLook(options.model(), null, problems);
        }
        try {
            HubDocument document = document(options);
            problems.addAll(JumpStartRules.problems(options, document));
            if (document.isTunable()) {
                problems.addAll(HubHyperparameters.of(
                                document,
                                options.machineFor(document),
                                job.method(),
                                job.training(),
                                null,
                                options.hyperParameters())
                        .problems());
            }
            return new HubLook(options.model(), document.version(), problems);
        } catch (FineTuneException e) {
            if (!isAboutModel(e)) {
                throw e;
            }
            return new HubLook(options.model(), null, e.problems());
        }
    }

    /** What the hub says of a model is a reason against it; that the hub does not answer is none. */
    private static boolean isAboutModel(FineTuneException failure) {
        return failure.problems().stream()
                .allMatch(problem -> problem.kind().equals(JumpStartProblems.NO_SUCH_MODEL)
                        || problem.kind().equals(JumpStartProblems.DOCUMENT));
    }

    /** Which images a model runs in, and where its files lie, stands in its document, which the hub is asked for. */
    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        JumpStartOptions options = settings.options(model);
        refuse(JumpStartRules.problems(options));
        HubDocument document = document(options);
        refuse(JumpStartRules.problems(options, document).stream()
                .filter(problem -> problem.kind().equals(JumpStartProblems.NOT_TUNABLE))
                .toList());
        HubRegions.Place place = HubRegions.shipped().in(options.region()).orElseThrow();
        JobPolicies.Bounds bounds = new JobPolicies.Bounds(
                options.role(),
                options.region(),
                options.store(),
                options.kmsKey(),
                options.machine() == null || !new MachineKind(options.machine()).hasOwnDisk(),
                false,
                options.subnets(),
                options.securityGroups(),
                document.images());
        return new JobPolicies(
                        bounds,
                        new JobPolicies.Hub(HubModels.HUB, options.model(), place.buckets(), document.files()),
                        runs)
                .all();
    }

    @Override
    public MachineVerdict machineVerdict(Problem problem) {
        return problem.kind().equals(JumpStartProblems.OTHER_MACHINE)
                ? MachineVerdict.NOT_SUITED
                : LaunchedJobs.machineVerdict(problem);
    }

    @Override
    public Optional<Boolean> isMachineAllowed() {
        JumpStartOptions options = settings.options(ANY_MODEL);
        return Optional.ofNullable(options.machine())
                .flatMap(machine -> new QuotaExamination(options.region(), context)
                        .ofMachine(machine, false)
                        .isFree());
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        List<DescribeTrainingJobResponse> launches = new ArrayList<>(launched().launches(submission.id()));
        if (!launches.isEmpty()) {
            TrainingJobs.refuseOther(launches.get(0), submission.order().digest());
        }
        if (launches.isEmpty() || isToFollow(launches.get(launches.size() - 1), submission)) {
            WorkStep.Train train = onlyTraining(submission);
            JumpStartOptions options = settings.options(submission.model());
            HubDocument document = document(options);
            refuse(JumpStartRules.problems(options, document));
            StagedLearning job = new LearningStage(launched().store(), options, document)
                    .stage(submission, train, launches.size() + 1);
            launches.add(launched().submit(new JumpStartMapper(options, document).request(job)));
        }
        return launched().snapshot(submission.id(), launches);
    }

    private static void refuse(List<Problem> problems) {
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new FineTuneException(problems, null);
        }
    }

    private boolean isToFollow(DescribeTrainingJobResponse last, Submission submission) {
        String machine = settings.options(submission.model()).machine();
        return LaunchedJobs.isToFollow(last, submission.after())
                || (machine != null && launched().isToMove(last, machine, false));
    }

    @Override
    public List<PlannedCall> plannedCalls(Submission submission) {
        WorkStep.Train train = onlyTraining(submission);
        JumpStartOptions options = settings.options(submission.model());
        HubDocument document = document(options);
        refuse(JumpStartRules.problems(options, document));
        StagedLearning job = new LearningStage(launched().store(), options, document).planned(submission, train);
        CreateTrainingJobRequest request = new JumpStartMapper(options, document).request(job);
        List<PlannedCall> calls = new ArrayList<>();
        calls.add(new PlannedCall(
                "s3:PutObject", job.trainingPrefix(), "the rows as the model's script reads them, if not there yet"));
        if (job.validationPrefix() != null) {
            calls.add(new PlannedCall("s3:PutObject", job.validationPrefix(), "the same of the validation rows"));
        }
        calls.add(new PlannedCall("sagemaker:CreateTrainingJob", request.trainingJobName(), RequestJson.of(request)));
        return calls;
    }

    private static WorkStep.Train onlyTraining(Submission submission) {
        if (submission.order().steps().size() == 1
                && submission.order().steps().get(0) instanceof WorkStep.Train train) {
            return train;
        }
        throw unable(submission.id(), "do other work than training", "it runs the hub's scripts and no worker");
    }

    /** JumpStart has no such ability. */
    static FineTuneException unable(RunId id, String what, String why) {
        return JumpStartProblems.UNABLE
                .error("JumpStart cannot " + what + ": " + id)
                .because(why)
                .asException();
    }

    @Override
    public JobSnapshot resume(RunId id) {
        launched().existing(id);
        throw unable(id, "go on with a job", "the hub's scripts keep no checkpoint");
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
        return new LearnedModel(launched(), id).fetch(into);
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
        return launched().unfinished(job -> !TrainingJobs.hasWorker(job));
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
        if (hub != null) {
            hub.close();
            hub = null;
        }
    }

    @Override
    public String toString() {
        return "JumpStartProvider[" + settings.region().orElse("no region") + "]";
    }
}
