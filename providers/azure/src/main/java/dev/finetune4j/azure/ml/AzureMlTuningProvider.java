package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Azure Machine Learning's own fine-tuning jobs, a preview that a job file asks for by {@code fine-tuning: preview}. The service tunes a model of a
 * registry by its own components, trains and does nothing else, keeps no time limit and no checkpoint, and registers what it tuned with the workspace.
 * Machines, files, states and what is billed are as with command jobs.
 */
final class AzureMlTuningProvider extends AzureMlProvider {
    private final ProviderContext context;
    private final AzureMlSettings settings;

    AzureMlTuningProvider(ProviderContext context, Map<String, String> settings) {
        super(context, settings);
        this.context = context;
        this.settings = new AzureMlSettings(settings, context.environment());
    }

    /**
     * Where the tuned model is.
     *
     * @param provider {@code azure-ml}
     * @param model path of the version in the resource manager, by which it is deployed
     * @param base what it was tuned from
     * @param job path of the job that tuned it
     */
    record Reference(String provider, String model, String base, String job) {}

    @Override
    public Capabilities capabilities() {
        return new Capabilities(false, false, true, false, false, Billing.TIME);
    }

    @Override
    public Optional<String> worker() {
        return Optional.empty();
    }

    /** Another model, trained by the service's own components. */
    @Override
    public Map<String, String> variation() {
        return settings.variation();
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        AzureMlSettings said = new AzureMlSettings(proposal.job().settingsOf(ID), context.environment());
        List<Problem> problems = new ArrayList<>(said.problems());
        if (problems.stream().noneMatch(Problem::isError)) {
            problems.addAll(against(proposal.job(), said.options()));
        }
        return problems;
    }

    @Override
    public List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        List<Problem> problems = new ArrayList<>(super.objections(job, timeLimit));
        if (problems.stream().noneMatch(Problem::isError)) {
            problems.addAll(against(job, settings.options()));
        }
        return problems;
    }

    private static List<Problem> against(FineTuneJob job, AzureMlOptions options) {
        TuningOptions tuning = options.tuning();
        return tuning == null
                ? List.of()
                : TuningHyperParameters.of(job.method(), job.training(), tuning.hyperParameters())
                        .problems();
    }

    @Override
    void refuse(Submission submission) {
        var unused = TuningStage.onlyTraining(submission);
    }

    @Override
    ObjectNode body(Site open, Submission submission, int launch, Function<Submission, Map<String, String>> send) {
        TuningStage.Staged staged = new TuningStage(open.options()).stage(submission, send);
        return new FineTuningJobMapper(open.options())
                .body(submission.id(), launch, submission.order().digest(), staged, submission.labels());
    }

    @Override
    Optional<Problem> lastWord(RunId id, Launch launch) {
        AzureJob job = launch.job();
        return job.hasSucceeded()
                ? Optional.of(AzureMlErrors.notCompared(id, job, site().options()))
                : Optional.empty();
    }

    @Override
    public JobSnapshot resume(RunId id) {
        var unused = existing(id);
        throw AzureMlErrors.unable(id, "go on", "it keeps no checkpoint that another one finds");
    }

    /** Brings where the tuned model is, which stays with the workspace; nothing where there is none. */
    @Override
    public Path fetch(RunId id, Path into) {
        Launch last = ended(id);
        try {
            Files.createDirectories(into);
            if (last.job().hasSucceeded()) {
                Path file = into.resolve(WorkOrder.MODEL_REFERENCE_FILE);
                String text = Json.pretty(reference(last.job())) + "\n";
                if (!(Files.exists(file) && Files.readString(file).equals(text))) {
                    Files.writeString(file, text);
                }
            }
            return into;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reference reference(AzureJob job) {
        return new Reference(
                ID.value(),
                site().options().workspacePath() + "/models/" + job.registeredModel() + "/versions/"
                        + job.registeredVersion(),
                job.baseModel(),
                job.reference());
    }
}
