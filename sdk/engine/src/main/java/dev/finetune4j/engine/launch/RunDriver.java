package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a staged run from wherever its journal stands to its outcome: submit, follow, fetch, evaluate, report, close. Has the
 * run's lock. Killed between any two steps, the next driver repeats nothing that is written down.
 */
final class RunDriver {
    private final LaunchContext context;
    private final RunFolder folder;
    private final Journal journal;
    private final EventLog events;

    RunDriver(LaunchContext context, RunFolder folder, Journal journal, EventLog events) {
        this.context = context;
        this.folder = folder;
        this.journal = journal;
        this.events = events;
    }

    /**
     * Returns when the run is closed.
     *
     * @throws FineTuneException if the run cannot be driven on now; it stays as it is, and another try goes on from there
     */
    RunOutcome drive() throws InterruptedException {
        RunView view = view();
        if (view.closed()) {
            SavedEvents.read(folder).forEach(events::add);
            return Outcomes.of(view, journal.content());
        }
        if (view.reports().isEmpty()) {
            ReportFiles.remove(folder.path());
        }
        Optional<RunOutcome> stopped = stoppedBeforeLaunch(view);
        if (stopped.isPresent()) {
            return stopped.get();
        }
        WorkOrder order = readOrder(view);
        if (view.output() == null) {
            LaunchStep.End end = new LaunchStep(context, folder, journal, events).toTheEnd(order);
            try (Provider provider = Outcomes.open(view(), context.providers())) {
                Optional<RunOutcome> early = closeUnlessWell(end, provider);
                return early.isPresent() ? early.get() : conclude(order, provider);
            }
        }
        SavedEvents.read(folder).forEach(events::add);
        try (Provider provider = Outcomes.open(view, context.providers())) {
            return conclude(order, provider);
        }
    }

    /** Nothing is launched any more of what somebody stopped while it was at no place. */
    private Optional<RunOutcome> stoppedBeforeLaunch(RunView view) {
        JournalContent content = journal.content();
        Optional<JournalEntry.StopAsked> asked = content.stopAsked();
        if (asked.isEmpty() || view.output() != null || !PendingLaunch.isIn(content)) {
            return Optional.empty();
        }
        if (view.provider() != null) {
            try (Provider provider = Outcomes.open(view, context.providers())) {
                if (!PendingLaunch.isAway(view, provider.find(view.id()))) {
                    return Optional.empty();
                }
            }
        }
        String reason = "stopped by " + asked.get().by() + " before launch";
        RunOutcome.Stopped outcome = new RunOutcome.Stopped(reason, false);
        reportEnding(
                Outcomes.place(view, context.providers()),
                report -> report.ending(view(), RunState.STOPPED, outcome, events.events(), false, List.of()));
        return Optional.of(close(RunState.STOPPED, null, reason, false));
    }

    /** Keeps the events, and the output of a run that ended well; an outcome only where there is nothing to evaluate. */
    private Optional<RunOutcome> closeUnlessWell(LaunchStep.End end, Provider provider) {
        JobSnapshot job = end.job();
        if (job != null) {
            SavedEvents.write(folder, events.events());
        }
        if (end.problem() != null) {
            return Optional.of(fail(end.problem(), provider));
        }
        if (job != null && job.state() == RunState.STOPPED) {
            RunOutcome.Stopped stopped = stopped(job, provider);
            reportEnding(
                    provider.id(),
                    report ->
                            report.ending(view(), RunState.STOPPED, stopped, events.events(), provider.capabilities()));
            return Optional.of(close(RunState.STOPPED, null, stopped.reason(), stopped.byBudget()));
        }
        new FetchStep(journal, provider).fetch(folder);
        return Optional.empty();
    }

    /** A run that ended well at its provider: compares, reports and closes. */
    private RunOutcome conclude(WorkOrder order, Provider provider) throws InterruptedException {
        RunView view = view();
        Path output = Objects.requireNonNull(view.output(), "output is fetched before");
        HomeComparison home = new HomeComparison(context, folder, events);
        Optional<WorkOrder> atHome = HomeComparison.order(folder);
        WorkOrder answers = atHome.orElse(order);
        Ending uncompared = null;
        EvaluationReport evaluation = view.evaluation();
        if (evaluation == null) {
            try {
                if (atHome.isPresent()) {
                    refuseIfStopped(home, view);
                    home.answer(view, answers, output);
                }
                evaluation = new EvaluateStep(view.job(), Outcomes.labels(view))
                        .evaluate(answers, output)
                        .orElse(null);
            } catch (FineTuneException e) {
                if (atHome.isEmpty()) {
                    return fail(e.problems().get(0), provider);
                }
                uncompared = Ending.uncompared(home.tellUncompared(e.problems().get(0)));
            }
            if (evaluation != null) {
                journal.append(new JournalEntry.EvaluationDone(evaluation));
            }
        }
        Optional<ForeseenAndActual> figures = figures(view, provider);
        if (view.reports().isEmpty()) {
            if (atHome.isPresent()) {
                SavedEvents.write(folder, events.events());
            }
            if (!provider.capabilities().givesModel()) {
                uncompared = Ending.uncompared(events.events()).orElse(null);
            }
            new ReportStep(context, folder, journal, provider.id())
                    .success(view, answers, output, events.events(), evaluation, figures.orElse(null), uncompared);
        }
        figures.ifPresent(known -> context.estimates()
                .add(new PastEstimate(folder.id(), context.clock().instant(), known)));
        return close(RunState.SUCCEEDED, null, "", false);
    }

    /** Whoever stopped the run after its end at the place means what goes on here. */
    private void refuseIfStopped(HomeComparison home, RunView view) {
        Optional<JournalEntry.StopAsked> asked = journal.content().stopAsked();
        if (asked.isPresent()) {
            home.stop(view);
            throw EvaluationProblems.NOT_COMPARED_HERE
                    .error("it was stopped by " + asked.get().by())
                    .asException();
        }
    }

    /** What was foreseen beside what it took; empty where nothing was foreseen, or the run was interrupted or went to another machine. */
    private Optional<ForeseenAndActual> figures(RunView view, Provider provider) {
        Optional<JournalEntry.Expected> expected = journal.content().last(JournalEntry.Expected.class);
        JobSnapshot submitted = view.submitted();
        if (expected.isEmpty()
                || submitted == null
                || view.resumes() > 0
                || agreement().moved() != null) {
            return Optional.empty();
        }
        List<RunEvent> all = atItsPlace();
        Instant ended = all.isEmpty()
                ? submitted.submittedAt()
                : all.get(all.size() - 1).at();
        Foreseen foreseen = expected.get().foreseen();
        Optional<TrainingHistory> history = TrainingHistory.of(all);
        long peak = history.map(
                        foreseen.steps() == null ? TrainingHistory::peakResidentBytes : TrainingHistory::peakGpuBytes)
                .filter(bytes -> bytes > 0)
                .orElse(-1L);
        Money spent =
                provider.find(folder.id()).flatMap(agreement()::spentOnJob).orElse(null);
        return Optional.of(new ForeseenAndActual(
                foreseen,
                Duration.between(submitted.submittedAt(), ended),
                peak,
                spent,
                history.flatMap(TrainingHistory::stepTime).orElse(null),
                history.map(TrainingHistory::waitingShare).orElse(null)));
    }

    /** What happened before the comparison on this machine, if there is one: that is not what was foreseen of the place. */
    private List<RunEvent> atItsPlace() {
        List<RunEvent> all = events.events();
        if (HomeComparison.order(folder).isEmpty()) {
            return all;
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) instanceof RunEvent.StateChanged change
                    && (change.state().isTerminal() || change.state() == RunState.EVALUATING)) {
                return all.subList(0, change.state().isTerminal() ? i + 1 : i);
            }
        }
        return all;
    }

    private RunOutcome fail(Problem problem, Provider provider) {
        reportEnding(
                provider.id(),
                report -> report.ending(
                        view(),
                        RunState.FAILED,
                        new RunOutcome.Failed(problem),
                        events.events(),
                        provider.capabilities()));
        return close(RunState.FAILED, problem, "", false);
    }

    /** The report must not stand in the way of the end: what the run failed of may well be the disk. */
    private void reportEnding(ProviderId provider, Consumer<ReportStep> ending) {
        try {
            ending.accept(new ReportStep(context, folder, journal, provider));
        } catch (FineTuneException e) {
            Instant now = context.clock().instant();
            e.problems().forEach(problem -> events.add(new RunEvent.Noticed(now, problem)));
        }
    }

    private RunOutcome close(RunState state, @Nullable Problem problem, String reason, boolean byBudget) {
        RunCost spent = RunCost.last(events.events()).orElse(null);
        journal.append(new JournalEntry.Closed(state, problem, reason, byBudget, spent));
        return Outcomes.of(view(), journal.content());
    }

    private RunView view() {
        return RunView.of(journal.content()).orElseThrow(() -> RunProblems.filesMissing(folder.id(), folder.journal()));
    }

    private WorkOrder readOrder(RunView view) {
        JournalEntry.Prepared prepared = view.prepared();
        if (prepared == null) {
            throw RunProblems.filesMissing(folder.id(), folder.data());
        }
        for (Path needed : List.of(prepared.data(), prepared.model(), folder.order())) {
            if (Files.notExists(needed)) {
                throw RunProblems.filesMissing(folder.id(), needed);
            }
        }
        return RunRecords.read(folder.order(), WorkOrder.class);
    }

    /** Who stopped it: a person who asked through us, the budget, what its place lets a job run, or somebody at the provider. */
    private RunOutcome.Stopped stopped(JobSnapshot end, Provider provider) {
        Optional<JournalEntry.StopAsked> asked = journal.content().stopAsked();
        if (asked.isPresent()) {
            return new RunOutcome.Stopped("stopped by " + asked.get().by(), false);
        }
        Agreement agreement = agreement();
        Duration limit = agreement.limitOverAll();
        LaunchTerms billed = provider.capabilities().billsTime() ? agreement.terms() : null;
        if (limit == null || (billed == null ? running(end) : end.billedTime()).compareTo(limit) < 0) {
            return new RunOutcome.Stopped("stopped on request", false);
        }
        if (billed == null) {
            return new RunOutcome.Stopped("stopped at the budget's max-time", true);
        }
        String bound = billed.isBoundByPlace()
                ? ", the longest that " + provider.id() + " lets a job run"
                : ", for which the budget pays";
        return new RunOutcome.Stopped("stopped after " + Figures.atMost(limit) + bound, true);
    }

    private Duration running(JobSnapshot end) {
        Instant ended = end.endedAt();
        return RunningTime.of(journal.content(), ended == null ? context.clock().instant() : ended);
    }

    private Agreement agreement() {
        return Agreement.of(view().job().budget(), journal.content());
    }
}
