package dev.finetune4j.engine;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.Alternatives;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.JobPlaces;
import dev.finetune4j.engine.launch.Launcher;
import dev.finetune4j.engine.launch.PreparationProgress;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.Planner;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.PlannedCall;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What becomes of the choice of a plan: the terms that somebody agrees to, and the launch on them. */
record PlannedLaunches(JobPlanning planning, JobChecks checks, Launcher launcher) {
    /** What a launch may take at most; where {@code isFailover} says so, also at machines of the plan's other places. */
    LaunchTerms terms(Plan plan, boolean isFailover) {
        JobFile job = planning.jobOf(plan);
        PlanOption choice = choice(plan);
        long steps = plan.workload().steps();
        Long diskBytes = plan.workload().diskBytes();
        try {
            JobPlaces places = launcher.places();
            LaunchTerms terms = Alternatives.with(
                    places.terms(choice, job.at(choice).job(), steps, diskBytes),
                    plan.options(),
                    option -> {
                        LaunchTerms other = places.terms(option, job.at(option).job(), steps, diskBytes);
                        if (!option.target().equals(choice.target())) {
                            places.refuseObjections(job.at(option).job(), other.timeLimit());
                        }
                        return other;
                    },
                    place -> isFailover && places.areInterchangeable(choice.target(), place, job.job()));
            places.refuseObjections(job.at(choice).job(), terms.timeLimit());
            return terms;
        } catch (FineTuneException e) {
            throw job.placed(e);
        }
    }

    /** What the choice's place tells of its settings there though it would take the job. */
    List<Problem> placeWarnings(Plan plan) {
        JobFile job = planning.jobOf(plan);
        return launcher.places().placeWarnings(job.at(choice(plan)).job()).stream()
                .map(job::placed)
                .toList();
    }

    /** What whoever has the plan knows, or can ask for. */
    private List<Problem> told(Plan plan) {
        JobFile job = planning.jobOf(plan);
        return Stream.concat(
                        placeWarnings(plan).stream(), plan.warnings().stream().map(job::placed))
                .toList();
    }

    /** Launches on the terms of now. */
    RunHandle<RunOutcome> launch(Plan plan, boolean isAgain) {
        return lastUnless(isAgain, plan).orElseGet(() -> launched(plan, terms(plan, false), isAgain));
    }

    /** Launches on terms that somebody agreed to. */
    RunHandle<RunOutcome> launch(Plan plan, LaunchTerms agreed, boolean isAgain) {
        PlanOption choice = plan.choice().orElseThrow();
        if (!agreed.option().equals(choice.id())) {
            throw new IllegalArgumentException(
                    "the terms are those of " + agreed.option() + ", and not of " + choice.id());
        }
        return lastUnless(isAgain, plan).orElseGet(() -> {
            JobFile job = planning.jobOf(plan);
            try {
                launcher.places().refuseObjections(job.at(choice).job(), agreed.timeLimit());
            } catch (FineTuneException e) {
                throw job.placed(e);
            }
            return launched(plan, agreed, isAgain);
        });
    }

    private Optional<RunHandle<RunOutcome>> lastUnless(boolean isAgain, Plan plan) {
        JobFile job = planning.jobOf(plan);
        // By the rows as they are now, which may be others than when the plan was made.
        Optional<RunFolder> last = isAgain ? Optional.empty() : last(plan, job, checks.figures(job, null));
        return last.map(launcher.runs()::attach); // of which its place has no more to say than how it stands
    }

    private RunHandle<RunOutcome> launched(Plan plan, LaunchTerms terms, boolean isAgain) {
        PreparedJob prepared = prepared(plan);
        if (terms.tokens() != null) { // what may be billed at most was told from the rows of the plan
            Planner.refuseOtherRows(plan, prepared.data().digest());
        }
        checks.tellWarnings(prepared, told(plan));
        return launcher.launch(prepared, terms, isAgain, checks.secrets().of(planning.jobOf(plan)));
    }

    private PreparedJob prepared(Plan plan) {
        PreparedJob prepared =
                checks.check(planning.jobOf(plan).at(plan.choice().orElseThrow()));
        JobChecks.refuseErrors(prepared);
        return prepared;
    }

    /** The last run of a plan's choice that its place ever said to have; empty where a launch would launch. */
    Optional<RunView> last(Plan plan) {
        JobFile job = planning.jobOf(plan);
        return last(plan, job, planning.figures(plan, job, null)).flatMap(folder -> RunView.of(folder.read()));
    }

    private Optional<RunFolder> last(Plan plan, JobFile job, JobFigures figures) {
        FineTuneJob placed = figures.file().at(plan.choice().orElseThrow()).job();
        try {
            return launcher.last(figures, placed);
        } catch (FineTuneException e) {
            throw checks.secrets().clean(e, job);
        }
    }

    /** The calls that a launch would make at the place. */
    List<PlannedCall> dryRun(Plan plan) {
        LaunchTerms terms = terms(plan, false);
        PreparedJob prepared = prepared(plan);
        checks.tellWarnings(prepared, told(plan));
        checks.progress().began(PreparationProgress.Stage.PACK);
        return launcher.places().dryRun(prepared, terms);
    }

    private static PlanOption choice(Plan plan) {
        return plan.choice().orElseThrow(() -> new IllegalArgumentException("the plan has no choice"));
    }
}
