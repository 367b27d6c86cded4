package dev.finetune4j.engine;

import dev.finetune4j.data.Message;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.Launcher;
import dev.finetune4j.engine.launch.Preparation;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.Providers;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.Origin;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.ProviderContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The door of finetune4j: checks jobs, runs them, and takes up runs that are there.
 *
 * <pre>{@code
 * try (FineTuner tuner = FineTuner.open()) {
 *     RunOutcome outcome = tuner.run(tuner.read(Path.of("job.yaml")));
 *     System.exit(outcome.exitCode().number());
 * }
 * }</pre>
 *
 * <p>All that it knows lies in the home folder; any number of programs may use the same at the same time. Runs go on at their
 * provider when the program ends. Safe for use by several threads.
 */
public final class FineTuner implements AutoCloseable {
    private final Path home;
    private final Map<String, String> environment;
    private final Preparation preparation;
    private final RunStore store;
    private final Launcher launcher;
    private final Redaction redaction;

    FineTuner(FineTunerBuilder settings) {
        home = settings.home();
        environment = settings.environment();
        preparation = settings.preparation();
        store = new RunStore(settings.home());
        ProviderContext context = new ProviderContext(settings.home(), environment, settings.clock());
        Providers providers = new Providers(settings.providers(), context);
        redaction = Redaction.of(environment, providers.secretSettings());
        launcher = new Launcher(
                settings.home(),
                providers,
                environment,
                new DiskFiles(),
                settings.clock(),
                settings.sleeper(),
                settings.version());
    }

    /**
     * A fine-tuner with this process' environment, the home folder {@code FINETUNE_HOME} or {@code ~/.finetune4j}, and the
     * providers on the class path.
     */
    public static FineTuner open() {
        return builder().build();
    }

    /** Starts from this process' environment, its home folder and the providers on its class path. */
    public static FineTunerBuilder builder() {
        return new FineTunerBuilder();
    }

    /**
     * Reads a job file.
     *
     * @throws FineTuneException with every problem of the file
     */
    public JobFile read(Path file) {
        return JobFile.read(file, environment);
    }

    /**
     * Fetches data and model of a job, looks at every row, and asks the place where it would run whether that would take it. Findings,
     * also those that are errors, are in the result: a job without errors is one that can be launched.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there, or if data or model are not to be had, or rows cannot
     *     be read
     */
    public PreparedJob check(JobFile job) {
        try {
            launcher.refuseAbsentTargets(job.job());
            return launcher.propose(preparation.prepare(job));
        } catch (FineTuneException e) {
            throw clean(e, job);
        }
    }

    /** What a check does wherever the rows are to be looked at: where the job would run does not matter. */
    private PreparedJob prepare(JobFile job) {
        try {
            return preparation.prepare(job);
        } catch (FineTuneException e) {
            throw clean(e, job);
        }
    }

    private FineTuneException clean(FineTuneException failure, JobFile job) {
        return redaction.and(secretsOf(job)).apply(job.placed(failure));
    }

    /**
     * Runs a job to its outcome: check, launch, follow, compare, report.
     *
     * @throws FineTuneException if the check finds errors, the launch fails or the run cannot be followed to its end
     * @throws InterruptedException if the thread was told to stop waiting; the run goes on
     */
    public RunOutcome run(JobFile job) throws InterruptedException {
        return launch(job).await();
    }

    /**
     * Checks and launches a job. Where the same job, data and model has a run that has not ended, that one is taken up.
     *
     * @throws FineTuneException if the check finds errors or the launch fails
     */
    public RunHandle<RunOutcome> launch(JobFile job) {
        return launch(check(job));
    }

    /**
     * Launches a job that was checked.
     *
     * @throws FineTuneException with every finding if one of them is an error, or why the launch fails
     */
    public RunHandle<RunOutcome> launch(PreparedJob job) {
        refuseErrors(job);
        return launcher.launch(job, secretsOf(job.file()));
    }

    /**
     * Launches a job that was checked, unless it has been run before: where this version of finetune4j has run the same job on the same
     * data and model to success, and its output is still there, the newest such run is handed out. Of several programs that ask at the
     * same time one launches and the others look on.
     *
     * @param reusable whether such a run will do; asked for each, newest first
     * @throws FineTuneException with every finding if one of them is an error, or why the launch fails
     */
    public RunHandle<RunOutcome> launchOnce(PreparedJob job, Predicate<RunView> reusable) {
        refuseErrors(job);
        return launcher.launchOnce(job, secretsOf(job.file()), reusable);
    }

    private static void refuseErrors(PreparedJob job) {
        if (job.check().hasErrors()) {
            List<Problem> findings = new ArrayList<>(job.data().warnings());
            findings.addAll(job.check().problems());
            throw new FineTuneException(findings, null);
        }
    }

    /**
     * Takes up a run: follows it where nobody does, looks on where another process does, tells the outcome where it has ended.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run
     */
    public RunHandle<RunOutcome> attach(String run) {
        return launcher.attach(store.resolve(run));
    }

    /**
     * Stops a run; its checkpoints stay.
     *
     * @param run its id or the start of it
     * @param by who asks, for the run's journal
     * @return a handle whose outcome comes when the run has ended
     * @throws FineTuneException with FT0504 if there is no such run, FT0510 if its provider cannot stop jobs
     */
    public RunHandle<RunOutcome> stop(String run, String by) {
        return launcher.stop(store.resolve(run), by);
    }

    /**
     * Lets a run that was stopped, failed or lost its driver go on from its last checkpoint.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0505 if another process drives it, FT0509 if there is
     *     nothing to go on with, FT0510 if its provider cannot resume
     */
    public RunHandle<RunOutcome> resume(String run) {
        return launcher.resume(store.resolve(run));
    }

    /** Every run of this home, newest first; what goes on is in the state that its provider tells, where it answers. */
    public List<RunView> list() {
        return store.list().stream().map(launcher::seenNow).toList();
    }

    /**
     * A run as its journal tells it; one that goes on is in the state that its provider tells, where it answers.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0502 if its journal is damaged
     */
    public RunView show(String run) {
        RunFolder folder = store.resolve(run);
        return RunView.of(folder.read())
                .map(launcher::seenNow)
                .orElseThrow(() -> RunProblems.noSuchRun(
                        run, store.list().stream().map(RunView::id).toList()));
    }

    /**
     * The folder of a run, with its report, events and output.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run
     */
    public RunFolder folder(String run) {
        return store.resolve(run);
    }

    /**
     * Removes a run that has ended, at its provider and here.
     *
     * @param run its id or the start of it
     * @param force also where its journal is damaged
     * @throws FineTuneException with FT0504 if there is no such run, FT0505 if another process drives it, FT0508 if it has not
     *     ended
     */
    public void clean(String run, boolean force) {
        launcher.clean(store.resolve(run), force);
    }

    /**
     * Compares base and tuned model of a run on every row of another file.
     *
     * @param run its id or the start of it
     * @param file rows in any format that a job may have, with the columns that the job's task names
     * @throws FineTuneException if the rows cannot be read, or with FT0512 if the run has no adapter
     */
    public RunHandle<EvaluationReport> evaluate(String run, Path file) {
        RunFolder folder = store.resolve(run);
        PreparedData rows = prepare(onOtherRows(show(run), file)).data();
        return launcher.evaluate(folder, rows);
    }

    /**
     * Lets models of a run answer a conversation.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0512 if it has no adapter
     */
    public RunHandle<List<GeneratedText>> generate(
            String run, List<Message> messages, Sampling sampling, Collection<Variant> variants) {
        return launcher.generate(store.resolve(run), List.copyOf(variants), messages, "", sampling);
    }

    /**
     * Lets models of a run continue a text, without a chat template.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0512 if it has no adapter
     */
    public RunHandle<List<GeneratedText>> complete(
            String run, String text, Sampling sampling, Collection<Variant> variants) {
        return launcher.generate(store.resolve(run), List.copyOf(variants), List.of(), text, sampling);
    }

    /**
     * Adds the adapter of a run to the weights of its base model and writes the result as a model of its own in Hugging Face layout,
     * after a comparison with base model and adapter.
     *
     * @param run its id or the start of it
     * @param precision how weights are stored; auto: bf16 where the base is stored so, else fp32
     * @param target a folder that does not exist or is empty
     * @throws FineTuneException with FT0504 if there is no such run, FT0512 if it has no adapter, FT0516 if the folder is not empty
     */
    public RunHandle<MergedModel> export(String run, Precision precision, Path target) {
        return launcher.export(store.resolve(run), precision, target);
    }

    /** Stops following everything; runs go on. */
    @Override
    public void close() {
        launcher.close();
    }

    /** Names no value of the environment, since it holds secrets. */
    @Override
    public String toString() {
        return "FineTuner[home=" + home + "]";
    }

    /** The run's job with every row of {@code file} for test rows. */
    private static JobFile onOtherRows(RunView run, Path file) {
        SplitSpec split = run.job().data().split();
        String name = file.toAbsolutePath().normalize().toString();
        SplitSpec all = new SplitSpec(0, 0, null, name, null, split.stratify(), 0, 0, 0, split.seed());
        List<String> labels =
                run.prepared() == null ? List.of() : run.prepared().labels();
        FineTuneJob job = FineTuneJob.builder(
                        run.job().name(),
                        run.job().model(),
                        run.job().task().withLabels(labels),
                        DataSpec.ofFile(name).withSplit(all))
                .training(run.job().training())
                .build();
        return JobFile.of(job, file.toAbsolutePath().normalize().getRoot());
    }

    /** Values that the job took from the environment by name: whoever keeps them there does not want them written down. */
    private List<String> secretsOf(JobFile file) {
        return file.resolved().values().stream()
                .map(value -> value.origin())
                .filter(Origin.FromEnvironment.class::isInstance)
                .flatMap(origin -> Arrays.stream(
                        ((Origin.FromEnvironment) origin).variable().split("[,\\s]+", -1)))
                .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                .toList();
    }
}
