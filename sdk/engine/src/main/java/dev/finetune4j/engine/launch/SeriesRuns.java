package dev.finetune4j.engine.launch;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.report.Phase;
import dev.finetune4j.engine.report.Series;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Gate;
import dev.finetune4j.run.Divergence;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs of one job with changed rows or settings, which together answer a question. */
public final class SeriesRuns {
    private SeriesRuns() {}

    /**
     * A job of the series. It leaves out what only the whole job is asked: the base model, which answers the same in every run of the
     * series, and the gate.
     *
     * @param whole the job as it was checked
     * @param job the same with other settings, or the same
     * @param data its rows dealt out anew
     * @param profile what the rows look like now
     */
    public static PreparedJob variant(PreparedJob whole, FineTuneJob job, PreparedData data, DatasetProfile profile) {
        EvaluationSpec evaluation = job.evaluation().toBuilder()
                .fewShot(0)
                .gate(new Gate(null, null, false))
                .build();
        JobFile file = whole.file();
        return new PreparedJob(
                new JobFile(
                        file.source(),
                        job.toBuilder().evaluation(evaluation).build(),
                        file.baseFolder(),
                        file.resolved()),
                data,
                whole.model(),
                whole.check().withProfile(profile),
                whole.speaks(),
                PreparedJob.Answering.TUNED,
                whole.answers(),
                whole.variation());
    }

    /**
     * The success of a run of the series.
     *
     * @param series what the run belongs to, for messages
     * @param again the command that goes on with the series
     * @param budget of the run
     * @param goesOn whether the series asked for again goes on with a run that failed, as {@link SeriesRunner#goesOn} tells
     * @throws FineTuneException why it failed, and what the series asked for again does then, with FT0517 if it was stopped, or with
     *     FT0542 if its budget stopped it
     */
    public static RunOutcome.Succeeded succeeded(
            RunId run, RunOutcome outcome, String series, String again, Budget budget, BooleanSupplier goesOn) {
        if (outcome instanceof RunOutcome.Failed failed) {
            List<String> causes = new ArrayList<>(failed.problem().causes());
            causes.add(run + " is a run of " + series + ": " + next(failed.problem(), goesOn));
            throw failed.problem().withCauses(causes).asException();
        }
        if (outcome instanceof RunOutcome.Stopped stopped) {
            if (!stopped.byBudget()) {
                throw RunProblems.stoppedWithin(run, series, stopped.reason(), again);
            }
            Duration limit = budget.maxTime();
            String remedy = limit == null
                    ? RunProblems.STOPPED_BY_BUDGET_WITHIN.remedy()
                    : NextCommand.onceRaised(again, limit);
            throw RunProblems.stoppedByBudgetWithin(run, series, stopped.reason(), remedy);
        }
        return (RunOutcome.Succeeded) outcome;
    }

    private static String next(Problem problem, BooleanSupplier goesOn) {
        if (Divergence.isIn(problem)) {
            return "with the same settings it would end so again";
        }
        return goesOn.getAsBoolean()
                ? "what was trained is kept, and the same command goes on from there"
                : "the same command begins it anew";
    }

    /** The time that an ended run took at its place, by that place's clock; the time in which it was stopped does not count. */
    public static Duration took(RunFolder run) {
        return Phase.of(SavedEvents.read(run)).stream()
                .filter(phase -> !phase.state().isTerminal())
                .map(Phase::duration)
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** The lowest validation loss of an ended run, if its place tells. */
    public static Optional<Double> validationLoss(RunFolder run) {
        return TrainingHistory.of(SavedEvents.read(run))
                .map(TrainingHistory::bestValidation)
                .map(Series.Point::value);
    }
}
