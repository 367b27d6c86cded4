package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Lets base and tuned model of a run answer its held-out rows on this machine: its place only trains, and the tuned model came home. */
final class HomeComparison {
    /** In the name of the job that it is. */
    static final String PURPOSE = "compare";

    private final LaunchContext context;
    private final RunFolder run;
    private final EventLog events;

    HomeComparison(LaunchContext context, RunFolder run, EventLog events) {
        this.context = context;
        this.run = run;
        this.events = events;
    }

    /** What lets them answer; empty where that is the place's to do, or nothing is held out. */
    static Optional<WorkOrder> order(RunFolder run) {
        return Files.exists(run.comparison())
                ? Optional.of(RunRecords.read(run.comparison(), WorkOrder.class))
                : Optional.empty();
    }

    /** What will stand against it on this machine, told before anything is paid for; empty if nothing does. */
    static Optional<Problem> obstacle(Providers providers, PreparedJob prepared) {
        FineTuneJob job = prepared.file().job();
        try (Provider here = providers.open(ProviderId.LOCAL, job)) {
            Proposal answers = new Proposal(job, prepared.model(), Proposal.RowLengths.NONE, prepared.answers());
            return here.refusals(answers).stream()
                    .filter(Problem::isError)
                    .findFirst()
                    .map(problem -> warning("base and tuned model could not be compared on this machine", problem)
                            .remedy("finetune eval RUN    # after the run, where there is room")
                            .build());
        } catch (FineTuneException e) {
            return Optional.of(warning(
                            "base and tuned model could not be compared on this machine",
                            e.problems().get(0))
                    .build());
        }
    }

    /**
     * Lets them answer, and puts the answers into the output of the run. What they answered before is not asked again.
     *
     * @throws FineTuneException why they cannot: with FT0507 if this machine has no runner, FT0601 if they do not fit its memory, FT04xx if
     *     it does not read them
     */
    void answer(RunView view, WorkOrder order, Path output) throws InterruptedException {
        ModelWork work = new ModelWork(context, run);
        Submission submission = work.submission(view, PURPOSE, order, run.data());
        try (Provider here = Outcomes.openForSideWork(view, context.providers())) {
            keep(order, work.output(here, submission, this::tell), output);
        }
    }

    /** The run has ended at its place: what begins, runs and ends here is not told as a second life of it. */
    private void tell(RunEvent event) {
        boolean isTold = event instanceof RunEvent.StateChanged change
                ? change.state() == RunState.EVALUATING || change.state() == RunState.SUCCEEDED
                : event instanceof RunEvent.PredictionProgress
                        || (event instanceof RunEvent.Noticed noticed
                                && !noticed.problem().isError());
        if (isTold) {
            events.add(event);
        }
    }

    /** Puts answers into the output of the run. */
    static void keep(WorkOrder order, Path answered, Path output) {
        Path into = output.resolve(WorkOrder.PREDICTIONS_FOLDER);
        try {
            Files.createDirectories(into);
        } catch (IOException e) {
            throw RunProblems.unwritable(into, e);
        }
        Path from = answered.resolve(WorkOrder.PREDICTIONS_FOLDER);
        for (Variant variant :
                PredictionFiles.read(answered, EvaluateStep.variants(order)).keySet()) {
            Path file = from.resolve(variant.fileName());
            if (Files.exists(file)) {
                WholeFile.copy(file, into.resolve(variant.fileName()));
            }
        }
    }

    /** Stops it where it goes on; the run then ends without it. */
    void stop(RunView view) {
        Optional<WorkOrder> order = order(run);
        if (order.isEmpty() || view.output() == null) {
            return;
        }
        try (Provider here = Outcomes.openForSideWork(view, context.providers())) {
            var id = new ModelWork(context, run).id(PURPOSE, order.get());
            boolean goesOn = here.find(id)
                    .map(JobSnapshot::state)
                    .filter(state -> !state.isTerminal())
                    .isPresent();
            if (goesOn) {
                here.stop(id);
            }
        }
    }

    /** Says why nothing is compared, and how to get it. */
    Problem tellUncompared(Problem why) {
        Problem problem = warning("base and tuned model of " + run.id() + " are not compared", why)
                .remedy("finetune eval " + run.id() + "    # compares them, where there is room")
                .build();
        events.add(new RunEvent.Noticed(context.clock().instant(), problem, RunEvent.Noticed.Subject.COMPARISON));
        return problem;
    }

    private static Problem.Builder warning(String summary, Problem why) {
        Problem.Builder problem =
                EvaluationProblems.NOT_COMPARED_HERE.warning(summary).at(Location.ofKey("evaluation"));
        problem.because(why.code() + ": " + why.summary());
        why.causes().forEach(problem::because);
        return problem;
    }
}
