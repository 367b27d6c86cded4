package dev.finetune4j.engine;

import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.launch.Launcher;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.launch.SeriesRuns;
import dev.finetune4j.engine.sweep.TrialRunner;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.Optional;

/** Trials of a sweep, and sizes of a learning curve, as runs of this home. */
record LaunchedTrials(Launcher launcher, RunStore store, JobSecrets secrets) implements TrialRunner {
    /** What is odd about the rows of a series was told before its first run. */
    @Override
    public RunHandle<RunOutcome> launch(PreparedJob job) {
        JobChecks.refuseErrors(job);
        return launcher.series().launch(job, secrets.of(job.file()));
    }

    @Override
    public boolean goesOn(PreparedJob job, RunId run) {
        return launcher.series().goesOn(job, run);
    }

    @Override
    public RunHandle<EvaluationReport> test(RunId run, PreparedData rows) {
        return launcher.questions().evaluation(store.folder(run), rows).start();
    }

    @Override
    public Duration took(RunId run) {
        return SeriesRuns.took(store.folder(run));
    }

    @Override
    public Optional<Double> validationLoss(RunId run) {
        return SeriesRuns.validationLoss(store.folder(run));
    }
}
