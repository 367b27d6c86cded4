package dev.finetune4j.engine.curve;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.data.split.RowSplit;
import dev.finetune4j.engine.evaluate.CurveFit;
import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.launch.PastRuns;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.launch.RunWork;
import dev.finetune4j.engine.launch.SeriesRunner;
import dev.finetune4j.engine.launch.SeriesRuns;
import dev.finetune4j.engine.launch.TimeForecast;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.report.view.CurvePage;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A learning curve in the making: the job on an eighth, a quarter, half and all of its training rows. Smaller sets lie
 * within larger ones, and all answer the same held-out rows. Each size is a run as any other: one that has succeeded is
 * not run again, one that goes on is taken up, and one that failed or was stopped, though not by its budget, goes on
 * from its checkpoint, so that a curve that was interrupted is gone on with by asking for it again. The largest is the
 * job itself; the others leave out what only the job itself is asked: the base model and the gate.
 */
public final class CurveRuns {
    private static final List<Integer> DIVISORS = List.of(8, 4, 2, 1);
    private static final int ROWS_OF_A_LABEL = 2;
    private static final int DIGEST_CHARACTERS = 8;

    private final Path home;
    private final PreparedJob whole;
    private final List<CurveSize> sizes = new ArrayList<>();
    private final SeriesRunner runner;
    private final PastRuns past;
    private final Map<Long, LearningCurve.Answered> answered = new TreeMap<>();
    private @Nullable EvaluationReport beside;

    /**
     * Deals the training rows out.
     *
     * @param home finetune4j's folder on this machine
     * @param whole the job, checked
     * @param runner runs a job, unless it has been run
     * @param past what runs before tell of the time that a run takes
     * @throws FineTuneException with FT0703 if the job holds out no rows, FT0706 if it has too few training rows
     */
    public CurveRuns(Path home, PreparedJob whole, SeriesRunner runner, PastRuns past) {
        this.home = home;
        this.whole = whole;
        this.runner = runner;
        this.past = past;
        NestedRows rows =
                new NestedRows(whole.data(), whole.file().job().data().split().seed());
        refuseTooFew(rows.size());
        for (int divisor : DIVISORS) {
            int count = rows.size() / divisor;
            sizes.add(new CurveSize(count, divisor == 1 ? whole : part(rows, count)));
        }
    }

    /** What is to be run, fewest rows first. */
    public List<CurveSize> sizes() {
        return List.copyOf(sizes);
    }

    /** What the sizes that have not ended will take; empty where no run tells yet. */
    public Optional<TimeForecast> forecast() {
        long heldOut = whole.data().rowsByPart().getOrDefault(Part.TEST, 0L);
        double epochs = whole.file().job().training().epochs();
        return past.forecast(
                whole.file().job(),
                whole.model().digest(),
                sizes.stream()
                        .filter(size -> !answered.containsKey(size.rows()))
                        .map(size -> RunWork.of(
                                whole, epochs, size.rows(), heldOut * size.job().models()))
                        .toList());
    }

    /**
     * Runs a size, or takes up the run that it has, from its checkpoint where it failed or was stopped, though not by
     * its budget.
     *
     * @throws FineTuneException with every finding if one of them is an error, or why the launch fails
     */
    public RunHandle<RunOutcome> launch(CurveSize size) {
        return runner.launch(size.job());
    }

    /**
     * Takes the answers of a run that has ended.
     *
     * @throws FineTuneException why it failed, with FT0517 if it was stopped, with FT0542 if its budget stopped it, or
     *     with FT0701 if its answers cannot be read
     */
    public void ended(CurveSize size, RunId run, RunOutcome outcome) {
        String again =
                Remedies.named("finetune learning-curve JOB", whole.file().source(), null);
        RunOutcome.Succeeded succeeded = SeriesRuns.succeeded(
                run,
                outcome,
                "the learning curve",
                again,
                whole.file().job().budget(),
                () -> runner.goesOn(size.job(), run));
        Path output = succeeded.output();
        List<Prediction> answers =
                PredictionFiles.read(output, Set.of(Variant.TUNED)).getOrDefault(Variant.TUNED, List.of());
        answered.put(size.rows(), new LearningCurve.Answered(size.rows(), run, answers));
        succeeded.comparison().filter(report -> report.base().isPresent()).ifPresent(report -> beside = report);
    }

    /**
     * Runs every size to its end.
     *
     * @throws FineTuneException why a launch or a run failed
     * @throws InterruptedException if the thread was told to stop waiting; the present run goes on
     */
    public LearningCurve await() throws InterruptedException {
        for (CurveSize size : sizes) {
            RunHandle<RunOutcome> handle = launch(size);
            ended(size, handle.id(), handle.await());
        }
        return curve();
    }

    /**
     * The curve, once every size has ended.
     *
     * @throws FineTuneException with FT0702 if the runs answered different rows
     */
    public LearningCurve curve() {
        FineTuneJob job = whole.file().job();
        LearningCurve curve = CurveFit.of(
                job.task().withLabels(whole.data().labels()), job.evaluation(), List.copyOf(answered.values()));
        return Optional.ofNullable(beside)
                .flatMap(report -> report.comparison(report.base().orElseThrow().variant(), curve.metric())
                        .map(comparison -> new LearningCurve.Base(
                                report.base().orElseThrow().metric(curve.metric()), comparison.difference())))
                .map(curve::beside)
                .orElse(curve);
    }

    /**
     * Writes the curve as one HTML page and as JSON.
     *
     * @return the page
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    public Path write(LearningCurve curve) {
        ReportFiles.write(folder().resolve("learning-curve.json"), Json.pretty(curve) + "\n");
        return ReportFiles.write(
                folder().resolve("learning-curve.html"),
                CurvePage.write(whole.file().job(), curve));
    }

    private PreparedJob part(NestedRows rows, int count) {
        PreparedData data = rows.first(count, folder().resolve("rows-" + count));
        SplitRecord.PartShare train = data.record().share(Part.TRAIN);
        DatasetProfile profile =
                whole.check().profile().withTrainingRows(train.rows(), train.rowsByLabel(), data.digest());
        return SeriesRuns.variant(whole, whole.file().job(), data, profile);
    }

    private void refuseTooFew(int rows) {
        if (whole.data().rowsByPart().getOrDefault(Part.TEST, 0L) == 0) {
            throw EvaluationProblems.NOTHING_TO_COMPARE
                    .error("a learning curve needs held-out rows, the job has none")
                    .at(Location.ofKey("data.split.test"))
                    .asException();
        }
        int largest = DIVISORS.get(0);
        int fewest =
                largest * ROWS_OF_A_LABEL * Math.max(1, whole.data().labels().size());
        if (rows < fewest) {
            Problem.Builder problem = EvaluationProblems.TOO_FEW_FOR_CURVE
                    .error("the job has " + rows + " training rows, a learning curve needs " + fewest)
                    .at(Location.ofKey("data"))
                    .because(ROWS_OF_A_LABEL + " rows of each of "
                            + Math.max(1, whole.data().labels().size()) + " labels in an eighth of the rows");
            SplitSpec split = whole.file().job().data().split();
            boolean isCapped = split.trainRows() > 0 && split.trainRows() < fewest;
            if (isCapped && whole.data().record().share(Part.TRAIN).dealt() >= fewest) {
                problem.remedy("data.split.train-rows: " + fewest);
            } else if (mostDealtOut(split) >= fewest) {
                problem.remedy("data.split: {validation: 0, test: " + SplitSpec.DEFAULT_TEST + "}");
            }
            throw problem.remedy("add rows").asException();
        }
    }

    /** Training rows without validation rows and with the usual test rows; 0 where the job deals out as many, or files. */
    private long mostDealtOut(SplitSpec split) {
        boolean isFromFiles = split.validationFile() != null || split.testFile() != null;
        if (isFromFiles || (split.validation() == 0 && split.test() <= SplitSpec.DEFAULT_TEST)) {
            return 0;
        }
        long all = whole.data().record().parts().values().stream()
                .mapToLong(SplitRecord.PartShare::dealt)
                .sum();
        // Test rows beyond the most that are taken are left out, and not trained on.
        return all
                - RowSplit.heldOut(
                        Part.TEST, all, SplitSpec.builder().testRows(0).build());
    }

    private Path folder() {
        String name = whole.file().job().name() + "-" + whole.digest().substring(0, DIGEST_CHARACTERS);
        return home.resolve("curves").resolve(name);
    }
}
