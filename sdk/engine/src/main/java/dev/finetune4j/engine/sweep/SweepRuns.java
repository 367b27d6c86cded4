package dev.finetune4j.engine.sweep;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.engine.launch.DerivedRows;
import dev.finetune4j.engine.launch.PastRuns;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.launch.RunWork;
import dev.finetune4j.engine.launch.SeriesRuns;
import dev.finetune4j.engine.launch.TimeForecast;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.engine.report.view.SweepPage;
import dev.finetune4j.engine.search.Candidate;
import dev.finetune4j.engine.search.Choices;
import dev.finetune4j.engine.search.Rung;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.engine.search.SweepSpec;
import dev.finetune4j.engine.search.TrialTimes;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Divergence;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sweep in the making. Each trial is a run as any other: one that has succeeded is not run again, one that goes on is
 * taken up, and one that failed or was stopped, though not by its budget, goes on from its checkpoint, so that a sweep
 * that was interrupted is gone on with by asking for it again. Trials train on the training rows and answer the
 * validation rows; a trial whose training diverges is the worst, any other failure is none of its settings and stops
 * the sweep. Before each, what it will take is foreseen from those before it: one that would not fit into the time is
 * left out, and all after it. The winner answers the test rows once every trial has ended.
 */
public final class SweepRuns {
    private static final int DIGEST_CHARACTERS = 8;
    private static final double LEAST_EPOCHS = 0.01;

    private final Path home;
    private final PreparedJob whole;
    private final SweepSpec spec;
    private final TrialRunner runner;
    private final PastRuns past;
    private final PreparedData judged;
    private final MetricName metric;
    private final TrialTimes times = new TrialTimes();
    private final List<Sweep.Measured> measured = new ArrayList<>();
    private final Deque<Rung> rungs;
    private final Deque<Trial> waiting = new ArrayDeque<>();
    private int laid;
    private @Nullable String stopped;
    private Sweep.@Nullable TestScore test;

    /**
     * Lays the trials down.
     *
     * @param home finetune4j's folder on this machine
     * @param whole the job, checked
     * @param past what runs before tell of the time that a run takes
     * @throws FineTuneException with FT0707 if the job has no validation rows, FT0708 if its method lacks a setting of the sweep
     */
    public SweepRuns(Path home, PreparedJob whole, SweepSpec spec, TrialRunner runner, PastRuns past) {
        this.home = home;
        this.whole = whole;
        this.spec = spec;
        this.runner = runner;
        this.past = past;
        refuse();
        judged = judged();
        metric = TaskMetrics.of(job(), whole.data().hasAnswers()).metrics().get(0);
        rungs = new ArrayDeque<>(spec.rungs());
        begin(rungs.remove(), spec.candidates());
    }

    /** What is to be tried before anything is: the rounds, their trials, and how often the job's own training that makes. */
    public SweepOutlook outlook() {
        double epochs = spec.candidates().stream()
                .mapToDouble(candidate -> candidate.applyTo(job()).training().epochs())
                .average()
                .orElseThrow();
        return new SweepOutlook(
                spec.rungs(),
                epochs / job().training().epochs(),
                validationRows(),
                maxTime().orElse(null),
                forecast(epochs).orElse(null));
    }

    /** What all trials and the winner's answers to the test rows will take. */
    private Optional<TimeForecast> forecast(double epochs) {
        long trainingRows = whole.data().rowsByPart().getOrDefault(Part.TRAIN, 0L);
        List<RunWork> works = new ArrayList<>();
        for (Rung rung : spec.rungs()) {
            for (int trial = 0; trial < rung.trials(); trial++) {
                works.add(RunWork.of(whole, epochs * rung.share(), trainingRows, validationRows()));
            }
        }
        works.add(RunWork.of(whole, 0, 0, whole.data().rowsByPart().getOrDefault(Part.TEST, 0L) * whole.models()));
        return past.forecast(whole.file().job(), whole.model().digest(), works);
    }

    /**
     * The next trial; empty where none is left, or none that would fit into the time.
     *
     * @throws FineTuneException how training diverged, if it did for every trial
     */
    public Optional<Trial> next() {
        if (waiting.isEmpty() && !rungs.isEmpty()) {
            Rung next = rungs.remove();
            double share =
                    measured.isEmpty() ? 0 : measured.get(measured.size() - 1).share();
            List<Sweep.Measured> learned = measured.stream()
                    .filter(trial -> trial.share() == share && trial.value() != null)
                    .toList();
            begin(
                    next,
                    next.best(learned, Sweep.order(metric)).stream()
                            .map(Sweep.Measured::candidate)
                            .toList());
        }
        Trial next = waiting.peek();
        if (next != null && !fits(next)) {
            waiting.clear();
            rungs.clear();
            return Optional.empty();
        }
        refuseWhereAllFailed();
        return Optional.ofNullable(waiting.poll());
    }

    /** What a trial will take, as those before it tell; empty before the first has ended. */
    public Optional<Duration> foresee(Trial trial) {
        return times.foresee(trial.epochs());
    }

    /**
     * Runs a trial, or takes up the run that it has, from its checkpoint where it failed or was stopped, though not by
     * its budget.
     *
     * @throws FineTuneException why the launch fails
     */
    public RunHandle<RunOutcome> launch(Trial trial) {
        return runner.launch(trial.job());
    }

    /**
     * Takes the result of a run that has ended. Where training diverged, as with a learning rate that is too high, the trial counts as the
     * worst.
     *
     * @throws FineTuneException why it failed otherwise, with FT0517 if it was stopped, with FT0542 if its budget stopped it, with
     *     FT0703 if its place answers no rows; asking for the sweep again goes on with what somebody stopped
     */
    public void ended(Trial trial, RunId run, RunOutcome outcome) {
        Problem problem = outcome instanceof RunOutcome.Failed failed && Divergence.isIn(failed.problem())
                ? failed.problem()
                : null;
        Interval value = problem == null
                ? value(SeriesRuns.succeeded(
                        run,
                        outcome,
                        "the sweep",
                        "the same command again",
                        job().budget(),
                        () -> runner.goesOn(trial.job(), run)))
                : null;
        Duration took = runner.took(run);
        if (problem == null) {
            times.add(trial.epochs(), took);
        } else {
            times.addCutShort(took);
        }
        measured.add(new Sweep.Measured(
                trial.number(),
                trial.candidate(),
                trial.share(),
                trial.epochs(),
                run,
                took.toMillis() / 1000.0,
                value,
                problem == null ? runner.validationLoss(run).orElse(null) : null,
                problem));
    }

    /** Lets the winner answer the test rows; empty where the search is incomplete or the job holds out no rows. */
    public Optional<RunHandle<EvaluationReport>> test() {
        boolean holdsOut = whole.data().rowsByPart().getOrDefault(Part.TEST, 0L) > 0;
        return Sweep.best(metric, measured)
                .filter(best -> holdsOut && stopped == null)
                .map(best -> runner.test(best.run(), whole.data()));
    }

    /** Takes the winner's answers to the test rows. */
    public void tested(EvaluationReport report) {
        VariantEvaluation base = report.base().orElseThrow();
        test = new Sweep.TestScore(
                report.rows(),
                base.metric(metric),
                value(report, Variant.TUNED),
                report.comparison(base.variant(), metric).orElseThrow().difference());
    }

    /**
     * Runs every trial to its end, and scores the winner.
     *
     * @throws FineTuneException why a launch or a run failed
     * @throws InterruptedException if the thread was told to stop waiting; the present run goes on
     */
    public Sweep await() throws InterruptedException {
        for (Optional<Trial> next = next(); next.isPresent(); next = next()) {
            RunHandle<RunOutcome> handle = launch(next.get());
            ended(next.get(), handle.id(), handle.await());
        }
        Optional<RunHandle<EvaluationReport>> answers = test();
        if (answers.isPresent()) {
            tested(answers.get().await());
        }
        return sweep();
    }

    /** What has come of it so far. */
    public Sweep sweep() {
        Sweep found = sweep(Sweep.best(metric, measured));
        return found.hasLearned() ? found : sweep(Optional.empty());
    }

    private Sweep sweep(Optional<Sweep.Measured> best) {
        return new Sweep(
                spec.search(),
                metric,
                validationRows(),
                measured,
                best.orElse(null),
                best.map(trial -> trial.candidate().yaml(job())).orElse(""),
                test,
                stopped);
    }

    /**
     * Writes the sweep as one HTML page and as JSON.
     *
     * @return the page
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    public Path write(Sweep sweep) {
        ReportFiles.write(folder().resolve("sweep.json"), Json.pretty(sweep) + "\n");
        return ReportFiles.write(folder().resolve("sweep.html"), SweepPage.write(job(), sweep));
    }

    private void begin(Rung rung, List<Candidate> candidates) {
        for (Candidate candidate : candidates) {
            FineTuneJob changed = candidate.applyTo(job());
            double epochs = Math.max(LEAST_EPOCHS, changed.training().epochs() * rung.share());
            FineTuneJob shorter = changed.toBuilder()
                    .training(changed.training().toBuilder().epochs(epochs).build())
                    .build();
            waiting.add(new Trial(
                    ++laid,
                    candidate,
                    rung.share(),
                    SeriesRuns.variant(
                            whole,
                            shorter,
                            judged,
                            whole.check().profile().withTestRows(validationRows(), judged.digest()))));
        }
    }

    private boolean fits(Trial trial) {
        Duration limit = maxTime().orElse(null);
        Optional<Duration> needed = foresee(trial);
        if (limit == null || times.total().plus(needed.orElse(Duration.ZERO)).compareTo(limit) <= 0) {
            return true;
        }
        int left = waiting.size() + rungs.stream().mapToInt(Rung::trials).sum();
        stopped = needed.map(time -> "trial " + trial.number() + " would take about " + Figures.duration(time)
                                + ", the trials before it took ")
                        .orElse("the trials before trial " + trial.number() + " took ")
                + Figures.duration(times.total()) + " of " + Figures.duration(limit) + "; " + left + " left out";
        return false;
    }

    private void refuseWhereAllFailed() {
        if (waiting.isEmpty()
                && !measured.isEmpty()
                && Sweep.best(metric, measured).isEmpty()) {
            throw new FineTuneException(
                    measured.stream()
                            .flatMap(trial -> Optional.ofNullable(trial.problem()).stream())
                            .distinct()
                            .toList(),
                    null);
        }
    }

    private Interval value(RunOutcome.Succeeded outcome) {
        return value(
                outcome.comparison()
                        .orElseThrow(() -> EvaluationProblems.NOTHING_TO_COMPARE
                                .error("the place of this job answers no rows, so that trials cannot be judged")
                                .at(Location.ofKey("targets"))
                                .asException()),
                Variant.TUNED);
    }

    private Interval value(EvaluationReport report, Variant variant) {
        return report.variant(variant).orElseThrow().metric(metric);
    }

    private PreparedData judged() {
        SplitRecord record = whole.data().record();
        Map<Part, SplitRecord.PartShare> parts = new EnumMap<>(record.parts());
        parts.put(Part.TEST, record.share(Part.VALIDATION));
        return new DerivedRows(
                        whole.data(),
                        parts,
                        (part, file) ->
                                WholeFile.copy(whole.data().file(part == Part.TEST ? Part.VALIDATION : part), file))
                .in(folder().resolve("rows"));
    }

    private void refuse() {
        if (validationRows() == 0) {
            throw EvaluationProblems.NOTHING_TO_JUDGE
                    .error("a sweep needs validation rows, the job has none")
                    .at(Location.ofKey("data.split.validation"))
                    .asException();
        }
        if (!spec.space().rank().equals(Choices.none())
                && job().method().adapters().isEmpty()) {
            throw EvaluationProblems.NO_SUCH_SETTING
                    .error("the job's method has no rank to try")
                    .at(Location.ofKey("method"))
                    .asException();
        }
    }

    private Optional<Duration> maxTime() {
        return Optional.ofNullable(spec.maxTime() == null ? job().budget().maxTime() : spec.maxTime());
    }

    private long validationRows() {
        return whole.data().rowsByPart().getOrDefault(Part.VALIDATION, 0L);
    }

    private FineTuneJob job() {
        return whole.file().job();
    }

    /** Another search of the same job has another, so that neither writes over what the other found. */
    private Path folder() {
        String digest = Json.digest(
                Map.of("job", whole.digest(), "search", spec.search().name(), "candidates", spec.candidates()));
        String name = job().name() + "-" + digest.substring(0, DIGEST_CHARACTERS);
        return home.resolve("sweeps").resolve(name);
    }
}
