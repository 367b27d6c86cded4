package dev.finetune4j.engine;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.Launcher;
import dev.finetune4j.engine.launch.PastRuns;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.plan.PlanContext;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.plan.Planner;
import dev.finetune4j.engine.plan.RehearsalRun;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Plans jobs by all that is known in this home, and knows its plans again. Safe for use by several threads. */
final class JobPlanning {
    private final ProviderContext surroundings;
    private final LongSupplier memory;
    private final String version;
    private final JobChecks checks;
    private final Launcher launcher;
    private final PlannedJobs planned = new PlannedJobs();
    private volatile @Nullable LatestPlan latest;

    /** A plan with what it was made from, so that it need not be looked at again for a question about the plan. */
    private record LatestPlan(Plan plan, JobFigures figures) {}

    /**
     * Plans of a home.
     *
     * @param memory tells the memory of this machine in bytes
     * @param version version of finetune4j
     * @param checks gives the figures of jobs
     * @param launcher knows the places, and what runs of this home took there
     */
    JobPlanning(
            ProviderContext surroundings, LongSupplier memory, String version, JobChecks checks, Launcher launcher) {
        this.surroundings = surroundings;
        this.memory = memory;
        this.version = version;
        this.checks = checks;
        this.launcher = launcher;
    }

    Plan plan(JobFile job, PlanRequest request) {
        JobFigures figures = checks.figures(job, request.said());
        figures.misfit().ifPresent(problem -> {
            throw checks.secrets().clean(problem.asException(), job);
        });
        Plan plan = planner(figures).plan(figures, request);
        latest = new LatestPlan(plan, figures);
        planned.add(plan, job);
        return plan;
    }

    /** A plan that was saved; refused where anything has moved since. */
    Plan plan(SavedPlan saved, JobFile job) {
        JobFigures figures = checks.figures(job, null);
        planner(figures).refuseMoved(saved, figures);
        planned.add(saved.plan(), job);
        return saved.plan();
    }

    /** Why a plan has no choice; empty where it has one. */
    Optional<Problem> impasse(JobFile job, PlanRequest request, Plan plan) {
        if (plan.choice().isPresent()) {
            return Optional.empty();
        }
        JobFigures figures = figures(plan, job, request.said());
        return Optional.of(job.placed(planner(figures).impasse(figures, request, plan)));
    }

    /**
     * The job of a plan.
     *
     * @throws IllegalArgumentException if the plan is none that was made here
     */
    JobFile jobOf(Plan plan) {
        return planned.of(plan);
    }

    /** The figures that a plan was made from, of the latest as it saw them, else as they are now. */
    JobFigures figures(Plan plan, JobFile job, @Nullable Architecture said) {
        LatestPlan known = latest;
        return known != null && known.plan().equals(plan) ? known.figures() : checks.figures(job, said);
    }

    RehearsalRun rehearsal(JobFile job) {
        JobFigures known = checks.figures(job, null);
        planner(known).onThisMachine(known); // before a model is fetched that is too large
        PreparedJob prepared = checks.rows(job);
        JobChecks.refuseErrors(prepared);
        JobFigures figures = checks.preparation().figures(prepared);
        return new RehearsalRun(
                figures,
                planner(figures).onThisMachine(figures),
                extent -> launcher.rehearse(prepared, ProviderId.LOCAL, extent));
    }

    /**
     * What a run will take, for what it takes to be held against it. A run of a series leaves out what only the whole job is asked, so
     * nothing is foreseen of it; nor of a model whose sizes are not known.
     */
    Optional<Foreseen> foreseen(PreparedJob prepared) {
        if (prepared.answering() != PreparedJob.Answering.BASE_AND_TUNED) {
            return Optional.empty();
        }
        try {
            JobFigures figures = checks.preparation().figures(prepared);
            return planner(figures, machines -> Map.of())
                    .foreseen(figures, launcher.places().place(prepared.file().job()));
        } catch (FineTuneException e) {
            return Optional.empty(); // the launch itself says what is wrong
        }
    }

    private Planner planner(JobFigures figures) {
        return planner(
                figures,
                machines -> launcher.places().outlook().quotas(figures.file().job(), machines));
    }

    private Planner planner(JobFigures figures, Function<List<MachineOffer>, Map<String, Diagnosis>> quotas) {
        String model = figures.model().filesHere().map(ModelFiles::digest).orElse("");
        OnceKnownOffers.Known offers = checks.offers().get();
        return new Planner(new PlanContext(
                offers.offers(),
                offers.places(),
                launcher.places().outlook().ownMachines(figures),
                memory.getAsLong(),
                new PastRuns(surroundings.home()).latest(figures.file().job(), model, ProviderId.LOCAL),
                launcher.estimates().read(),
                launcher.places().outlook().missed(),
                quotas,
                machines -> launcher.places().outlook().disks(figures.file().job(), machines),
                launcher.places().outlook().endurances(figures.file().job()),
                launcher.places().outlook().refusals(figures.file().job()),
                launcher.rehearsals().find(figures).orElse(null),
                LocalDate.ofInstant(surroundings.clock().instant(), ZoneOffset.UTC),
                version,
                offers.warnings()));
    }
}
