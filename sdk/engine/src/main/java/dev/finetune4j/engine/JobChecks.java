package dev.finetune4j.engine;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.JobPlaces;
import dev.finetune4j.engine.launch.Preparation;
import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.plan.Planner;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at jobs before anything of them is launched, and tells what it finds. What fails is told without the secrets of the job. */
record JobChecks(
        Preparation preparation,
        JobPlaces places,
        OnceKnownOffers offers,
        JobSecrets secrets,
        PreparationProgress progress) {
    /** The job with every row looked at, and with what the place where it would run has against it. */
    PreparedJob check(JobFile job) {
        try {
            places.refuseAbsentTargets(job.job());
            PreparedJob prepared = places.propose(preparation.prepare(job));
            return places.withSmallDisk(prepared, () -> offers.get().offers(), this::diskBytes);
        } catch (FineTuneException e) {
            throw secrets.clean(e, job);
        }
    }

    private Optional<Long> diskBytes(PreparedJob job) {
        try {
            return Optional.of(Planner.diskBytes(preparation.figures(job)));
        } catch (FineTuneException e) {
            return Optional.empty(); // a plan tells what keeps the sizes of its model from being known
        }
    }

    /** A job that may be launched: its warnings are told, its errors refused. */
    PreparedJob launchable(JobFile job) {
        return told(check(job));
    }

    /** The same of a job that was checked. */
    PreparedJob told(PreparedJob job) {
        refuseErrors(job);
        tellWarnings(job, List.of());
        return job;
    }

    /** What a check does wherever the rows are to be looked at: where the job would run does not matter. */
    PreparedJob rows(JobFile job) {
        try {
            return preparation.prepare(job);
        } catch (FineTuneException e) {
            throw secrets.clean(e, job);
        }
    }

    /** The figures of a job's rows and model, for which no model is fetched. */
    JobFigures figures(JobFile job, @Nullable Architecture said) {
        try {
            return preparation.figures(job, said);
        } catch (FineTuneException e) {
            throw secrets.clean(e, job);
        }
    }

    static void refuseErrors(PreparedJob job) {
        if (job.check().hasErrors()) {
            throw new FineTuneException(job.findings(), null);
        }
    }

    /**
     * Tells the listener what is odd about a job.
     *
     * @param known what the caller has been told, or can ask for
     */
    void tellWarnings(PreparedJob job, List<Problem> known) {
        List<Problem> warnings = job.warnings().stream()
                .filter(warning -> !known.contains(warning))
                .toList();
        if (!warnings.isEmpty()) {
            progress.warned(Remedies.named(warnings, job.file().source(), null));
        }
    }
}
