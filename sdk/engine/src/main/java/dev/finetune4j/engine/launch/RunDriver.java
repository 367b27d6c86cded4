package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
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
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
            RunOutcome outcome = Outcomes.of(view, journal.content());
            if (view.reports().isEmpty()) { // stopped before its launch, by a call that did not drive it
                reportEnding(view.state(), outcome, Outcomes.place(view, context.providers()), false);
            }
            return outcome;
        }
        if (view.reports().isEmpty()) {
            ReportFiles.remove(folder.path());
        }
        WorkOrder order = readOrder(view);
        try (Provider provider = Outcomes.open(view, context.providers())) {
            if (view.output() == null) {
                Optional<RunOutcome> early = runAtProvider(view, order, provider);
                if (early.isPresent()) {
                    return early.get();
                }
            } else {
                SavedEvents.read(folder).forEach(events::add);
            }
            return conclude(order, provider);
        }
    }

    /** Launches and follows; an outcome only where there is nothing to evaluate. */
    private Optional<RunOutcome> runAtProvider(RunView view, WorkOrder order, Provider provider)
            throws InterruptedException {
        JobSnapshot end;
        try {
            Submission submission = submission(view, order, provider);
            if (view.submitted() == null) {
                submission = context.workers().equip(submission, provider, folder.path());
            }
            new SubmitStep(context, journal, provider).submit(submission);
            end = new FollowStep(context, journal, provider, events).follow(folder.id(), timeLimit(view));
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            if (SubmitStep.mayPass(e) || isOurDisk(problem)) {
                throw e;
            }
            return Optional.of(fail(problem, provider));
        }
        SavedEvents.write(folder, events.events());
        if (end.state() == RunState.FAILED) {
            Problem problem =
                    end.failure().orElseGet(() -> RunProblems.noReason(folder.id(), provider.id(), end.reference()));
            return Optional.of(fail(problem, provider));
        }
        if (end.state() == RunState.STOPPED) {
            RunOutcome.Stopped stopped = stopped(view, end, provider);
            reportEnding(RunState.STOPPED, stopped, provider.id(), isResumable(provider));
            return Optional.of(
                    close(new JournalEntry.Closed(RunState.STOPPED, null, stopped.reason(), stopped.byBudget())));
        }
        new FetchStep(journal, provider).fetch(folder);
        return Optional.empty();
    }

    /** A run that ended well at its provider: compares, reports and closes. */
    private RunOutcome conclude(WorkOrder order, Provider provider) {
        RunView view = view();
        Path output = Objects.requireNonNull(view.output(), "output is fetched before");
        EvaluationReport evaluation = view.evaluation();
        if (evaluation == null) {
            try {
                evaluation = new EvaluateStep(view.job(), Outcomes.labels(view))
                        .evaluate(order, output)
                        .orElse(null);
            } catch (FineTuneException e) {
                return fail(e.problems().get(0), provider);
            }
            if (evaluation != null) {
                journal.append(new JournalEntry.EvaluationDone(evaluation));
            }
        }
        Optional<ForeseenAndActual> figures = figures(view, provider);
        if (view.reports().isEmpty()) {
            new ReportStep(context, folder, journal, provider.id())
                    .success(
                            view,
                            order,
                            output,
                            events.events(),
                            evaluation,
                            figures.orElse(null),
                            provider.capabilities().supportsCustomWork()
                                    ? null
                                    : Ending.uncompared(events.events()).orElse(null));
        }
        figures.ifPresent(known -> context.estimates()
                .add(new PastEstimate(folder.id(), context.clock().instant(), known)));
        return close(new JournalEntry.Closed(RunState.SUCCEEDED, null, "", false));
    }

    /** What was foreseen beside what it took; empty where nothing was foreseen, or the run was interrupted. */
    private Optional<ForeseenAndActual> figures(RunView view, Provider provider) {
        Optional<JournalEntry.Expected> expected = journal.content().last(JournalEntry.Expected.class);
        JobSnapshot submitted = view.submitted();
        if (expected.isEmpty() || submitted == null || view.resumes() > 0) {
            return Optional.empty();
        }
        List<RunEvent> all = events.events();
        Instant ended = all.isEmpty()
                ? submitted.submittedAt()
                : all.get(all.size() - 1).at();
        long peak = TrainingHistory.of(all)
                .map(TrainingHistory::peakResidentBytes)
                .filter(bytes -> bytes > 0)
                .orElse(-1L);
        Money spent = provider.find(folder.id()).flatMap(this::spent).orElse(null);
        return Optional.of(new ForeseenAndActual(
                expected.get().foreseen(), Duration.between(submitted.submittedAt(), ended), peak, spent));
    }

    private RunOutcome fail(Problem problem, Provider provider) {
        boolean isGone = problem.kind().equals(RunProblems.GONE);
        reportEnding(RunState.FAILED, new RunOutcome.Failed(problem), provider.id(), !isGone && isResumable(provider));
        return close(new JournalEntry.Closed(RunState.FAILED, problem, "", false));
    }

    /** The report must not stand in the way of the end: what the run failed of may well be the disk. */
    private void reportEnding(RunState state, RunOutcome outcome, ProviderId provider, boolean isResumable) {
        try {
            new ReportStep(context, folder, journal, provider)
                    .ending(view(), state, outcome, events.events(), isResumable);
        } catch (FineTuneException e) {
            Instant now = context.clock().instant();
            e.problems().forEach(problem -> events.add(new RunEvent.Noticed(now, problem)));
        }
    }

    private boolean isResumable(Provider provider) {
        return provider.capabilities().supportsResume() && view().submitted() != null;
    }

    private RunOutcome close(JournalEntry.Closed end) {
        journal.append(end);
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

    private Submission submission(RunView view, WorkOrder order, Provider provider) {
        JournalEntry.Prepared prepared = Objects.requireNonNull(view.prepared(), "read with the order");
        Submission.Builder submission = Submission.builder(
                        folder.id(), view.job().model(), order)
                .channel(WorkOrder.DATA_CHANNEL, prepared.data())
                .label(Submission.RUN_LABEL, folder.id().value())
                .label("finetune4j-job", view.job().name())
                .label("finetune4j-version", context.version());
        if (provider.capabilities().supportsCustomWork()) {
            submission.channel(WorkOrder.MODEL_CHANNEL, prepared.model());
        }
        if (provider.capabilities().supportsTimeLimit()) {
            submission.timeLimit(timeLimit(view));
        }
        return submission.build();
    }

    /** What was agreed to; without it what the job's budget says. */
    private @Nullable Duration timeLimit(RunView view) {
        return terms().map(LaunchTerms::timeLimit).orElse(view.job().budget().maxTime());
    }

    private Optional<LaunchTerms> terms() {
        return journal.content().last(JournalEntry.Agreed.class).map(JournalEntry.Agreed::terms);
    }

    /** As the place tells; where it tells only how long it bills for, at the price that was agreed to. */
    private Optional<Money> spent(JobSnapshot snapshot) {
        return Optional.ofNullable(snapshot.spend())
                .or(() -> terms().flatMap(terms -> terms.costOf(snapshot.billedTime())));
    }

    /** Who stopped it: a person who asked through us, the budget, or somebody at the provider. */
    private RunOutcome.Stopped stopped(RunView view, JobSnapshot end, Provider provider) {
        Optional<JournalEntry.StopAsked> asked = journal.content().last(JournalEntry.StopAsked.class);
        if (asked.isPresent()) {
            return new RunOutcome.Stopped("stopped by " + asked.get().by(), false);
        }
        Duration limit = timeLimit(view);
        Instant launched = journal.content().lines().stream()
                .filter(line -> line.entry() instanceof JournalEntry.Submitted)
                .reduce((earlier, later) -> later)
                .map(line -> line.at())
                .orElse(end.submittedAt());
        Instant ended = end.endedAt() == null ? context.clock().instant() : end.endedAt();
        boolean isBilled = provider.capabilities().billsTime() && terms().isPresent();
        boolean byBudget = limit != null
                && (isBilled ? end.billedTime().compareTo(limit) >= 0 : !ended.isBefore(launched.plus(limit)));
        String reason = byBudget ? "stopped at the budget's max-time" : "stopped on request";
        if (limit != null && byBudget && isBilled) {
            reason = "stopped after " + Figures.duration(limit) + ", for which the budget pays";
        }
        return new RunOutcome.Stopped(reason, byBudget);
    }

    /** Problems of our own folder say nothing about the run: it goes on, and so may we once they are mended. */
    private static boolean isOurDisk(Problem problem) {
        return problem.kind().equals(RunProblems.UNWRITABLE) || problem.kind().equals(RunProblems.UNREADABLE);
    }
}
